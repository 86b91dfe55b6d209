import Mechanisms
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("Pairs on a device")
struct PairDeviceTests {
    private func device(_ metric: MetricDefinition) throws -> TestDevice {
        let test = try TestDevice(.sqlite, try testMetricSet(metrics: [metric]))
        try test.enrol()
        return test
    }

    private func pair(_ text: String, _ item: Int) -> MechanismInput { .pair(.text(Array(text.utf8)), .item(item)) }

    @Test("The ledger counts pairs and not values, and repeats the last pair's answer at the cap")
    func distinctPairs() throws {
        let metric = try memoizedPairMetric(maximumDistinctPairs: 3)
        let test = try device(metric)
        // Three pairs of two texts and two items; the fourth of the same values is one too many.
        let events = [pair("EWR", 0), pair("EWR", 1), pair("JFK", 0), pair("EWR", 0), pair("JFK", 1)]
        for (index, input) in events.enumerated() {
            let seconds = noon + Int64(index) * daySeconds
            try test.record(input, metric, at: seconds)
            let before = try test.entry(metric)?.lastPermanentResponse
            try test.close(at: seconds + daySeconds)
            #expect(try test.device.store.distinctValueCount(metric: 12, version: 1) == min(index + 1, 3))
            let mechanism = try #require(metric.mechanism as? MemoizedPairedResponse)
            let own = try mechanism.permanentResponse(to: input, on: test.device.context(for: metric))
            #expect(try test.entry(metric)?.lastPermanentResponse == (index == 4 ? before : own))
        }
        #expect(try test.entry(metric)?.reports == 5)
        #expect(try test.queued().allSatisfy { $0.payload.count == 18 })
    }

    @Test("Every report names the device's cohort once, and splits into those of both halves")
    func cohort() throws {
        let metric = try memoizedPairMetric()
        let test = try device(metric)
        let pair = try #require(metric.mechanism as? MemoizedPairedResponse)
        for index in 0..<4 {
            try test.record(self.pair("EWR", index % 3), metric, at: noon + Int64(index) * daySeconds)
        }
        try test.close(at: noon + 5 * daySeconds)
        let payloads = try test.queued().map(\.payload)
        #expect(Set(payloads.map { $0[0] }).count == 1 && payloads.count == 5)
        for payload in payloads {
            let (first, second) = try pair.reports(in: payload)
            #expect(first.count == 17 && second.count == 1 && first[0] == payload[0])
        }
    }

    @Test("A buffered pair is drawn among the day's and reported like one that is recorded at once")
    func buffered() throws {
        // With ε of 8 each both halves tell the truth but for one report in a thousand.
        let metric = try pairMetric(firstThousandths: 8000, secondThousandths: 8000)
        let texts = try memoizedPairMetric()
        let set = try testMetricSet(metrics: [metric, texts])
        let buffer = try EventBuffer(set)
        buffer.accept()
        func record(_ first: EventHalf, _ second: EventHalf, for name: StaticString) throws(EventRefusal) {
            try buffer.record(
                .pair(first, second), for: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        }
        func written(_ text: StaticString) -> EventHalf {
            .written(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }
        try record(written("UA"), written("true"), for: "route")
        try record(written("EWR"), written("large"), for: "home")
        #expect(throws: EventRefusal.self) { try record(written("QX"), written("true"), for: "route") }
        #expect(throws: EventRefusal.self) { try record(written("UA"), written("yes"), for: "route") }
        #expect(throws: EventRefusal.self) { try record(.boolean(true), written("true"), for: "route") }
        #expect(throws: EventRefusal.self) { try record(.foreign, .boolean(true), for: "route") }
        var found: [(Int, UInt64, String?, String?)] = []
        try buffer.drain { (events) throws(AgentError) in
            func text(_ bytes: UnsafeRawBufferPointer?) -> String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
            found.append((events.position, events.word, text(events.text), text(events.otherText)))
        }
        #expect(found.count == 2)
        #expect(found[0] == (0, 1 | 1 << 32, nil, nil))
        #expect(found[1] == (1, 3 | 2 << 32, "EWR", nil))
    }
}
