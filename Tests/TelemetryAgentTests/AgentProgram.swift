import Foundation
import MetricDefinitions
import TestSupport

/// The program dither-agent of this build, on a state folder of its own.
struct AgentProgram {
    let folder: TemporaryFolder
    var endpoint: String
    private let metrics: String

    init(_ set: MetricSet? = nil, endpoint: String = "http://127.0.0.1:9") throws {
        folder = try TemporaryFolder()
        self.endpoint = endpoint
        metrics = folder.file("metrics.set")
        try Data(try (set ?? testMetricSet()).encoded()).write(to: URL(filePath: metrics))
    }

    /// Where it lies: beside the test bundle.
    private static func path() throws -> String {
        let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
        for line in maps.components(separatedBy: "\n") {
            guard let slash = line.firstIndex(of: "/"), line.contains("PackageTests.xctest") else { continue }
            let bundle = URL(filePath: String(line[slash...]))
            return bundle.deletingLastPathComponent().appending(path: "dither-agent").path(percentEncoded: false)
        }
        throw ServerFailure(description: "no test bundle in /proc/self/maps")
    }

    /// Runs a command; flags and variables of the call win over those that are always given.
    ///
    /// - Parameter outputPath: a file that takes the output instead.
    func run(
        _ arguments: [String], _ environment: [String: String] = [:], outputPath: String? = nil
    ) throws -> ProgramOutcome {
        let given = ["DITHER_METRICS": metrics, "DITHER_ENDPOINT": endpoint, "DITHER_STATE_DIR": folder.file("state")]
        let all = given.merging(environment) { $1 }
        guard let outputPath else { return try runProgram(try Self.path(), arguments, environment: all) }
        let script = #"exec "$0" "$@" >"# + outputPath
        return try runProgram("/bin/sh", ["-c", script, try Self.path()] + arguments, environment: all)
    }

    /// The rows of a command that prints JSON.
    func rows(_ arguments: [String], _ environment: [String: String] = [:]) throws -> [[String: Any]] {
        let outcome = try run(arguments + ["--format", "json"], environment)
        guard outcome.status == 0 else { throw ServerFailure(description: outcome.complaint) }
        return try JSONSerialization.jsonObject(with: outcome.output) as? [[String: Any]] ?? []
    }
}
