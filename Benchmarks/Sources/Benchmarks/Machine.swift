internal import Foundation

/// What results are worth nothing without.
struct Machine: Codable {
    var processor: String
    var processorCount: Int
    var memoryByteCount: UInt64
    var kernel: String
    var compiler: String
    /// The commit of the sources, with a plus sign if files differ from it.
    var commit: String

    /// This machine and this commit.
    static func current() -> Machine {
        let processors = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = processors.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last
        let head = output(of: "git", "rev-parse", "--short=9", "HEAD")
        let isChanged = !output(of: "git", "status", "--porcelain", "--untracked-files=no").isEmpty
        return Machine(
            processor: model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown",
            processorCount: ProcessInfo.processInfo.activeProcessorCount,
            memoryByteCount: ProcessInfo.processInfo.physicalMemory,
            kernel: output(of: "uname", "-sr"),
            compiler: String(output(of: "swift", "--version").split(separator: "\n").first ?? ""),
            commit: head + (isChanged ? "+" : ""))
    }

    /// Now, in UTC.
    func date() -> String { Date().formatted(.iso8601) }

    private static func output(of command: String...) -> String {
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        (process.standardOutput, process.standardError) = (pipe, FileHandle.nullDevice)
        guard (try? process.run()) != nil else { return "" }
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
