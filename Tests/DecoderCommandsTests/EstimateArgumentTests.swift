import ArgumentParser
import DecoderCommands
import Foundation
import MetricDefinitions
import TestSupport
import Testing

@Suite("The command line of dither estimate")
struct EstimateArgumentTests {
    private static let needed = ["--registry", "r", "--store", "s", "--metric", "m"]

    @Test(
        "what is no day, no confidence, no grouping and no format is a usage error that names it",
        arguments: [
            (["--from", "2026-13-01"], "--from '2026-13-01': is no day"), (["--to", "today"], "--to 'today'"),
            (["--to", "2026-6-1"], "YYYY-MM-DD"),
            (["--from", "2026-06-02", "--to", "2026-06-01"], "--from 2026-06-02 is after --to 2026-06-01"),
            (["--confidence", "0"], "--confidence 0.0"), (["--confidence", "1"], "between 0 and 1"),
            (["--confidence", "nan"], "between 0 and 1"), (["--confidence", "-0.5"], "confidence"),
            (["--confidence", "much"], "much"), (["--by", "week"], "period"), (["--format", "xml"], "csv"),
        ])
    func usage(arguments: [String], words: String) {
        do {
            _ = try EstimateCommand.parse(Self.needed + arguments)
            Issue.record("\(arguments) were taken")
        } catch {
            #expect(EstimateCommand.exitCode(for: error) == .validationFailure)
            #expect(EstimateCommand.message(for: error).contains(words))
        }
    }

    @Test("registry, store and metric are needed", arguments: [0, 2, 4])
    func missing(position: Int) {
        var arguments = Self.needed
        arguments.removeSubrange(position..<position + 2)
        #expect(throws: (any Error).self) { try EstimateCommand.parse(arguments) }
    }

    @Test("every option is taken where it is right")
    func accepted() {
        let arguments = [
            "--from", "2026-06-01", "--to", "2026-06-01", "--by", "period", "--confidence", "0.999", "--format", "json",
        ]
        #expect(throws: Never.self) { try EstimateCommand.parse(Self.needed + arguments) }
    }

    @Test("the command reads a compiled set, and ends with 1 for a missing store and 3 below the gate")
    func run() throws {
        let metric = try booleanMetric()
        let store = try storeOfReports(of: metric, sealed: [(1, [10, 10])])
        let set = store.file("metrics.set")
        try Data(try testMetricSet(metrics: [metric]).encoded()).write(to: URL(filePath: set))
        let named = ["--registry", set, "--metric", "departed_late", "--store"]
        #expect(throws: CommandError.self) { try EstimateCommand.parse(named + [store.path]).run() }
        for (path, status) in [
            (store.path, DecoderCommands.ExitStatus.insufficientData), (store.file("none"), .runtimeFailure),
        ] {
            let error = try #require(throws: CommandError.self) {
                try EstimateCommand.parse(named + [path]).run()
            }
            #expect(error.status == status)
        }
    }
}
