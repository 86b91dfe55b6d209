import Mechanisms
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("What waits when nothing can be sent")
struct QueueLimitTests {
    private let day = UTCDay(containing: noon)

    private func thirtyMetrics() throws -> [MetricDefinition] {
        try (1...30).map {
            try booleanMetric(
                identifier: $0, name: "metric_\($0)", epsilonThousandths: 100, lifetimeThousandths: 20_000)
        }
    }

    @Test("is at most 500 reports, of which the oldest make room and are counted", arguments: StoreKind.allCases)
    func countIsBounded(kind: StoreKind) throws {
        let metrics = try thirtyMetrics()
        let test = try TestDevice(kind, try testMetricSet(metrics: metrics))
        try test.enrol()
        try test.close(at: noon + 20 * daySeconds)
        let queued = try test.queued()
        #expect(queued.count == 500)
        #expect(try test.device.store.value(.overflowedReports) == 100)
        #expect(queued.last?.period == day.advanced(by: 19))
        #expect(queued.filter { $0.period == day.advanced(by: 3) }.count == 20)
        #expect(queued.allSatisfy { $0.period >= day.advanced(by: 3) })
    }

    @Test("counts a batch that was sent, which stays whole", arguments: StoreKind.allCases)
    func sentBatchStays(kind: StoreKind) throws {
        let metrics = try thirtyMetrics()
        let test = try TestDevice(kind, try testMetricSet(metrics: metrics))
        try test.enrol()
        try test.close(at: noon + 10 * daySeconds)
        let sent = try #require(
            try test.device.store.transaction { () throws(AgentError) in try test.device.nextBatch() })
        #expect(sent.reportCount == 300)
        try test.close(at: noon + 20 * daySeconds)
        #expect(try test.device.store.outbox() == [sent])
        #expect(try test.queued().count == 200)
        try test.close(at: noon + 40 * daySeconds)
        #expect(try test.device.store.outbox().isEmpty)
        #expect(try test.queued().count == 500)
        let (expired, overflowed) = (
            try test.device.store.value(.expiredReports), try test.device.store.value(.overflowedReports)
        )
        // 1,200 reports were made in all.
        #expect(expired.map { $0 >= 300 } == true)
        #expect((expired ?? 0) + (overflowed ?? 0) == 1200 - 500)
    }

    @Test("is at most four megabytes", arguments: StoreKind.allCases)
    func bytesAreBounded(kind: StoreKind) throws {
        let test = try TestDevice(kind, try testMetricSet(metrics: [try booleanMetric()]))
        try test.enrol()
        let payload = [UInt8](repeating: 1, count: WireLimits.payloadByteCount)
        try test.device.store.transaction { () throws(AgentError) in
            for _ in 0..<300 {
                try test.device.store.enqueue(
                    ReportRecord(metric: 9, period: day, fingerprint: Fingerprint(value: 1), payload: payload))
            }
        }
        try test.close(at: noon + daySeconds)
        #expect(try test.device.store.queuedByteCount() <= 4_000_000)
        #expect(try test.queued().count == 4_000_000 / payload.count + 1)  // and the small one of the day
        #expect(try test.device.store.value(.overflowedReports) == Int64(300 - 4_000_000 / payload.count))
    }

    @Test("is given up whatever it says: two histories that differ only in their values lose the same")
    func independentOfValues() throws {
        let metrics = try thirtyMetrics()
        let kept = try [0, 1].map { item in
            let test = try TestDevice(.sqlite, try testMetricSet(metrics: metrics))
            try test.enrol()
            for index in 0..<20 {
                for metric in metrics { try test.record(.item(item), metric, at: noon + Int64(index) * daySeconds) }
            }
            try test.close(at: noon + 20 * daySeconds)
            return try test.queued().map { "\($0.metric) \($0.period)" }
        }
        #expect(kept[0] == kept[1])
    }
}
