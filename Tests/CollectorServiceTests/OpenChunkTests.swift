import CollectorService
import GRDB
import ReportFormat
import SecureRandomness
import StoreFormat
import TestSupport
import Testing

@Suite("Open chunks") struct OpenChunkTests {
    private static let group = ReportGroup(metric: 2, version: 1, day: testDay)
    private static let dayAfterNext = testDay.advanced(by: 2)

    private func payload(_ number: Int, byteCount: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
            + [UInt8](repeating: 7, count: byteCount - 2)
    }

    /// Stores batches of one report each while the writer is held up: all but those of the first commit come in one.
    private func storeTogether(
        _ numbers: Range<Int>, byteCount: Int = 16, in collector: CollectorUnderTest
    ) async throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let holder = try DatabaseQueue(path: collector.storePath, configuration: configuration)
        try holder.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let store = collector.store
        let batches = try numbers.map { number in
            AdmittedBatch(
                try batchIdentifier(number),
                reports: [AdmittedReport(group: Self.group, payload: payload(number, byteCount: byteCount))],
                arrivingOn: testDay)
        }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for batch in batches { tasks.addTask { try await store.store(batch) } }
            try holder.inDatabase { try $0.execute(sql: "ROLLBACK") }
            try await tasks.waitForAll()
        }
        try await store.checkWritable()
    }

    private func sorted(_ payloads: [[UInt8]]) -> [[UInt8]] { payloads.sorted { $0.lexicographicallyPrecedes($1) } }

    private func seal(_ store: any ReportStore) async throws {
        for group in try await store.stagedGroups(before: testDay.advanced(by: 1)) {
            while try await store.sealChunk(of: group) {}
        }
    }

    @Test("Reports of one commit are a chunk if they come of eight batches at least, in no order of arrival")
    func manyBatches() async throws {
        let collector = try CollectorUnderTest()
        // Of forty batches the first commit takes some; it or the next has eight.
        for start in [0, 40, 80] { try await storeTogether(start..<start + 40, in: collector) }
        let probe = try StoreProbe(path: collector.storePath)
        let chunks = try probe.chunks()
        #expect(!chunks.isEmpty)
        #expect(chunks.allSatisfy { $0.group == Self.group && $0.chunk.count >= 8 })
        let all = (0..<120).map { payload($0, byteCount: 16) }
        #expect(try sorted(probe.allPayloads()) == sorted(all))
        let numbers = chunks.map { entry in
            stride(from: 0, to: entry.chunk.payloads.count, by: 16).map { Int(entry.chunk.payloads[$0]) }
        }
        // That a shuffle of eight or more leaves the order happens once in 40,320 times at most.
        #expect(numbers.contains { $0 != $0.sorted() })
    }

    @Test("A batch of many reports is staged one by one: it is one sender's")
    func oneBatch() async throws {
        let collector = try CollectorUnderTest()
        let reports = (0..<100).map { AdmittedReport(group: Self.group, payload: payload($0, byteCount: 16)) }
        try await collector.store.store(AdmittedBatch(try batchIdentifier(1), reports: reports, arrivingOn: testDay))
        let probe = try StoreProbe(path: collector.storePath)
        #expect(try probe.count(of: "staged") == 100)
        #expect(try probe.count(of: "chunk") == 0)
    }

    @Test(
        "When its day is over, a group's open chunks and rows are one chunk, also after a restart",
        arguments: [false, true])
    func fold(isRestarted: Bool) async throws {
        let folder = try ScratchFolder()
        var first: CollectorUnderTest? = try CollectorUnderTest(folder: folder)
        for start in [0, 40, 80] { try await storeTogether(start..<start + 40, in: try #require(first)) }
        if isRestarted {
            try await first?.store.close()
            // What holds the lock on the store goes with it.
            first = nil
        }
        let collector = try first ?? CollectorUnderTest(folder: folder)
        try await seal(collector.store)
        let probe = try StoreProbe(path: collector.storePath)
        #expect(try probe.chunks().map(\.chunk.count) == [120])
        #expect(try probe.count(of: "staged") == 0)
        #expect(try sorted(probe.allPayloads()) == sorted((0..<120).map { payload($0, byteCount: 16) }))
        #expect(
            collector.store.stagedGroups(before: Self.dayAfterNext).isEmpty, "nothing is left to be sealed")
    }

    @Test("Groups that fill up under load are sealed at 256 KiB: no report is lost or twice in the store")
    func full() async throws {
        let collector = try CollectorUnderTest()
        // 32 of them are full, and up to 8 of them open.
        for round in 0..<10 { try await storeTogether(round * 24..<round * 24 + 24, byteCount: 8_192, in: collector) }
        let probe = try StoreProbe(path: collector.storePath)
        let all = (0..<240).map { payload($0, byteCount: 8_192) }
        #expect(try sorted(probe.allPayloads()) == sorted(all))
        try await seal(collector.store)
        #expect(try sorted(probe.allPayloads()) == sorted(all))
        let counts = try probe.chunks().map(\.chunk.count)
        #expect(counts.allSatisfy { $0 <= 32 })
        #expect(counts.count { $0 < 32 } <= 1, "open chunks were folded")
    }

    @Test("A damaged open chunk stays for `verify` to name, and all beside it is sealed; a start finds no fault")
    func damaged() async throws {
        let folder = try ScratchFolder()
        do {
            let collector = try CollectorUnderTest(folder: folder)
            for start in [0, 40, 80] { try await storeTogether(start..<start + 40, in: collector) }
            try await collector.store.close()
        }
        let path = folder.file("store.db")
        let damagedCount = try await DatabaseQueue(path: path).write { connection in
            try connection.execute(
                sql: "UPDATE chunk SET checksum = zeroblob(32) WHERE key = (SELECT MIN(key) FROM chunk)")
            return try Int.fetchOne(connection, sql: "SELECT count FROM chunk ORDER BY key") ?? 0
        }
        let collector = try CollectorUnderTest(folder: folder)
        var work = DayWork()
        #expect(try await work.turn(on: Self.dayAfterNext, in: collector.store) == .done)
        let counts = try await DatabaseQueue(path: path).read {
            try Int.fetchAll($0, sql: "SELECT count FROM chunk ORDER BY count")
        }
        #expect(counts == [damagedCount, 120 - damagedCount].sorted())
        #expect(try StoreProbe(path: path).count(of: "staged") == 0)
    }

    @Test("Reports of a group that cannot be sealed hold up neither other groups nor the rest of the day's work")
    func unsealable() async throws {
        let collector = try CollectorUnderTest()
        let other = ReportGroup(metric: 1, version: 1, day: testDay)
        let reports =
            [[1], [1, 2]].map { AdmittedReport(group: Self.group, payload: $0) }
            + [[1], [0]].map { AdmittedReport(group: other, payload: $0) }
        try await collector.store.store(AdmittedBatch(try batchIdentifier(1), reports: reports, arrivingOn: testDay))
        var work = DayWork()
        await #expect(throws: StoreError.unsealable(.unequalPayloads)) {
            try await work.turn(on: Self.dayAfterNext, in: collector.store)
        }
        let probe = try StoreProbe(path: collector.storePath)
        #expect(try probe.chunks().map(\.group) == [other])
        #expect(try probe.count(of: "staged") == 2)
        #expect(try await work.turn(on: Self.dayAfterNext, in: collector.store) == .done, "the log is emptied")
    }

    @Test("Open chunks that another program deleted meanwhile are not missed")
    func deleted() async throws {
        let collector = try CollectorUnderTest()
        for start in [0, 40, 80] { try await storeTogether(start..<start + 40, in: collector) }
        try await DatabaseQueue(path: collector.storePath).write {
            try $0.execute(sql: "DELETE FROM chunk")
            try $0.execute(sql: "DELETE FROM staged")
        }
        #expect(try await !collector.store.sealChunk(of: Self.group))
        try await storeTogether(200..<240, in: collector)
        try await seal(collector.store)
        #expect(try StoreProbe(path: collector.storePath).chunks().map(\.chunk.count) == [40])
    }
}
