import CollectorService
import MetricDefinitions
import ReportFormat
import StoreFormat
import TestSupport
import Testing

@Suite("Reports of a metric with cohorts") struct PartitionTests {
    private func set() throws -> MetricSet {
        try testMetricSet(metrics: [try rapporMetric(), try sketchMetric()])
    }

    /// A report of the metric with these cohorts, whose 256 bits are all like those of `byte`.
    private func payload(cohort: UInt8, _ byte: UInt8) -> [UInt8] { [cohort] + [UInt8](repeating: byte, count: 32) }

    @Test("The cohort becomes the partition, and what is stored is the rest")
    func cohorts() throws {
        let set = try set()
        for cohort in UInt8(0)...3 {
            let record = try report(set, metric: 4, payload: payload(cohort: cohort, 0xA5))
            let verdict = BatchAdmission(set).verdict(
                on: try Batch(identifier: try batchIdentifier(1), reports: [record]), today: testDay)
            let group = ReportGroup(metric: 4, version: 1, day: testDay, shapeKey: Int64(cohort))
            #expect(verdict.admitted == [AdmittedReport(group: group, payload: [UInt8](repeating: 0xA5, count: 32))])
        }
    }

    @Test("A cohort that there is not is malformed, and two cohorts of one day are still two reports")
    func refusals() throws {
        let set = try set()
        let records = [
            try report(set, metric: 4, payload: payload(cohort: 4, 0)),
            try report(set, metric: 4, payload: payload(cohort: 1, 0)),
            try report(set, metric: 4, payload: payload(cohort: 2, 0)),
        ]
        let batch = try Batch(identifier: try batchIdentifier(1), reports: records)
        let verdict = BatchAdmission(set).verdict(on: batch, today: testDay)
        #expect(
            verdict.rejected == [
                Rejection(index: 0, code: .malformed), Rejection(index: 2, code: .duplicateReport),
            ])
        #expect(verdict.admitted.map(\.group.shapeKey) == [1])
    }

    @Test("A sketch's row stays within its payload")
    func rows() throws {
        let set = try set()
        let payload: [UInt8] = [0xFF, 0x03] + [UInt8](repeating: 0x11, count: 32)
        let record = try report(set, metric: 6, payload: payload)
        let verdict = BatchAdmission(set).verdict(
            on: try Batch(identifier: try batchIdentifier(1), reports: [record]), today: testDay)
        #expect(verdict.admitted.map(\.payload) == [payload] && verdict.admitted.map(\.group.shapeKey) == [0])
    }

    @Test("Each cohort seals by itself, with the reports of no other", arguments: StoreKind.allCases)
    func sealing(_ kind: StoreKind) async throws {
        let collector = try StoreUnderTest(kind)
        // 8,192 payloads of 32 bytes make a chunk; cohort 0 has one too few.
        for cohort in Int64(0)...1 {
            let group = ReportGroup(metric: 4, version: 1, day: testDay, shapeKey: cohort)
            let byte = UInt8(cohort) + 1
            for part in 0..<8 {
                let count = part == 7 && cohort == 0 ? 1_023 : 1_024
                let reports = (0..<count).map { _ in
                    AdmittedReport(group: group, payload: [UInt8](repeating: byte, count: 32))
                }
                let identifier = try batchIdentifier(Int(cohort) * 8 + part)
                try await collector.store.store(AdmittedBatch(identifier, reports: reports, arrivingOn: testDay))
            }
        }
        try await collector.store.checkWritable()
        let probe = try collector.probe()
        let chunks = try probe.chunks()
        #expect(chunks.map(\.group.shapeKey) == [1] && chunks.map(\.chunk.count) == [8_192])
        #expect(chunks.allSatisfy { $0.chunk.payloads.allSatisfy { $0 == 2 } })
        #expect(try probe.stagedPayloads().count == 8_191)
    }
}
