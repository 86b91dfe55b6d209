import Foundation
import GRDB
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@testable import CollectorService

@Suite("The log of a busy store has room for the commits to come")
struct LogRoomTests {
    private func commit(_ numbers: Range<Int>, in collector: CollectorUnderTest, after: () throws -> Void = {})
        async throws
    {
        for number in numbers {
            let rejected = try await collector.intake.take(simpleBatch(collector.metricSet, number: number).encoded)
            #expect(rejected.isEmpty)
            // Room is made once the sender has been told: this waits for its end.
            _ = try await collector.store.answer(to: batchIdentifier(number))
            try after()
        }
    }

    private func logByteCount(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int)
    }

    @Test("It grows by each commit up to 256 KiB, then by a MiB at a time, and so again when it was emptied")
    func steps() async throws {
        let collector = try CollectorUnderTest()
        for start in [0, 200] {
            #expect(try await collector.store.truncateLog())
            var sizes: [Int] = []
            try await commit(start..<start + 200, in: collector) { sizes.append(try logByteCount(collector.storePath)) }
            let early = sizes.prefix { $0 < 1 << 18 }
            #expect(early.count >= 10 && Set(early).count == early.count)
            let late = Set(sizes.dropFirst(early.count))
            #expect((2...5).contains(late.count), "\(late.sorted())")
            for (size, next) in zip(late.sorted(), late.sorted().dropFirst()) {
                #expect((1 << 19...1 << 21).contains(next - size))
            }
        }
    }

    @Test("Whenever the machine fails, what was acknowledged is there, and the zeros behind it are nothing")
    func crashes() async throws {
        let collector = try CollectorUnderTest()
        for count in stride(from: 5, through: 150, by: 5) {
            try await commit(count - 5..<count, in: collector)
            let name = "crashed-\(count).db"
            let probe = try StoreProbe.afterCrash(of: collector.storePath, in: collector.folder, name: name)
            #expect(try probe.count(of: "batch") == count && probe.count(of: "staged") == count)
            #expect(try StoreVerification.run(path: collector.folder.file(name)).findings.isEmpty)
        }
        #expect(try logByteCount(collector.storePath) > (150 * 3 + 32) * 4_120, "there is room at the end")
    }

    @Test("Another program that writes meanwhile loses nothing")
    func otherWriter() async throws {
        let collector = try CollectorUnderTest()
        var configuration = Configuration()
        configuration.busyMode = .timeout(60)
        let other = try DatabaseQueue(path: collector.storePath, configuration: configuration)
        async let commits: Void = commit(0..<300, in: collector)
        for number in 0..<300 {
            try await other.write {
                try $0.execute(
                    sql: "INSERT INTO batch (identifier, forget_after, rejected) VALUES (?, 30000, x'')",
                    arguments: [Data(try batchIdentifier(10_000 + number).bytes)])
            }
        }
        try await commits
        let crashed = try StoreProbe.afterCrash(of: collector.storePath, in: collector.folder, name: "crashed.db")
        #expect(try crashed.count(of: "batch") == 600)
        #expect(try await other.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
    }

    @Test("While another program has the right to write, the file stays as it is; cut by one, it gets room anew")
    func lockedAndCut() throws {
        let folder = try ScratchFolder()
        let path = folder.file("store.db")
        let writer = try DatabaseQueue(path: path), keeper = LogKeeper()
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: path, configuration: configuration)
        func fill() throws {
            try writer.write { try $0.execute(sql: "UPDATE content SET bytes = randomblob(400000)") }
            #expect(keeper.needsRoom)
        }
        func makeRoom() throws { try writer.inDatabase { try keeper.makeRoom(on: $0) } }
        try writer.inDatabase {
            try $0.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0")
            keeper.watch($0)
            try $0.execute(sql: "CREATE TABLE content AS SELECT x'' AS bytes")
        }
        #expect(!keeper.needsRoom, "a short log needs none")
        try fill()
        let byteCount = try logByteCount(path)
        try other.inDatabase { try $0.execute(sql: "BEGIN IMMEDIATE") }
        #expect(throws: DatabaseError.self) { try makeRoom() }
        #expect(try keeper.needsRoom && logByteCount(path) == byteCount)
        try other.inDatabase { try $0.execute(sql: "ROLLBACK") }
        try makeRoom()
        #expect(try !keeper.needsRoom && logByteCount(path) == byteCount - 32 + 256 * 4_120)
        _ = try other.inDatabase { try $0.checkpoint(.truncate) }
        #expect(try logByteCount(path) == 0)
        try fill()
        try makeRoom()
        #expect(try logByteCount(path) >= (64 + 256) * 4_120)
        #expect(try other.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") } == "ok")
    }

    @Test(
        "On a small disk the log gets none, and commits go on as before",
        .enabled(if: SmallFileSystem.isAvailable, "mounting a small file system takes root"))
    func noSpace() async throws {
        let disk = try SmallFileSystem(byteCount: 8 << 20)
        let path = disk.path + "/store.db"
        let metricSet = try testMetricSet()
        let store = try SQLiteReportStore(path: path, metricSet: metricSet)
        let intake = BatchIntake(
            metrics: ServedMetrics(MetricOffer(metricSet)), store: store, clock: TestClock().clock)
        var sizes: [Int] = []
        for number in 0..<40 {
            #expect(try await intake.take(simpleBatch(metricSet, number: number).encoded).isEmpty)
            _ = try await store.answer(to: batchIdentifier(number))
            sizes.append(try logByteCount(path))
        }
        #expect(Set(sizes).count == sizes.count && sizes.contains { $0 > 1 << 18 })
        #expect(sizes.allSatisfy { ($0 - 32) % 4_120 == 0 }, "pages with their heads, and nothing behind them")
    }
}
