import CollectorService
import MetricDefinitions
import ReportFormat
import StoreFormat
import StoreReader
import TestSupport
import Testing

@Suite("Both stores are opened, written and read alike") struct StoreConformanceTests {
    private let boolean = ReportGroup(metric: 1, version: 1, day: testDay)

    private func stage(
        _ payloads: [[UInt8]], of group: ReportGroup, number: Int, in store: any ReportStore
    ) async throws {
        let reports = payloads.map { AdmittedReport(group: group, payload: $0) }
        try await store.store(AdmittedBatch(try batchIdentifier(number), reports: reports, arrivingOn: testDay))
    }

    @Test("What is acknowledged, another connection finds at once", arguments: StoreKind.allCases)
    func acknowledged(_ kind: StoreKind) async throws {
        let collector = try StoreUnderTest(kind)
        let probe = try collector.probe()
        for number in 0..<20 {
            let batch = try simpleBatch(collector.metricSet, number: number)
            _ = try await collector.intake.take(batch.encoded)
            #expect(try probe.knows(batch.identifier))
            #expect(try probe.count(of: "staged") == number + 1)
        }
    }

    @Test(
        "A definition that changed under the same version is refused; under a new version both are kept",
        arguments: StoreKind.allCases)
    func definitionConflict(_ kind: StoreKind) async throws {
        let place = try StorePlace(kind)
        try await place.open(try testMetricSet(metrics: [try booleanMetric()])).close()
        let changed = try booleanMetric(epsilonThousandths: 900)
        #expect(throws: StoreError.definitionConflict(metric: 1, version: 1)) {
            try place.open(try testMetricSet(metrics: [try categoryMetric(), changed]))
        }
        #expect(try place.probe().count(of: "definition") == 1, "a refused set enters none of its definitions")
        let raised = try booleanMetric(version: 2, epsilonThousandths: 900)
        try await place.open(try testMetricSet(metrics: [raised])).close()
        let snapshot = try place.snapshot()
        #expect(try snapshot.definitionHash(metric: 1, version: 1) == booleanMetric().definitionHash)
        #expect(try snapshot.definitionHash(metric: 1, version: 2) == raised.definitionHash)
        #expect(try snapshot.definitionHash(metric: 1, version: 3) == nil)
    }

    @Test("A batch whose stored answer is damaged is sent away, and others are stored", arguments: StoreKind.allCases)
    func damagedAnswer(_ kind: StoreKind) async throws {
        let collector = try StoreUnderTest(kind)
        let bytes = try simpleBatch(collector.metricSet, number: 1).encoded
        _ = try await collector.intake.take(bytes)
        try collector.place.execute("UPDATE batch SET rejected = BLOB(00)")
        await #expect { try await collector.intake.take(bytes) } throws: { error in
            (error as? ProblemDetails)?.token == .storageUnavailable
        }
        let other = try simpleBatch(collector.metricSet, number: 2).encoded
        #expect(try await collector.intake.take(other).isEmpty)
    }

    @Test(
        "What was stored under a token's quota is known to another collector and after a restart",
        arguments: StoreKind.allCases)
    func quotas(_ kind: StoreKind) async throws {
        let place = try StorePlace(kind)
        try await storeUnderQuotas(at: place)
        let successor = try place.open()
        let quotas = IngestQuotas()
        quotas.resume(try await successor.granted(on: testDay), on: testDay)
        quotas.raise(to: ["fleet": 2, "other": 9], on: testDay)
        #expect(quotas.used(on: testDay) == ["fleet": 3, "other": 9])
        try await successor.close()
    }

    /// Stores and repeats three batches under two tokens, and ends.
    private func storeUnderQuotas(at place: StorePlace) async throws {
        let store = try place.open()
        for number in 0..<3 {
            let reports = (0...number).map { _ in AdmittedReport(group: boolean, payload: [1]) }
            var batch = AdmittedBatch(try batchIdentifier(number), reports: reports, arrivingOn: testDay)
            batch.quotaToken = number < 2 ? "fleet" : "other"
            try await store.store(batch)
            // A repetition takes nothing.
            try await store.store(batch)
        }
        #expect(try await store.granted(on: testDay) == ["fleet": 3, "other": 3])
        #expect(try await store.granted(on: testDay.advanced(by: 1)).isEmpty)
        #expect(try await store.figures(on: testDay)?.repeatedBatchCount == 3)
        try await store.close()
    }

    @Test(
        "A store counts what it has, staged and sealed, and what settled days brought in hundreds",
        arguments: StoreKind.allCases)
    func figures(_ kind: StoreKind) async throws {
        let collector = try StoreUnderTest(kind)
        let settled = ReportGroup(metric: 1, version: 1, day: testDay.advanced(by: -2))
        try await stage(Array(repeating: [1], count: 250), of: settled, number: 1, in: collector.store)
        var work = DayWork()
        #expect(try await work.turn(on: testDay, in: collector.store) == .done)
        try await stage(Array(repeating: [0], count: 60), of: settled, number: 2, in: collector.store)
        try await stage([[1], [0]], of: boolean, number: 3, in: collector.store)
        let figures = try #require(try await collector.store.figures(on: testDay))
        #expect(figures.reportCount == 312)
        #expect(figures.stagedCount == 62)
        #expect(figures.settledCounts == [1: 300])
        #expect(figures.byteCount > 0)
        #expect(figures.repeatedBatchCount == 0)
    }

    @Test("A reader gets every payload once, sealed and staged, by period and partition", arguments: StoreKind.allCases)
    func reading(_ kind: StoreKind) async throws {
        let collector = try StoreUnderTest(kind)
        let old = testDay.advanced(by: -3)
        let groups =
            [
                (ReportGroup(metric: 1, version: 1, day: testDay), [[1], [0], [1]]),
                (ReportGroup(metric: 1, version: 1, day: old), [[0], [0], [1], [1]]),
                (ReportGroup(metric: 4, version: 2, day: old, shapeKey: 700), [[7, 7], [8, 8]]),
                (ReportGroup(metric: 4, version: 2, day: old, shapeKey: 3), [[9, 9]]),
            ] as [(ReportGroup, [[UInt8]])]
        for (number, (group, payloads)) in groups.enumerated() {
            try await stage(payloads, of: group, number: number, in: collector.store)
        }
        var work = DayWork()
        #expect(try await work.turn(on: testDay, in: collector.store) == .done)
        try await stage([[1]], of: groups[1].0, number: 10, in: collector.store)
        let snapshot = try collector.place.snapshot()
        // What comes later is not seen.
        try await stage([[0]], of: groups[0].0, number: 11, in: collector.store)
        let periods = try snapshot.periods()
        #expect(periods.map(\.metric) == [1, 1, 4] && periods.map(\.version) == [1, 1, 2])
        #expect(periods.map(\.day) == [old, testDay, old] && periods.map(\.reportCount) == [5, 3, 3])
        #expect(try snapshot.periods(of: 1) == Array(periods[..<2]) && snapshot.periods(of: 4) == [periods[2]])
        #expect(try snapshot.periods(of: 2) == [])
        #expect(try snapshot.parts(of: periods[0]).count == 2)
        #expect(try snapshot.parts(of: periods[1]) == [.staged(partition: 0)])
        #expect(try snapshot.parts(of: periods[2]).map(\.partition) == [3, 700])
        let found = try periods.map { period in
            try snapshot.parts(of: period).flatMap {
                try snapshot.payloads(of: $0, in: period, payloadByteCount: period.metric == 4 ? 2 : 1)
            }.sorted()
        }
        #expect(found == [[0, 0, 1, 1, 1], [0, 1, 1], [7, 7, 8, 8, 9, 9]])
        #expect(try collector.place.snapshot().periods().map(\.reportCount) == [5, 4, 3])
    }

    @Test(
        "A chunk with more reports than one takes is damage to a reader, however its counts add up",
        arguments: StoreKind.allCases, [0, 65_537, 1 << 62])
    func impossibleCounts(_ kind: StoreKind, count: Int) async throws {
        let collector = try StoreUnderTest(kind)
        for number in 3..<5 {
            let group = ReportGroup(metric: 1, version: 1, day: testDay.advanced(by: -number))
            try await stage([[0], [1]], of: group, number: number, in: collector.store)
        }
        var work = DayWork()
        #expect(try await work.turn(on: testDay, in: collector.store) == .done)
        #expect(try collector.place.snapshot().periods().map(\.reportCount) == [2, 2])
        try collector.place.execute("UPDATE chunk SET count = \(count), day = \(testDay.index)")
        #expect(throws: StoreReaderError.malformedRow(table: "chunk")) {
            try collector.place.snapshot().periods()
        }
    }

    @Test("A reader names damage, and never takes it for reports", arguments: StoreKind.allCases)
    func readingDamage(_ kind: StoreKind) async throws {
        let collector = try StoreUnderTest(kind)
        let old = ReportGroup(metric: 1, version: 1, day: testDay.advanced(by: -3))
        try await stage([[0], [1]], of: old, number: 1, in: collector.store)
        var work = DayWork()
        #expect(try await work.turn(on: testDay, in: collector.store) == .done)
        func read(payloadByteCount: Int) throws {
            let snapshot = try collector.place.snapshot()
            for period in try snapshot.periods() {
                for part in try snapshot.parts(of: period) {
                    _ = try snapshot.payloads(of: part, in: period, payloadByteCount: payloadByteCount)
                }
            }
        }
        try read(payloadByteCount: 1)
        #expect(throws: StoreReaderError.wrongPayloadByteCount(actual: 1, expected: 2)) {
            try read(payloadByteCount: 2)
        }
        try collector.place.execute("UPDATE chunk SET payloads = BLOB(0505)")
        #expect {
            try read(payloadByteCount: 1)
        } throws: { error in
            guard case .damagedChunk(_, .checksumMismatch) = error as? StoreReaderError else { return false }
            return true
        }
        try collector.place.execute("UPDATE chunk SET day = 1099511627776")
        #expect(throws: StoreReaderError.malformedRow(table: "chunk")) { try read(payloadByteCount: 1) }
        try collector.place.execute("DELETE FROM chunk")
        try await stage([[0], [1, 1]], of: boolean, number: 2, in: collector.store)
        #expect(throws: StoreReaderError.wrongPayloadByteCount(actual: 2, expected: 1)) {
            try read(payloadByteCount: 1)
        }
    }
}
