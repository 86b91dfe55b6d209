import CollectorService
import Foundation
import GRDB
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@Suite("A repeated batch") struct RepeatedBatchTests {
    private func metricSet(_ identifiers: UInt32...) throws -> MetricSet {
        try testMetricSet(metrics: try identifiers.map { try booleanMetric(identifier: $0, name: "metric_\($0)") })
    }

    @Test(
        "When the next set has a metric that the first did not, a repetition is answered as before and stores nothing",
        arguments: StoreKind.allCases)
    func setChanged(_ kind: StoreKind) async throws {
        let metrics: [UInt32] = [1, 99]
        let place = try StorePlace(kind)
        let (first, second) = (try metricSet(1), try metricSet(1, 99))
        let reports = try metrics.map { try report(second, metric: $0) }
        let bytes = try Batch(identifier: try batchIdentifier(1), reports: reports).encoded
        let expected = [Rejection(index: metrics.count - 1, code: .unknownMetric)]
        for metricSet in [first, second] {
            let collector = try StoreUnderTest(place, metricSet)
            for _ in 0..<2 { #expect(try await collector.intake.take(bytes) == expected) }
            #expect(try collector.probe().count(of: "staged") == metrics.count - 1)
            try await collector.store.close()
        }
        // Under another identifier the same reports are admitted: it is the memory that rejects them.
        let collector = try StoreUnderTest(place, second)
        let fresh = try Batch(identifier: try batchIdentifier(2), reports: reports).encoded
        #expect(try await collector.intake.take(fresh).isEmpty)
    }

    @Test(
        "A batch of unknown metrics leaves nothing behind, and is judged anew when the next set has them",
        arguments: StoreKind.allCases)
    func unknownMetrics(_ kind: StoreKind) async throws {
        let place = try StorePlace(kind)
        let (first, second) = (try metricSet(1), try metricSet(1, 98, 99))
        let reports = try [98, 99].map { try report(second, metric: $0) }
        let bytes = try Batch(identifier: try batchIdentifier(1), reports: reports).encoded
        let unknown = [0, 1].map { Rejection(index: $0, code: .unknownMetric) }
        // Known at last, the batch is answered as it was when it was stored, whatever the set has lost since.
        for (metricSet, answer, storedCount) in [(first, unknown, 0), (second, [], 2), (first, [], 2)] {
            let collector = try StoreUnderTest(place, metricSet)
            for _ in 0..<2 { #expect(try await collector.intake.take(bytes) == answer) }
            let probe = try collector.probe()
            #expect(try probe.count(of: "staged") == storedCount)
            #expect(try probe.count(of: "batch") == storedCount / 2)
            try await collector.store.close()
        }
    }

    @Test("A report that was too early stays rejected when its day has come", arguments: StoreKind.allCases)
    func tooEarlyThenAdmissible(_ kind: StoreKind) async throws {
        let collector = try StoreUnderTest(kind)
        let bytes = try simpleBatch(collector.metricSet, number: 1, day: testDay.advanced(by: 2)).encoded
        let expected = [Rejection(index: 0, code: .tooEarly)]
        #expect(try await collector.intake.take(bytes) == expected)
        collector.clock.set(testDay.advanced(by: 2))
        #expect(try await collector.intake.take(bytes) == expected)
        #expect(try collector.probe().count(of: "staged") == 0)
    }

    @Test("A report that was stored is not listed as rejected when its day has passed", arguments: StoreKind.allCases)
    func admittedThenTooLate(_ kind: StoreKind) async throws {
        let collector = try StoreUnderTest(kind)
        let oldest = testDay.advanced(by: -WireLimits.daysBack)
        let bytes = try simpleBatch(collector.metricSet, number: 1, day: oldest).encoded
        #expect(try await collector.intake.take(bytes).isEmpty)
        collector.clock.set(testDay.advanced(by: 1))
        #expect(try await collector.intake.take(bytes).isEmpty)
        let fresh = try simpleBatch(collector.metricSet, number: 2, day: oldest).encoded
        #expect(try await collector.intake.take(fresh) == [Rejection(index: 0, code: .tooLate)])
        #expect(try collector.probe().count(of: "staged") == 1)
    }

    @Test(
        "Of one batch that is judged differently at once, one verdict is stored and all get it",
        arguments: StoreKind.allCases)
    func concurrentVerdicts(_ kind: StoreKind) async throws {
        let collector = try StoreUnderTest(kind)
        let store = collector.store
        for number in 0..<50 {
            let identifier = try batchIdentifier(number)
            let group = ReportGroup(metric: 1, version: 1, day: testDay)
            let verdicts = [
                AdmittedBatch(
                    identifier, reports: [AdmittedReport(group: group, payload: [1])], arrivingOn: testDay),
                AdmittedBatch(
                    identifier, reports: [], rejected: [Rejection(index: 0, code: .tooLate)], arrivingOn: testDay),
            ]
            let before = try collector.probe().count(of: "staged")
            let answers = try await withThrowingTaskGroup(of: [Rejection].self) { tasks in
                for sending in 0..<8 { tasks.addTask { try await store.store(verdicts[sending % 2]) } }
                return try await tasks.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(answers.count == 1)
            let storedCount = try collector.probe().count(of: "staged") - before
            #expect(storedCount == (answers == [[]] ? 1 : 0))
        }
    }

    @Test("Every list of rejections is read back as it was written")
    func recordRoundTrip() {
        let all = RejectionCode.allCases.enumerated().map { Rejection(index: $0.offset * 127, code: $0.element) }
        let last = [Rejection(index: WireLimits.reportsPerBatch - 1, code: .malformed)]
        for rejected in [[], all, last] {
            let bytes = RejectionRecord.encode(rejected)
            #expect(bytes.count == 3 * rejected.count)
            #expect(RejectionRecord.decode(bytes) == rejected)
        }
        #expect(RejectionRecord.encode([Rejection(index: 258, code: .tooLate)]) == [2, 1, 4])
    }

    @Test(
        "Bytes that no list of rejections gives are damage",
        arguments: [[UInt8(0)], [0, 0, 0], [0, 0, 9], [0, 4, 1], [1, 0, 1, 1, 0, 1], [1, 0, 1, 0, 0, 1]])
    func recordDamage(_ bytes: [UInt8]) { #expect(RejectionRecord.decode(bytes) == nil) }

    @Test("A batch whose stored answer is damaged is sent away, and others are stored")
    func damagedAnswer() async throws {
        let collector = try CollectorUnderTest()
        let bytes = try simpleBatch(collector.metricSet, number: 1).encoded
        _ = try await collector.intake.take(bytes)
        let database = try DatabaseQueue(path: collector.storePath)
        try await database.write { try $0.execute(sql: "UPDATE batch SET rejected = x'00'") }
        await #expect { try await collector.intake.take(bytes) } throws: { error in
            (error as? ProblemDetails)?.token == .storageUnavailable
        }
        let other = try simpleBatch(collector.metricSet, number: 2).encoded
        #expect(try await collector.intake.take(other).isEmpty)
    }
}
