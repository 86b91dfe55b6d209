import Foundation
import MetricDefinitions
import TestSupport
import Testing

/// The host in C that the package builds beside the tests: see `Tests/abi-host`.
struct HostProgram {
    /// The metric set that the scenarios record for, compiled; also what the scripts give them.
    static let metrics = Fixtures.packageRoot.appending(path: "Tests/Fixtures/abi/metrics.set")

    /// Runs a scenario in a new folder, for another set if one is given, and returns what it printed; whatever it says against the interface is an issue.
    @discardableResult
    static func run(_ scenario: String, count: Int, for set: MetricSet? = nil) throws -> String {
        let host = try Host(set)
        var path = metrics.path
        if set != nil {
            path = host.folder + "/metrics.set"
            try Data(host.metrics).write(to: URL(filePath: path))
        }
        let process = Process()
        process.executableURL = try executable()
        process.arguments = [scenario, path, host.state, String(count)]
        let (output, errors) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, errors)
        try process.run()
        // Both ends stay far below what a pipe holds.
        process.waitUntilExit()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(
            process.terminationReason == .exit && process.terminationStatus == 0,
            "\(scenario) ended with \(process.terminationStatus): \(complaint)")
        return text
    }

    /// `abi-host`, in the folder that the test bundle was loaded from.
    private static func executable() throws -> URL {
        let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
        let bundle = maps.split(separator: "\n").first { $0.contains("PackageTests.xctest") }
        let path = try #require(bundle.flatMap { line in line.firstIndex(of: "/").map { String(line[$0...]) } })
        return URL(filePath: path).deletingLastPathComponent().appending(path: "abi-host")
    }
}
