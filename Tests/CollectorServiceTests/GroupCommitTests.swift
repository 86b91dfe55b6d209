import CollectorService
import Foundation
import GRDB
import MetricDefinitions
import ReportFormat
import SecureRandomness
import Synchronization
import TestSupport
import Testing

@Suite("Group commit") struct GroupCommitTests {
    @Test("When a batch is acknowledged, another connection and a crash both find it stored")
    func durableWhenAcknowledged() async throws {
        let collector = try CollectorUnderTest()
        let probe = try StoreProbe(path: collector.storePath)
        for number in 0..<20 {
            let batch = try simpleBatch(collector.metricSet, number: number)
            _ = try await collector.intake.take(batch.encoded)
            #expect(try probe.knows(batch.identifier))
            let copy = try StoreProbe.afterCrash(
                of: collector.storePath, in: collector.folder, name: "crash-\(number).db")
            #expect(try copy.knows(batch.identifier))
            #expect(try copy.count(of: "staged") == number + 1)
        }
    }

    @Test(
        "Batches that come together are each stored once, however often each is sent at once",
        arguments: StoreKind.allCases)
    func concurrentDuplicates(_ kind: StoreKind) async throws {
        let collector = try StoreUnderTest(kind)
        var noise = SeededNoise(seed: 0xD0_0B1E)
        let batches = try (0..<200).map { try simpleBatch(collector.metricSet, number: $0).encoded }
        var sendings = batches.flatMap { Array(repeating: $0, count: Int.random(in: 1...10, using: &noise)) }
        sendings.shuffle(using: &noise)
        let intake = collector.intake
        try await withThrowingTaskGroup(of: Int.self) { group in
            for bytes in sendings { group.addTask { try await intake.take(bytes).count } }
            for try await rejectedCount in group { #expect(rejectedCount == 0) }
        }
        let probe = try collector.probe()
        #expect(try probe.count(of: "batch") == batches.count)
        #expect(try probe.allPayloads().count == batches.count)
    }

    @Test(
        "A known batch gets the same answer again, also after a restart, and stores nothing",
        arguments: StoreKind.allCases)
    func repetition(_ kind: StoreKind) async throws {
        let place = try StorePlace(kind)
        let metricSet = try testMetricSet()
        let records = [try report(metricSet), try report(metricSet), try report(metricSet, metric: 2, payload: [4])]
        let bytes = try Batch(identifier: try batchIdentifier(1), reports: records).encoded
        let expected = [Rejection(index: 1, code: .duplicateReport)]
        for _ in 0..<3 {
            let collector = try StoreUnderTest(place, metricSet)
            for _ in 0..<2 { #expect(try await collector.intake.take(bytes) == expected) }
            try await collector.store.close()
        }
        #expect(try place.probe().count(of: "staged") == 2)
    }

    @Test(
        "A collector that is dropped without closing its store is continued by the next", .timeLimit(.minutes(10)),
        arguments: StoreKind.allCases)
    func abandonedStore(_ kind: StoreKind) async throws {
        let place = try StorePlace(kind)
        let metricSet = try testMetricSet()
        for number in 0..<5 {
            let collector = try await successor(at: place, metricSet)
            _ = try await collector.intake.take(try simpleBatch(metricSet, number: number).encoded)
        }
        #expect(try place.probe().count(of: "staged") == 5)
    }

    /// Opens a store once the one before has let go of it: its thread holds it until the commit is over, and that is a
    /// moment after whoever sent the batch was told.
    private func successor(at place: StorePlace, _ metricSet: MetricSet) async throws -> StoreUnderTest {
        while true {
            do { return try StoreUnderTest(place, metricSet) } catch StoreError.locked {
                try await Task.sleep(for: .milliseconds(1))
            }
        }
    }

    @Test(
        "While the writer is held up, a bounded number of batches waits and is stored later; the next is sent away",
        arguments: [(payloadByteCount: 1, limit: 10_000), (payloadByteCount: 65_536, limit: 1_024)])
    func overload(_ payloadByteCount: Int, _ limit: Int) async throws {
        let collector = try CollectorUnderTest()
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let holder = try DatabaseQueue(path: collector.storePath, configuration: configuration)
        try holder.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        final class Flag: Sendable { let isRaised = Atomic(false) }
        let store = collector.store, refusal = Flag()
        let group = ReportGroup(metric: 1, version: 1, day: testDay)
        let reports = [AdmittedReport(group: group, payload: [UInt8](repeating: 1, count: payloadByteCount))]
        var (sentCount, acknowledgedCount) = (0, 0)
        try await withThrowingTaskGroup(of: Bool.self) { tasks in
            // The commit that is held up took what waited when it began; all further batches add up to the limit.
            while !refusal.isRaised.load(ordering: .relaxed), sentCount < 3 * limit {
                let batch = AdmittedBatch(try batchIdentifier(sentCount), reports: reports, arrivingOn: testDay)
                tasks.addTask {
                    do throws(StoreError) { try await store.store(batch) } catch {
                        #expect(error == .overloaded)
                        refusal.isRaised.store(true, ordering: .relaxed)
                        return false
                    }
                    return true
                }
                sentCount += 1
            }
            try holder.inDatabase { try $0.execute(sql: "ROLLBACK") }
            for try await isAcknowledged in tasks where isAcknowledged { acknowledgedCount += 1 }
        }
        #expect((limit..<sentCount).contains(acknowledgedCount))
        #expect(try StoreProbe(path: collector.storePath).allPayloads().count == acknowledgedCount)
    }

    @Test(
        "A failure of the store is told to senders as what it means for them",
        arguments: [
            (StoreError.overloaded, ProblemDetails.Token.overloaded), (.closed, .shuttingDown),
            (.diskFull, .storageUnavailable), (.sqlite(resultCode: 10), .storageUnavailable),
            (.damaged(resultCode: 11), .storageUnavailable),
            (.noRandomness(.healthTestFailed), .storageUnavailable),
        ])
    func failures(_ error: StoreError, _ expected: ProblemDetails.Token) {
        #expect(ProblemDetails(error).token == expected)
        #expect(ProblemDetails(error).status == 503)
    }

    @Test("A closed store takes nothing, and says that it is being stopped", arguments: StoreKind.allCases)
    func closed(_ kind: StoreKind) async throws {
        let collector = try StoreUnderTest(kind)
        try await collector.store.close()
        let bytes = try simpleBatch(collector.metricSet, number: 1).encoded
        await #expect(throws: ProblemDetails(.shuttingDown, detail: "Send the same batch again later.")) {
            try await collector.intake.take(bytes)
        }
    }

    @Test("The store holds no address, and no number that is not a day, a count, a key or of the metric")
    func nothingAboutTheSender() throws {
        let collector = try CollectorUnderTest()
        let database = try DatabaseQueue(path: collector.storePath)
        let columns = try database.read { connection in
            try ["batch", "staged", "chunk", "definition"].flatMap { table in
                try connection.columns(in: table).map { "\(table).\($0.name)" }
            }
        }
        #expect(
            Set(columns) == [
                "batch.identifier", "batch.forget_after", "batch.rejected", "definition.metric", "definition.version",
                "definition.hash", "staged.metric", "staged.version", "staged.day", "staged.shape_key", "staged.key",
                "staged.payload", "chunk.key", "chunk.metric", "chunk.version", "chunk.day", "chunk.shape_key",
                "chunk.stride", "chunk.count", "chunk.checksum", "chunk.payloads",
            ])
    }

    @Test("Reports lie under keys that are unrelated and not negative", arguments: StoreKind.allCases)
    func randomKeys(_ kind: StoreKind) async throws {
        let collector = try StoreUnderTest(kind)
        for number in 0..<64 {
            _ = try await collector.intake.take(try simpleBatch(collector.metricSet, number: number).encoded)
        }
        let keys = try collector.probe().stagedKeys()
        #expect(keys.allSatisfy { $0 >= 0 } && Set(keys).count == 64)
        // Some two of 64 uniform keys of 63 bits lie within 2²⁰ of each other with probability at most
        // (64 · 63 / 2) · 2²¹ / 2⁶³ < 5·10⁻¹⁰; successive numbers always do.
        let gaps = zip(keys.sorted(), keys.sorted().dropFirst()).map { $1 - $0 }
        #expect(gaps.allSatisfy { $0 > 1 << 20 })
    }
}
