import ArgumentParser
import Estimation
import Foundation
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@testable import DecoderCommands

/// The figures were computed by a script of its own, from p* = e^ε/(e^ε + k − 1), not by this package.
@Suite("Differences between two groups are written as the manual says")
struct GroupComparisonTests {
    private func request(
        _ metric: String, days: ClosedRange<Int>? = nil, _ change: (inout EstimateChoices) throws -> Void = { _ in }
    ) rethrows -> EstimateRequest {
        var choices = EstimateChoices()
        choices.needsOrigins = true
        try change(&choices)
        return EstimateRequest(
            metric: metric, from: days.map { testDay($0.lowerBound) }, to: days.map { testDay($0.upperBound) },
            choices: choices)
    }

    private func lines(_ result: GroupComparison) -> [[String]] {
        result.rendered(as: .csv).split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    }

    @Test("CSV has a row for each value: the first group's frequency less the second's")
    func csv() throws {
        let metric = try booleanMetric()
        let store = try storeOfReports(of: metric, sealed: [(1, [800, 400]), (8, [600, 400])])
        let result = try GroupComparison(
            try estimated(request("departed_late", days: 8...14), from: store, metrics: [metric]),
            minus: try estimated(request("departed_late", days: 1...7), from: store, metrics: [metric]))
        #expect(
            result.rendered(as: .csv) == """
                value,difference,standard_error,low,high,p_value,detected
                false,-0.14426,0.04108,-0.22479,-0.06374,0.000445715,true
                true,0.14426,0.04108,0.06374,0.22479,0.000445715,true

                """)
        #expect(result.notes[0].hasPrefix("A difference is that between the devices that reported"))
        #expect(result.notes.count == 2 && result.notes[1] == "A period without an event was reported as false.")
    }

    @Test("the table names both groups, and JSON has them with their reports")
    func formats() throws {
        let metric = try booleanMetric()
        let store = try storeOfReports(of: metric, sealed: [(1, [800, 400]), (8, [600, 400])])
        let result = try GroupComparison(
            try estimated(request("departed_late", days: 8...14), from: store, metrics: [metric]),
            minus: try estimated(request("departed_late", days: 1...7), from: store, metrics: [metric]))
        let table = result.rendered(as: .table)
        #expect(
            table.hasPrefix(
                """
                departed_late, version 1: 1000 reports from 2026-06-08 to 2026-06-14, less departed_late, version 1: \
                1200 reports from 2026-06-01 to 2026-06-07; 95 % intervals

                value  difference  standard_error     low    high   p_value  detected
                false      -0.144           0.041  -0.225  -0.064  0.000446  true
                true        0.144           0.041   0.064   0.225  0.000446  true

                - A difference
                """))
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(result.rendered(as: .json).utf8)) as? [String: Any])
        let (first, second) = (json["first"] as? [String: Any], json["second"] as? [String: Any])
        #expect(first?["reports"] as? Int == 1000 && second?["reports"] as? Int == 1200)
        #expect(first?["from"] as? String == "2026-06-08" && second?["to"] as? String == "2026-06-07")
        let rows = try #require(json["rows"] as? [[String: Any]])
        #expect(rows.count == 2 && rows[0]["value"] as? Bool == false && rows[1]["detected"] as? Bool == true)
        #expect(json["sums"] == nil && (json["notes"] as? [String])?.count == 2)
    }

    @Test("means are compared in units of the range")
    func means() throws {
        let metric = try numberMetric()
        let store = try storeOfReports(of: metric, sealed: [(1, [600, 400]), (2, [300, 700])])
        let result = try GroupComparison(
            try estimated(request("air_time", days: 2...2), from: store, metrics: [metric]),
            minus: try estimated(request("air_time", days: 1...1), from: store, metrics: [metric]))
        #expect(
            result.rendered(as: .csv) == """
                value,difference,standard_error,low,high,p_value,detected
                mean,25.967,1.836,22.369,29.566,2.08849e-45,true

                """)
    }

    @Test("sums are compared as values are, in rows behind them and members of their own in JSON")
    func sums() throws {
        let metric = try categoryMetric()
        let (one, other) = (
            try storeOfReports(of: metric, sealed: [(1, [500, 400, 200, 150, 150])]),
            try storeOfReports(of: metric, sealed: [(1, [400, 300, 300, 250, 150])])
        )
        let asked = try request("carrier") { $0.sums = [try NamedSum("big=AA,B6"), try NamedSum("rest=DL,UA,(none)")] }
        let result = try GroupComparison(
            try estimated(asked, from: one, metrics: [metric]),
            minus: try estimated(asked, from: other, metrics: [metric]))
        let rows = lines(result)
        #expect(rows.count == 8 && rows[6][0] == "big" && rows[7][0] == "rest")
        // What one set gains, the rest loses, with one error.
        let big = try #require(Double(rows[6][1])), rest = try #require(Double(rows[7][1]))
        #expect(abs(big + rest) < 1e-5 && rows[6][2] == rows[7][2] && rows[6][5] == rows[7][5])
        // 900 and 700 of 1400 support AA or B6: (900 − 700)/1400 over p* − q* = (e² − 1)/(e² + 4).
        let gap: Double = (exp(2) - 1) / (exp(2) + 4)
        #expect(abs(big - 200.0 / 1400 / gap) < 1e-4)
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(result.rendered(as: .json).utf8)) as? [String: Any])
        let sums = try #require(json["sums"] as? [[String: Any]])
        #expect(sums.map { $0["sum"] as? String } == ["big", "rest"])
        #expect((json["rows"] as? [Any])?.count == 5)
    }

    @Test("other metrics of the same values can be compared, others not")
    func metrics() throws {
        let (one, other) = (try booleanMetric(), try booleanMetric(identifier: 9, name: "arrived_late"))
        let third = try categoryMetric(identifier: 10)
        let store = try storeOfReports(of: one, sealed: [(1, [800, 400])])
        for metric in [other, third] {
            try store.add(definition: metric)
            try store.seal(payloads([600, 500]), of: metric, day: testDay(1))
        }
        let metrics = [one, other, third]
        let first = try estimated(request("departed_late"), from: store, metrics: metrics)
        let result = try GroupComparison(
            first, minus: try estimated(request("arrived_late"), from: store, metrics: metrics))
        #expect(result.rows.count == 2 && result.rendered(as: .table).contains("less arrived_late, version 1"))
        let error = try #require(throws: CommandError.self) {
            try GroupComparison(first, minus: try estimated(request("carrier"), from: store, metrics: metrics))
        }
        #expect(
            error.status == .usage
                && error.message.hasPrefix("--versus-metric carrier: has not the values of departed_late"))
    }

    @Test("a row that only one group has is left out, and the note says so")
    func absence() throws {
        let with = try categoryMetric(),
            without = try categoryMetric(identifier: 11, name: "carrier_flown", whenAbsent: .skip)
        let store = try storeOfReports(of: with, sealed: [(1, [500, 400, 200, 150, 150])])
        try store.add(definition: without)
        try store.seal(payloads([500, 400, 200, 150]), of: without, day: testDay(1))
        let metrics = [with, without]
        let result = try GroupComparison(
            try estimated(request("carrier"), from: store, metrics: metrics),
            minus: try estimated(request("carrier_flown"), from: store, metrics: metrics))
        #expect(lines(result).map { $0[0] } == ["value", "AA", "B6", "DL", "UA"])
        #expect(result.notes.contains("(none) is left out, since only one group has a row for it."))
        #expect(result.notes.contains { $0.hasPrefix("The first group: A period without an event was reported as") })
    }

    @Test("memoized groups say that their devices share noise")
    func memoized() throws {
        let metric = try memoizedMetric(minimumReports: 100)
        let store = try storeOfReports(of: metric, sealed: [(1, [70, 30, 20, 10]), (2, [40, 60, 20, 10])])
        let result = try GroupComparison(
            try estimated(request("home_airport", days: 1...1), from: store, metrics: [metric]),
            minus: try estimated(request("home_airport", days: 2...2), from: store, metrics: [metric]))
        #expect(result.notes[1].hasPrefix("Devices in both groups share noise"))
        #expect(result.rows.count == 4)
    }

    @Test("two groups of one RAPPOR metric have the sum of both errors")
    func rappor() throws {
        let metric = try rapporMetric(), store = try StoreFixture()
        try store.add(definition: metric)
        for (day, seed) in [(1, UInt64(0x5EF5)), (2, 0x5EF6)] {
            let payloads = try seededPayloads(of: metric, about: inputs(["JFK": 900, "LGA": 300]), seed: seed)
            try store.add(payloads, of: metric, day: testDay(day))
        }
        let list = try candidates(["JFK", "LGA", "EWR"])
        let groups = try [1...1, 2...2].map { days in
            try estimated(
                request("destination", days: days) { $0.sums = [try NamedSum("both=JFK,LGA")] }, from: store,
                metrics: [metric], candidates: list)
        }
        let result = try GroupComparison(groups[0], minus: groups[1])
        let errors = groups.map { group -> [Double] in
            guard let released = group.groups[0].estimates, case .frequencies(let estimates) = released.figures else {
                return []
            }
            return (estimates + released.sums.map(\.estimate)).map { $0.standardError / Double(released.reportCount) }
        }
        for (row, error) in zip(result.rows + result.sums, zip(errors[0], errors[1]).map(+)) {
            #expect(abs(row.difference.standardError / error - 1) < 1e-12)
        }
        #expect(result.rows.count == 3 && result.sums.count == 1)
    }

    @Test("a group below the gate withholds the comparison, and is named")
    func withheld() throws {
        let metric = try booleanMetric()
        let store = try storeOfReports(of: metric, sealed: [(1, [800, 400]), (8, [600, 300])])
        let (late, early) = (
            try estimated(request("departed_late", days: 8...14), from: store, metrics: [metric]),
            try estimated(request("departed_late", days: 1...7), from: store, metrics: [metric])
        )
        #expect(
            throws: CommandError(
                .insufficientData,
                "the second group: departed_late: fewer than 1000 reports, the metric's minimum_reports, so nothing is shown"
            )
        ) { try GroupComparison(early, minus: late) }
    }

    @Test("of more than 50 values the table has those detected and the largest differences")
    func longTable() throws {
        let names = (0..<60).map { "c\($0)" }
        let metric = try categoryMetric(categories: names, epsilonThousandths: 4000)
        var (one, other) = ([Int](repeating: 100, count: 61), [Int](repeating: 100, count: 61))
        (one[41], other[17]) = (900, 700)
        let result = try GroupComparison(
            try estimated(
                request("carrier"), from: try storeOfReports(of: metric, sealed: [(1, one)]), metrics: [metric]),
            minus: try estimated(
                request("carrier"), from: try storeOfReports(of: metric, sealed: [(1, other)]), metrics: [metric]))
        let table = result.rendered(as: .table).split(separator: "\n")
        #expect(table[2].hasPrefix("c41 ") && table[3].hasPrefix("c17 "))
        #expect(table.contains { $0.hasPrefix("50 of 61 values are shown, detected ones first") })
        #expect(lines(result).count == 62)
    }

    @Test(
        "groups that are none, are the same or are no days are usage errors",
        arguments: [
            ([], "there is no second group"), (["--versus-metric", "m"], "there is no second group"),
            (["--versus-store", "s"], "there is no second group"),
            (["--versus-from", "2026-06-01"], "both groups are of the same reports on some days"),
            (["--from", "2026-06-08", "--versus-to", "2026-06-08"], "both groups are of the same reports"),
            (["--versus-from", "x"], "--versus-from 'x': is no day"),
            (
                ["--versus-from", "2026-06-02", "--versus-to", "2026-06-01"],
                "--versus-from 2026-06-02 is after --versus-to 2026-06-01"
            ),
            (["--versus-metric", "n", "--confidence", "1"], "between 0 and 1"),
            (["--versus-metric", "n", "--sum", "a"], "--sum 'a': has no name"),
        ])
    func usage(arguments: [String], words: String) {
        do {
            _ = try CompareCommand.parse(["--registry", "r", "--store", "s", "--metric", "m"] + arguments)
            Issue.record("\(arguments) were taken")
        } catch {
            #expect(CompareCommand.exitCode(for: error) == .validationFailure)
            #expect(CompareCommand.message(for: error).contains(words), "\(CompareCommand.message(for: error))")
        }
    }

    @Test("the command reads both groups, of other days or of another store")
    func run() throws {
        let metric = try booleanMetric()
        let store = try storeOfReports(of: metric, sealed: [(1, [800, 400]), (8, [600, 300])])
        let other = try storeOfReports(of: metric, sealed: [(1, [800, 500])])
        let set = store.file("metrics.set")
        try Data(try testMetricSet(metrics: [metric]).encoded()).write(to: URL(filePath: set))
        let named = ["--registry", set, "--metric", "departed_late", "--store", store.path]
        #expect(throws: Never.self) {
            try CompareCommand.parse(named + ["--versus-store", other.path, "--to", "2026-06-01"]).run()
        }
        for (arguments, status) in [
            (["--to", "2026-06-07", "--versus-from", "2026-06-08"], DecoderCommands.ExitStatus.insufficientData),
            (["--versus-store", store.file("none")], .runtimeFailure), (["--versus-metric", "none"], .usage),
        ] {
            let error = try #require(throws: CommandError.self) { try CompareCommand.parse(named + arguments).run() }
            #expect(error.status == status)
        }
    }
}
