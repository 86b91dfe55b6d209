internal import Foundation

/// Where the time of our side of a row goes, as `perf` samples it.
enum Profile {
    private static let perf = "/usr/bin/perf"
    /// What has a smaller share is not named.
    private static let leastPercent = 4.0
    private static let symbolLimit = 8

    /// Runs our side of a row alone under `perf record`, in a process of its own, and reads the shares of its functions.
    ///
    /// Sampling begins when inputs are made and the work has been done once: ``runOurs(_:rounds:control:)`` says so.
    ///
    /// - Returns: a share and a function each, the largest first, such as `31 % EVP_DigestUpdate`; `nil` without `perf`,
    ///   or where the kernel lets nobody sample.
    static func shares(ofRow name: String, rounds: Int) throws -> [String]? {
        guard FileManager.default.isExecutableFile(atPath: perf) else { return nil }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dither-profile-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (control, data) = (folder + "/control", folder + "/perf.data")
        guard mkfifo(control, 0o600) == 0 else { return nil }
        let ours = [CommandLine.arguments[0], "--rows", name, "--rounds", String(rounds), "--profiled-as", control]
        let record = ["record", "-q", "-F", "1999", "-D", "-1", "--control", "fifo:\(control)", "-o", data, "--"]
        guard try output(of: record + ours) != nil,
            let report = try output(of: [
                "report", "-i", data, "--no-children", "--stdio", "-F", "overhead,dso,sym",
            ])
        else { return nil }
        var percents: [String: Double] = [:]
        for (place, percent) in report.split(separator: "\n").compactMap(share) {
            percents[place, default: 0] += percent
        }
        let shares = percents.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.filter { $0.value >= leastPercent }
        let names = try demangled(shares.map(\.key))
        return zip(shares, names).prefix(symbolLimit).map { "\(number($0.value.rounded())) % \($1)" }
    }

    /// Does our side of a row again and again while `perf` samples: what ``shares(ofRow:rounds:)`` starts.
    static func runOurs(_ row: any Row, rounds: Int, control: String) throws {
        let comparison = try row.prepare()
        _ = try comparison.ours.secondsPerUnit()
        try FileHandle(forWritingTo: URL(fileURLWithPath: control)).write(contentsOf: Data("enable\n".utf8))
        for _ in 0..<rounds { _ = try comparison.ours.secondsPerUnit() }
    }

    /// A line such as `    31.25%  libc.so.6  [.] malloc`: the function, or of a library without names the library.
    private static func share(_ line: Substring) -> (place: String, percent: Double)? {
        let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: true)
        guard words.count == 4, words[0].hasSuffix("%"), let percent = Double(words[0].dropLast()) else { return nil }
        let symbol = words[3].trimmingCharacters(in: .whitespaces)
        if words[2] == "[k]" { return ("kernel: \(symbol)", percent) }
        return (symbol.hasPrefix("0x") ? String(words[1]) : symbol, percent)
    }

    /// Swift's names as people write them, where there is a `swift` to ask.
    private static func demangled(_ names: [String]) throws -> [String] {
        guard !names.isEmpty,
            let text = try output(
                of: ["swift", "demangle", "--simplified", "--compact"] + names, program: "/usr/bin/env")
        else { return names }
        let lines = text.split(separator: "\n").map(String.init)
        return lines.count == names.count ? lines : names
    }

    /// What a program prints; `nil` if it fails.
    private static func output(of arguments: [String], program: String = perf) throws -> String? {
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        (process.standardOutput, process.standardError) = (pipe, FileHandle.nullDevice)
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 ? text : nil
    }
}
