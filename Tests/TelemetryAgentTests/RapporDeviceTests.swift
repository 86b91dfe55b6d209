import Mechanisms
import MetricDefinitions
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("RAPPOR on a device")
struct RapporDeviceTests {
    private func slot(_ test: TestDevice, _ metric: MetricDefinition, at seconds: Int64 = noon) throws -> Slot {
        try #require(
            try test.device.store.slot(metric: metric.identifier.value, period: UTCDay(containing: seconds)))
    }

    private func input(_ text: String) -> MechanismInput { .text(Array(text.utf8)) }

    @Test(
        "A text's permanent response is the same in every slot, also after a restart", arguments: StoreKind.allCases)
    func onePermanentResponse(kind: StoreKind) throws {
        let metric = try rapporMetric()
        let set = try testMetricSet(metrics: [metric])
        let secret = try SecretKey.random()
        var test = try TestDevice(kind, set, secret: secret)
        try test.enrol()
        var responses: Set<[UInt8]> = [], payloads: Set<[UInt8]> = []
        for index in 0..<20 {
            let seconds = noon + Int64(index) * daySeconds
            test = try TestDevice(test, metricSet: set, secret: secret)
            try test.record(input("JFK"), metric, at: seconds)
            let slot = try slot(test, metric, at: seconds)
            responses.insert(try #require(slot.memo?.permanentResponse))
            payloads.insert(slot.payload)
        }
        #expect(responses.count == 1)
        // Two reports of 256 bits are equal with probability below 2⁻¹⁷³.
        #expect(payloads.count == 20)
    }

    @Test("Agents one after the other answer from the same permanent response")
    func newProcess() throws {
        let folder = try TemporaryFolder(), clock = ManualClock()
        let set = try testMetricSet(metrics: [try rapporMetric()])
        var responses: Set<[UInt8]> = []
        for _ in 0..<5 {
            var configuration = Agent.Configuration(
                metricSet: set, endpoint: try Endpoint("http://127.0.0.1:9"), stateFolder: folder.file("state"),
                environment: [:], clock: clock)
            configuration.machineOptOutFile = "/nonexistent/opt-out"
            let agent = Agent(configuration)
            try agent.setConsent(true)
            try agent.record(.text("JFK"), for: "destination")
            let store = try SQLiteStore(path: folder.file("state/agent.db"))
            let day = UTCDay(containing: clock.secondsSinceEpoch())
            let slot = try store.transaction { () throws(AgentError) in try store.slot(metric: 4, period: day) }
            responses.insert(try #require(slot?.memo?.permanentResponse))
            clock.advance(days: 1)
        }
        #expect(responses.count == 1)
    }

    @Test("Two metrics and two devices answer the same text from unlike permanent responses")
    func independence() throws {
        let metrics = [
            try rapporMetric(), try rapporMetric(identifier: 8, name: "other"),
            try rapporMetric(identifier: 9, version: 2, name: "third"),
        ]
        var responses: Set<[UInt8]> = []
        for _ in 0..<2 {
            let test = try TestDevice(.memory, try testMetricSet(metrics: metrics))
            try test.enrol()
            for metric in metrics {
                try test.record(input("JFK"), metric)
                responses.insert(Array(try #require(try slot(test, metric).memo?.permanentResponse).dropFirst(2)))
            }
        }
        // The bits without the cohort: 256 of them are all equal with probability below 2⁻¹⁷³.
        #expect(responses.count == 6)
    }

    @Test("Every spelling is a value of its own, no text is \u{201C}no event\u{201D}, and the cap counts them all")
    func distinctValues() throws {
        let metric = try rapporMetric(maximumDistinctValues: 4)
        let test = try TestDevice(.sqlite, try testMetricSet(metrics: [metric]))
        try test.enrol()
        // The first day is without an event.
        let texts = ["", "caf\u{E9}", "cafe\u{301}", "CAF\u{C9}", "\u{0}", String(repeating: "x", count: 254)]
        var counts: [Int] = [], responses: Set<[UInt8]> = []
        for (index, text) in texts.enumerated() {
            let seconds = noon + Int64(index + 1) * daySeconds
            try test.record(input(text), metric, at: seconds)
            try test.close(at: seconds + daySeconds)
            counts.append(try test.device.store.distinctValueCount(metric: 4, version: 1))
            responses.insert(try #require(try test.entry(metric)?.lastPermanentResponse))
        }
        #expect(counts == [2, 3, 4, 4, 4, 4])
        #expect(responses.count == 3, "at the cap the last response is repeated")
        #expect(try test.queued().count == 7)
        #expect(try test.entry(metric)?.reports == 7)
    }
}
