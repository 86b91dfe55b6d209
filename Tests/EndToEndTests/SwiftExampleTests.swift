import Foundation
import GRDB
import TestSupport
import Testing

@Suite("The example in Swift")
struct SwiftExampleTests {
    private static let registry = Fixtures.packageRoot.appending(path: "clients/examples/swift/metrics.yaml")
        .path(percentEncoded: false)

    @Test("Records by way of the generated functions, and the collector has a report of each metric")
    func reports() throws {
        let workspace = try Workspace()
        let metricSet = workspace.file("metrics.set"), store = workspace.file("reports.db")
        let compiled = try run("dither", ["registry", "compile", Self.registry, "-o", metricSet])
        try #require(compiled.status == 0, "\(compiled.complaint)")
        let collector = try RunningCollector(metricSet: metricSet, store: store)
        let outcome = try run("telemetry-example", [collector.url, workspace.file("state")])
        #expect(outcome.status == 0 && outcome.output == "4 reports sent, 0 waiting\n", "\(outcome.output)")
        #expect(collector.stop() == 0)
        let metrics = try DatabaseQueue(path: store).read { database in
            try Int.fetchAll(database, sql: "SELECT metric FROM staged ORDER BY metric")
        }
        #expect(metrics == [1, 2, 3, 4])
    }

    @Test("Holds the code that the command writes, and the set that it compiles")
    func generated() throws {
        let workspace = try Workspace(), copy = workspace.file("Metrics.swift")
        let metricSet = workspace.file("metrics.set")
        for arguments in [
            ["generate", "swift", Self.registry, "-o", copy], ["compile", Self.registry, "-o", metricSet],
        ] {
            let outcome = try run("dither", ["registry"] + arguments)
            try #require(outcome.status == 0, "\(outcome.complaint)")
        }
        let outputs = Executables.folder + "/../../plugins/outputs"
        let built = try #require(
            FileManager.default.enumerator(atPath: outputs)?.compactMap { $0 as? String }
                .first { $0.contains("telemetry-example") && $0.hasSuffix("MetricConstants.swift") })
        let code = try String(contentsOfFile: copy, encoding: .utf8)
        #expect(try String(contentsOfFile: outputs + "/" + built, encoding: .utf8) == code)
        let digits = code.components(separatedBy: "\"\"\"")[1].filter { $0.isHexDigit }
        #expect(hexadecimalBytes(digits) == Array(try Data(contentsOf: URL(filePath: metricSet))))
    }
}
