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

    @Test("candidates are those of the option, or else those beside the registry that names them")
    func candidates() throws {
        let metric = try sketchMetric(rows: 16), store = try StoreFixture()
        try store.add(definition: metric)
        let registry = store.file("metrics.yaml"), listed = store.file("listed.csv")
        try Data(Self.registry.utf8).write(to: URL(filePath: registry))
        try Data("code,city\nJFK,\n\"\u{FFFD}\",x\n".utf8).write(to: URL(filePath: listed))
        let needed = ["--registry", registry, "--store", store.path, "--metric"]
        let cases: [(arguments: [String], status: DecoderCommands.ExitStatus, words: String)] = [
            // The registry's file is missing until it is written below.
            (["destination"], .runtimeFailure, "\(store.file("airports.csv")): cannot be read: "),
            (
                ["destination"], .runtimeFailure,
                ". 'candidates' of destination in \(registry) names the file. Correct it there, or name another with "
                    + "--candidates"
            ),
            (["destination", "--candidates", listed], .insufficientData, "no reports of destination"),
            (["destination", "--candidates", listed + ":code"], .insufficientData, "no reports of destination"),
            (["destination", "--candidates", listed + ":iata"], .validationFailed, ":1:1: there is no column 'iata'."),
            (["destination", "--candidates", listed + ":"], .usage, "FILE or FILE:COLUMN"),
            (["origin"], .usage, "origin is a string"),
            (["nowhere"], .usage, "the registry has no metric 'nowhere'"),
            (["nowhere", "--candidates", "none.csv"], .usage, "the registry has no metric 'nowhere'"),
        ]
        for (arguments, status, words) in cases {
            let error = try #require(throws: CommandError.self) {
                try EstimateCommand.parse(needed + arguments).run()
            }
            #expect(error.status == status && error.message.contains(words), "\(error.message)")
        }
        try Data("name,iata\n,\n".utf8).write(to: URL(filePath: store.file("airports.csv")))
        let empty = try #require(throws: CommandError.self) {
            try EstimateCommand.parse(needed + ["destination"]).run()
        }
        #expect(empty.status == .validationFailed && empty.message.contains("airports.csv:3:1: there is no candidate"))
    }

    private static let registry = """
        registry: 1
        project: flights
        ceiling: { epsilon_per_day: 8, epsilon_lifetime: 800 }
        metrics:
          destination:
            candidates: { file: airports.csv, column: iata }
            id: 7
        \(sketch)
          origin:
            id: 8
        \(sketch)
        """

    private static let sketch = """
            version: 1
            description: Where did the flight go?
            type: string
            mechanism: count_mean_sketch
            rows: 16
            width: 64
            epsilon: 4.0
            epsilon_lifetime: 400
            period: day
            when_absent: none
            release: { minimum_reports: 1000 }
            owner: ops@airline.example
            expires: { never: it is a test }
        """
}
