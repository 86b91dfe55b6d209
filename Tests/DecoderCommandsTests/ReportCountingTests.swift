import DecoderCommands
import Estimation
import Foundation
import Mechanisms
import MetricDefinitions
import ReportFormat
import StoreFormat
import TestSupport
import Testing

@Suite("Reports are counted on all cores")
struct ReportCountingTests {
    private func frequencies(_ result: EstimateResult) throws -> [FrequencyEstimate] {
        let figures = try #require(result.groups.first?.estimates?.figures)
        guard case .frequencies(let estimates) = figures else { throw CommandError(.usage, "no frequencies") }
        return estimates
    }

    /// The same payloads as one chunk each day and partition, and as many.
    private func stores(
        of metric: MetricDefinition, about inputs: [MechanismInput], days: Int
    ) throws -> (few: StoreFixture, many: StoreFixture) {
        let (few, many) = (try StoreFixture(), try StoreFixture())
        for store in [few, many] { try store.add(definition: metric) }
        for day in 1...days {
            let payloads = try seededPayloads(of: metric, about: inputs, seed: 0xC0DE + UInt64(day))
            try few.add(payloads, of: metric, day: testDay(day))
            for start in stride(from: 0, to: payloads.count, by: 100) {
                let some = payloads[start..<min(start + 100, payloads.count)].map {
                    metric.mechanism.stored(payload: $0)
                }
                for (partition, stored) in Dictionary(grouping: some, by: { $0.partition }) {
                    try many.seal(stored.map { $0.rest }, of: metric, day: testDay(day), partition: partition)
                }
            }
        }
        return (few, many)
    }

    @Test("to the same counts, however many chunks there are: of filters by cohort, and of a sketch that threads share")
    func chunks() throws {
        for metric in [try rapporMetric(), try sketchMetric(rows: 4, width: 64)] {
            let held = inputs(["JFK": 350, "LGA": 150], absent: 20), list = try candidates(["JFK", "LGA", "EWR"])
            let (few, many) = try stores(of: metric, about: held, days: 2)
            let results = try [few, many].map {
                try estimated(EstimateRequest(metric: "destination"), from: $0, metrics: [metric], candidates: list)
            }
            #expect(results.map { $0.groups.map { $0.estimates?.reportCount } } == [[1040], [1040]])
            #expect(try frequencies(results[0]) == frequencies(results[1]), "\(metric.mechanism)")
        }
    }

    @Test("and of several chunks at fault the first is named, whichever thread came upon one")
    func firstFault() throws {
        let metric = try booleanMetric()
        for fault in [3, 8, 20] {
            let store = try StoreFixture()
            try store.add(definition: metric)
            for chunk in 1...40 {
                try store.seal(
                    payloads(chunk >= fault && chunk % 2 == 0 ? [20, 20, 1] : [20, 20]), of: metric, day: testDay(1))
            }
            try store.execute("UPDATE chunk SET checksum = zeroblob(32) WHERE key >= \(fault) AND key % 2 = 1")
            let error = try #require(throws: CommandError.self) {
                try estimated(EstimateRequest(metric: "departed_late"), from: store, metrics: [metric])
            }
            let words =
                fault % 2 == 1 ? "chunk \(fault) is not what was sealed" : "a value that the metric does not have"
            #expect(error.status == .storeUnusable && error.message.contains(words), "\(fault): \(error.message)")
        }
    }
}
