import Foundation
import MetricDefinitions
import TestSupport

@testable import TelemetryAgent

/// Whether the long forms of the tests run, which take minutes.
let isThorough = ProcessInfo.processInfo.environment["DITHER_THOROUGH"] != nil

/// One device as its programs know it: a folder with a metric set and a state, and a collector.
final class DevicePrograms {
    let metricSet: MetricSet
    let folder: TemporaryFolder
    let metrics: String
    let state: String
    let endpoint: String
    /// What the programs find in their environment besides what runs them.
    var environment: [String: String] = [:]

    init(_ set: MetricSet, endpoint: String) throws {
        metricSet = set
        folder = try TemporaryFolder()
        (metrics, state, self.endpoint) = (folder.file("metrics.set"), folder.file("state"), endpoint)
        try Data(try set.encoded()).write(to: URL(filePath: metrics))
    }

    /// The folder of this build's products, which is where the test bundle was loaded from.
    private static let products: String = {
        let maps = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
        let bundle = maps.split(separator: "\n").first { $0.contains("PackageTests.xctest") }
        guard let bundle, let slash = bundle.firstIndex(of: "/") else {
            return Fixtures.packageRoot.appending(path: ".build/debug").path(percentEncoded: false)
        }
        return URL(filePath: String(bundle[slash...])).deletingLastPathComponent().path(percentEncoded: false)
    }()

    static func program(_ name: String) -> String {
        URL(filePath: products).appending(path: name).path(percentEncoded: false)
    }

    private var fullEnvironment: [String: String] {
        ["PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? ""]
            .merging(environment) { $1 }
    }

    /// The command line's words for a command of dither-agent.
    func command(_ words: [String]) -> [String] {
        [Self.program("dither-agent"), "--metrics", metrics, "--endpoint", endpoint, "--state", state] + words
    }

    /// The command line's words for a host in C.
    func hostCommand(_ words: [String]) -> [String] {
        [Self.program("agent-host"), metrics, endpoint, state] + words
    }

    /// Starts a program by its whole command line.
    func start(_ words: [String]) throws -> ChildProcess {
        try ChildProcess(words[0], Array(words.dropFirst()), environment: fullEnvironment)
    }

    /// Runs `dither-agent` to its end.
    @discardableResult
    func agent(_ words: String..., input: String = "") throws -> ChildProcess.Outcome {
        let process = try start(command(words))
        process.write(input)
        return try process.wait()
    }

    /// Runs a host in C to its end.
    @discardableResult
    func host(_ words: String..., input: String = "") throws -> ChildProcess.Outcome {
        let process = try start(hostCommand(words))
        process.write(input)
        return try process.wait()
    }

    /// The files of the state folder.
    func stateFiles() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: state).sorted()) ?? [] }

    /// The state read past the agent; `nil` before there is any.
    func store() throws -> SQLiteStore? {
        FileManager.default.fileExists(atPath: state + "/agent.db") ? try SQLiteStore(path: state + "/agent.db") : nil
    }
}
