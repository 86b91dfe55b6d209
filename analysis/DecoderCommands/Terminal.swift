internal import Foundation
internal import Reports

/// What standard output is, where it is a terminal on which something can be drawn.
enum Terminal {
    /// The terminal's features; `nil` for a pipe, a file, or a terminal that calls itself dumb or nothing.
    ///
    /// Unicode is that of the locale; colour is there unless `NO_COLOR` is set to anything.
    static func ofStandardOutput(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> TerminalStyle? {
        let output = FileHandle.standardOutput.fileDescriptor
        guard isatty(output) == 1 else { return nil }
        var size = winsize()
        let isKnown = ioctl(output, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return style(environment: environment, columnCount: isKnown ? Int(size.ws_col) : nil)
    }

    /// The features that an environment tells, on a terminal so wide; without a width that of `COLUMNS`, or 80.
    static func style(environment: [String: String], columnCount: Int?) -> TerminalStyle? {
        guard !["", "dumb"].contains(environment["TERM", default: ""]) else { return nil }
        let told = environment["COLUMNS"].flatMap(Int.init).flatMap { (1...10_000).contains($0) ? $0 : nil }
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        let codeset = locale.lowercased().replacing("-", with: "")
        return TerminalStyle(
            columnCount: columnCount ?? told ?? 80, isUnicode: codeset.contains("utf8"),
            isColoured: environment["NO_COLOR", default: ""].isEmpty)
    }
}
