import DecoderCommands
import Estimation
import Foundation
import Mechanisms
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@Suite("Estimates of a string are of the candidates")
struct StringEstimateTests {
    private let request = EstimateRequest(metric: "destination")

    private func frequencies(_ result: EstimateResult) throws -> [FrequencyEstimate] {
        let figures = try #require(result.groups.first?.estimates?.figures)
        guard case .frequencies(let estimates) = figures else { throw CommandError(.usage, "a mean") }
        return estimates
    }

    @Test("a sketch has a row for each candidate and one for no event, which JSON tells from a text of its name")
    func sketch() throws {
        let metric = try sketchMetric(rows: 16, width: 1024), store = try StoreFixture()
        try store.add(definition: metric)
        let held = inputs(["JFK": 1200, "say \"hi\", you": 600, "(none)": 300], absent: 400)
        try store.add(try seededPayloads(of: metric, about: held, seed: 0x5EE7), of: metric, day: testDay(1))
        let list = try candidates(["JFK", "\"say \"\"hi\"\", you\"", "LGA", "(none)", "\"\""])
        let result = try estimated(request, from: store, metrics: [metric], candidates: list)
        let estimates = try frequencies(result)
        // 300 of 2500 are 12 standard errors, of noise and collisions: to miss them takes a deviation of four.
        #expect([0, 1, 3, 5].allSatisfy { estimates[$0].isDetected })

        let lines = result.rendered(as: .csv).split(separator: "\n").map(String.init)
        #expect(lines[0] == "value,count,standard_error,frequency,frequency_low,frequency_high,p_value,detected")
        for (line, start) in zip(
            lines.dropFirst(), ["JFK,", "\"say \"\"hi\"\", you\",", "LGA,", "(none),", ",", "(none),"])
        {
            #expect(line.hasPrefix(start))
        }
        let json = try JSONSerialization.jsonObject(with: Data(result.rendered(as: .json).utf8))
        let rows = try #require((json as? [String: Any])?["rows"] as? [[String: Any]])
        #expect(rows.map { $0["value"] as? String } == ["JFK", "say \"hi\", you", "LGA", "(none)", "", nil])
        #expect(rows[5]["value"] is NSNull && result.notes.contains { $0.contains("hash collisions") })
        #expect(lines.count == 7 && rows.count == 6 && estimates.count == 6)
    }

    @Test("where silence is not reported, a sketch has no row for it")
    func sketchWithoutAbsence() throws {
        let metric = try sketchMetric(whenAbsent: .skip), store = try StoreFixture()
        try store.add(definition: metric)
        let payloads = try seededPayloads(of: metric, about: inputs(["JFK": 1000]), seed: 0x5EE8)
        try store.add(payloads, of: metric, day: testDay(1))
        let result = try estimated(request, from: store, metrics: [metric], candidates: try candidates(["JFK", "LGA"]))
        #expect(result.values == inputs(["JFK": 1, "LGA": 1]))
        #expect(try frequencies(result).count == 2)
    }

    @Test("RAPPOR's chunks are counted by cohort: the store gives what the oracle makes of the same reports")
    func rappor() throws {
        let metric = try rapporMetric(), store = try StoreFixture()
        try store.add(definition: metric)
        let rappor = try #require(metric.mechanism as? Rappor)
        var pool = PooledReports(rappor.makeAggregate(of: metric.fingerprint), on: testDay(1))
        for (day, seed) in [(1, UInt64(0x5EE9)), (2, 0x5EEA)] {
            let held = inputs(["JFK": 3000, "LGA": 1000], absent: 500)
            let payloads = try seededPayloads(of: metric, about: held, seed: seed)
            try store.add(payloads, of: metric, day: testDay(day))
            try pool.count(on: testDay(day)) { aggregate in
                for payload in payloads {
                    rappor.absorb(try BitVectorReport(decoding: payload.span, shape: rappor.shape), into: &aggregate)
                }
            }
        }
        let list = try candidates(["JFK", "LGA", "EWR", "BOS"])
        let result = try estimated(request, from: store, metrics: [metric], candidates: list)
        let direct = try rappor.estimates(
            of: list.texts.map { .text($0) }, from: pool, confidence: .standard, progress: { _, _ in })
        let estimates = try frequencies(result)
        #expect(estimates == direct && estimates.count == 4)
        #expect(result.groups[0].estimates?.reportCount == 9000)
        for words in [
            "not among the candidates", "reports of no candidate", "share noise", "with a probability of 80 %",
        ] {
            #expect(result.notes.contains { $0.contains(words) }, "\(words)")
        }
    }

    @Test("basic RAPPOR has a row for each declared value and one for no event")
    func basicRappor() throws {
        let metric = try basicRapporMetric(), store = try StoreFixture()
        try store.add(definition: metric)
        let held = (0..<6000).map { $0 % 3 == 0 ? MechanismInput.absent : .item($0 % 3) }
        try store.add(try seededPayloads(of: metric, about: held, seed: 0x5EEB), of: metric, day: testDay(1))
        let result = try estimated(EstimateRequest(metric: "carriers"), from: store, metrics: [metric])
        let values = result.rendered(as: .csv).split(separator: "\n").dropFirst().map { $0.prefix { $0 != "," } }
        #expect(values == ["AA", "B6", "DL", "UA", "(none)"])
        // The 2000 of no event are 13 standard errors, those of a value more: to miss one takes a deviation of ten.
        let estimates = try frequencies(result)
        #expect([1, 2, 4].allSatisfy { estimates[$0].isDetected })
    }

    @Test("a partition that the mechanism does not have, and reports of another length, are damage: status 8")
    func damage() throws {
        let rappor = try rapporMetric(minimumReports: 1), sketch = try sketchMetric(minimumReports: 1)
        let cases: [(MetricDefinition, [UInt8], Int, String)] = [
            (rappor, [0, 0], 4, "holds a value that the metric does not have"),
            (rappor, [0, 0], -1, "holds a value that the metric does not have"),
            (rappor, [0, 0], .max, "holds a value that the metric does not have"),
            (rappor, [0, 0, 0], 0, "a report has 3 bytes where the metric's have 2"),
            (sketch, [0, 0, 0, 0, 0, 0, 0, 0, 0], 1, "holds a value that the metric does not have"),
            (sketch, [4, 0, 0, 0, 0, 0, 0, 0, 0], 0, "holds a value that the metric does not have"),
            (sketch, [0, 0, 0, 0, 0, 0, 0, 0], 0, "a report has 8 bytes where the metric's have 9"),
        ]
        for (metric, payload, partition, words) in cases {
            for isSealed in [true, false] {
                let store = try StoreFixture()
                try store.add(definition: metric)
                if isSealed {
                    try store.seal([payload], of: metric, day: testDay(1), partition: partition)
                } else {
                    try store.stage([payload], of: metric, day: testDay(1), partition: partition)
                }
                let error = try #require(throws: CommandError.self) {
                    try estimated(request, from: store, metrics: [metric], candidates: try candidates(["JFK"]))
                }
                #expect(error.status == .storeUnusable && error.message.contains(words), "\(error.message)")
            }
        }
    }

    @Test("without candidates a string is refused with status 2, before the store is read")
    func missing() throws {
        let error = try #require(throws: CommandError.self) {
            try estimated(request, from: try StoreFixture(), metrics: [try rapporMetric()])
        }
        #expect(error.status == .usage && error.message.contains("--candidates FILE:COLUMN"))
    }

    @Test(
        "candidates that the bits cannot tell apart are named in a note and have empty figures; the others have theirs")
    func indistinguishable() throws {
        let metric = try rapporMetric(cohorts: 1), store = try StoreFixture()
        try store.add(definition: metric)
        let payloads = try seededPayloads(of: metric, about: inputs(["0": 1000]), seed: 0x5EEC)
        try store.add(payloads, of: metric, day: testDay(1))
        let rappor = try #require(metric.mechanism as? Rappor)
        func bits(_ text: String) throws -> [UInt64] { try rappor.bits(of: .text(Array(text.utf8)), cohort: 0) }
        let twin = try #require(try (1..<1000).first { try bits("\($0)") == bits("0") })
        let list = try candidates(["x", "0", "\(twin)"])
        let result = try estimated(request, from: store, metrics: [metric], candidates: list)
        #expect(result.notes.contains("The bits cannot tell these candidates apart: '0', '\(twin)'."))
        let rows = result.rendered(as: .csv).split(separator: "\n").dropFirst().map(String.init)
        #expect(rows[1].hasPrefix("0,,,,0.") && rows[1].hasSuffix(",false"), "\(rows)")
        #expect(rows[0].hasPrefix("x,") && !rows[0].hasPrefix("x,,"))
        // What is made of several values' figures has none.
        var denoised = request
        denoised.choices.additions = [.denoised]
        let error = try #require(throws: CommandError.self) {
            try estimated(denoised, from: store, metrics: [metric], candidates: list)
        }
        #expect(error.status == .validationFailed && error.message.contains("'0', '\(twin)'"), "\(error.message)")
        #expect(
            error.message.contains(", estimate more reports if some cohorts have none so far, or define a new version"))
    }

    @Test("a hundred thousand candidates leave row by row, and people see the fifty that matter")
    func manyCandidates() throws {
        let metric = try sketchMetric(rows: 4, width: 4096, whenAbsent: .skip), store = try StoreFixture()
        try store.add(definition: metric)
        let payloads = try seededPayloads(of: metric, about: inputs(["value 99999": 1000]), seed: 0x5EED)
        try store.add(payloads, of: metric, day: testDay(1))
        let list = try candidates((0..<100_000).map { "value \($0)" })
        let result = try estimated(request, from: store, metrics: [metric], candidates: list)
        var (blocks, lineCount, tail) = (0, 0, "")
        result.write(as: .csv) { block in
            (blocks, lineCount, tail) = (blocks + 1, lineCount + block.utf8.count { $0 == 0x0A }, tail + block)
            tail = String(tail.suffix(200))
        }
        #expect(lineCount == 100_001 && blocks > 80)
        #expect(tail.hasSuffix(",true\n") && tail.contains("\nvalue 99999,"))
        let page = result.rendered(as: .table).split(separator: "\n")
        #expect(page[2].hasPrefix("value 99999  ") && page.count < 60)
        #expect(
            page.contains {
                $0.hasPrefix("50 of 100000 values are shown, detected ones first, the most frequent first; ")
            })
    }
}
