import Foundation
import GRDB
import MetricDefinitions
import ReportFormat
import StoreFormat
import StoreReader
import TestSupport
import Testing

@Suite("A store is read as a whole or refused by name")
struct StoreSnapshotTests {
    @Test("periods count what is sealed and what is staged, of every metric and version, in order")
    func periods() throws {
        let (store, metric) = (try StoreFixture(), try booleanMetric())
        let next = try booleanMetric(version: 2), other = try categoryMetric()
        try store.seal(payloads([3, 2]), of: metric, day: testDay(2))
        try store.seal(payloads([1, 1]), of: metric, day: testDay(2))
        try store.stage([[0], [1], [1]], of: metric, day: testDay(2))
        try store.stage([[0]], of: metric, day: testDay(1))
        try store.seal(payloads([4]), of: next, day: testDay(1))
        try store.stage([[4]], of: other, day: testDay(3))
        let snapshot = try SQLiteSnapshot(path: store.path)
        let found = try snapshot.periods().map { [Int($0.metric), Int($0.version), Int($0.day.index), $0.reportCount] }
        let first = Int(testDay(1).index)
        #expect(found == [[1, 1, first, 1], [1, 1, first + 1, 10], [1, 2, first, 4], [2, 1, first + 2, 1]])
        for metric: UInt32 in [1, 2, 3] {
            #expect(try snapshot.periods(of: metric) == snapshot.periods().filter { $0.metric == metric })
        }
    }

    @Test("a store that version 1 wrote is read, sealed and staged, without being changed")
    func firstVersion() throws {
        let store = try StoreFixture()
        let bytes = try Fixtures.bytes("stores/version-1.db")
        try Data(bytes).write(to: store.folder.appending(path: "first.db"))
        let snapshot = try SQLiteSnapshot(path: store.file("first.db"))
        let periods = try snapshot.periods()
        #expect(periods.map(\.reportCount) == [60, 60, 60, 60])
        for period in periods {
            let payloads = try snapshot.parts(of: period).flatMap {
                try snapshot.payloads(of: $0, in: period, payloadByteCount: 1)
            }
            #expect(payloads.count == 60)
        }
        #expect(try Data(contentsOf: store.folder.appending(path: "first.db")) == Data(bytes))
    }

    @Test("the parts of a period hold each of its payloads once")
    func parts() throws {
        let (store, metric) = (try StoreFixture(), try categoryMetric())
        try store.seal(payloads([3, 2]), of: metric, day: testDay(2))
        try store.seal(payloads([0, 0, 5]), of: metric, day: testDay(2))
        try store.seal(payloads([9]), of: metric, day: testDay(3))
        try store.stage([[3], [4]], of: metric, day: testDay(2))
        try store.stage([[1]], of: metric, day: testDay(1))
        let snapshot = try SQLiteSnapshot(path: store.path)
        let period = try #require(try snapshot.periods().first { $0.day == testDay(2) })
        let found = try snapshot.parts(of: period).flatMap {
            try snapshot.payloads(of: $0, in: period, payloadByteCount: 1)
        }
        #expect(found.sorted() == payloads([3, 2, 5, 1, 1]))
    }

    @Test("the parts of a period are one for each chunk and one for each partition with staged reports")
    func partitions() throws {
        let (store, metric) = (try StoreFixture(), try categoryMetric())
        try store.seal([1, 1], of: metric, day: testDay(2), partition: 700)
        try store.seal([2], of: metric, day: testDay(2), partition: 3)
        try store.seal([3], of: metric, day: testDay(2), partition: 700)
        try store.stage([[4], [5]], of: metric, day: testDay(2), partition: 3)
        try store.stage([[6]], of: metric, day: testDay(2), partition: 65_535)
        try store.stage([[7]], of: metric, day: testDay(3), partition: 1)
        let snapshot = try SQLiteSnapshot(path: store.path)
        let periods = try snapshot.periods()
        #expect(periods.map(\.reportCount) == [7, 1])
        let parts = try snapshot.parts(of: periods[0])
        #expect(
            parts == [
                .chunk(key: 2, partition: 3), .chunk(key: 1, partition: 700), .chunk(key: 3, partition: 700),
                .staged(partition: 3), .staged(partition: 65_535),
            ])
        let payloads = try parts.map {
            try snapshot.payloads(of: $0, in: periods[0], payloadByteCount: 1).sorted()
        }
        #expect(payloads == [[2], [1, 1], [3], [4, 5], [6]])
    }

    @Test("a snapshot does not see what a collector commits after it, and does not keep it from committing")
    func isolation() throws {
        let (store, metric) = (try StoreFixture(), try booleanMetric())
        try store.seal(payloads([1, 1]), of: metric, day: testDay(1))
        let snapshot = try SQLiteSnapshot(path: store.path)
        try store.seal(payloads([0, 5]), of: metric, day: testDay(1))
        try store.stage([[1]], of: metric, day: testDay(1))
        #expect(try snapshot.periods().map(\.reportCount) == [2])
        #expect(try SQLiteSnapshot(path: store.path).periods().map(\.reportCount) == [8])
    }

    @Test("what a killed collector left in the log is read")
    func logOfAKilledCollector() throws {
        let (store, metric) = (try StoreFixture(), try booleanMetric())
        try store.queue.inDatabase { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        try store.seal(payloads([2, 3]), of: metric, day: testDay(1))
        // The file and its log as they lie on disk while the writer has them open.
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: store.path + suffix, toPath: store.file("copy") + suffix)
        }
        #expect(try SQLiteSnapshot(path: store.file("copy")).periods().map(\.reportCount) == [5])
        try FileManager.default.copyItem(atPath: store.path, toPath: store.file("bare"))
        #expect(try SQLiteSnapshot(path: store.file("bare")).periods().isEmpty)
    }

    @Test("the definition hash is that of the metric's version, and none for another")
    func definitionHash() throws {
        let (store, metric) = (try StoreFixture(), try booleanMetric())
        try store.add(definition: metric)
        let snapshot = try SQLiteSnapshot(path: store.path)
        #expect(try snapshot.definitionHash(metric: 1, version: 1) == metric.definitionHash)
        #expect(try snapshot.definitionHash(metric: 1, version: 2) == nil)
    }

    @Test("a store that another connection holds exclusively is called locked, after the wait that was asked for")
    func locked() throws {
        let store = try StoreFixture()
        try store.queue.inDatabase { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
        let holder = try DatabaseQueue(path: store.path)
        try holder.inDatabase { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT") }
        #expect(throws: StoreReaderError.locked) { try SQLiteSnapshot(path: store.path, patienceInSeconds: 0.02) }
        try holder.close()
        #expect(throws: Never.self) { try SQLiteSnapshot(path: store.path, patienceInSeconds: 0.02) }
        #expect(SQLiteSnapshot.patienceInSeconds <= 5)
    }

    @Test("files that are no store of this version are told apart")
    func otherFiles() throws {
        let store = try StoreFixture()
        #expect(throws: StoreReaderError.missing) { try SQLiteSnapshot(path: store.file("none")) }
        let error = #expect(throws: StoreReaderError.self) {
            try SQLiteSnapshot(path: store.folder.path(percentEncoded: false))
        }
        guard case .unreadable = error else {
            Issue.record("a folder gives \(String(describing: error))")
            return
        }
        for content in ["", "metrics:\n", String(repeating: "no database ", count: 500)] {
            try Data(content.utf8).write(to: store.folder.appending(path: "text"))
            #expect(throws: StoreReaderError.notAStore) { try SQLiteSnapshot(path: store.file("text")) }
        }
        let foreign = try StoreFixture(identifier: 7)
        #expect(throws: StoreReaderError.notAStore) { try SQLiteSnapshot(path: foreign.path) }
        for version in [0, StoreSchema.version + 1] {
            let other = try StoreFixture(schemaVersion: version)
            #expect(throws: StoreReaderError.unsupportedVersion(found: version, supported: StoreSchema.version)) {
                try SQLiteSnapshot(path: other.path)
            }
        }
    }

    @Test("a chunk with one changed byte is refused, and so is one whose columns contradict each other")
    func damagedChunk() throws {
        let metric = try booleanMetric()
        let sound = try Chunk(sealing: payloads([3, 2]).map { [$0] })
        var changed = sound.payloads
        changed[2] ^= 1
        let cases: [([UInt8], Int, ChunkError)] = [
            (changed, 5, .checksumMismatch), (sound.payloads, 4, .wrongByteCount(actual: 5, expected: 4)),
        ]
        for (content, count, expected) in cases {
            let store = try StoreFixture()
            try store.insert(
                content, stride: 1, count: count, checksum: sound.checksum, of: metric, day: testDay(1))
            #expect(throws: StoreReaderError.damagedChunk(key: 1, expected)) { try readAll(store) }
        }
    }

    @Test("payloads of another length than the metric's are refused, sealed or staged")
    func wrongLength() throws {
        let (sealed, staged, metric) = (try StoreFixture(), try StoreFixture(), try booleanMetric())
        let chunk = try Chunk(sealing: [[0, 1], [1, 0]])
        try sealed.insert(
            chunk.payloads, stride: 2, count: 2, checksum: chunk.checksum, of: metric, day: testDay(1))
        try staged.stage([[0], [0, 1]], of: metric, day: testDay(1))
        for store in [sealed, staged] {
            #expect(throws: StoreReaderError.wrongPayloadByteCount(actual: 2, expected: 1)) { try readAll(store) }
        }
    }

    @Test("a day that no calendar has, and tables of other columns or types, are damage and no trap")
    func malformedRows() throws {
        let (store, metric) = (try StoreFixture(), try booleanMetric())
        try store.seal(payloads([1]), of: metric, day: testDay(1))
        try store.execute("UPDATE chunk SET day = 1 << 40")
        #expect(throws: StoreReaderError.malformedRow(table: "chunk")) { try readAll(store) }
        try store.stage([[1]], of: metric, day: testDay(1))
        try store.execute("UPDATE staged SET day = 1 << 40")
        #expect(throws: StoreReaderError.malformedRow(table: "chunk or staged")) { try readAll(store) }
        try store.execute("DELETE FROM chunk")
        #expect(throws: StoreReaderError.malformedRow(table: "staged")) { try readAll(store) }
        let loose = try StoreFixture()
        try loose.execute("DROP TABLE chunk")
        #expect(throws: StoreReaderError.damaged(resultCode: 1)) { try readAll(loose) }
        try loose.execute("CREATE TABLE chunk (key INTEGER PRIMARY KEY, metric, version, day, stride, count, payloads)")
        try loose.execute("INSERT INTO chunk (metric, version, day, count) VALUES ('one', 1, 2, 3)")
        #expect(throws: StoreReaderError.malformedRow(table: "chunk")) { try readAll(loose) }
    }

    private func readAll(_ store: StoreFixture) throws {
        let snapshot = try SQLiteSnapshot(path: store.path)
        for period in try snapshot.periods() {
            for part in try snapshot.parts(of: period) {
                _ = try snapshot.payloads(of: part, in: period, payloadByteCount: 1)
            }
        }
    }
}
