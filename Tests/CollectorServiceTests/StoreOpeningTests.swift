import CollectorService
import Foundation
import GRDB
import MetricDefinitions
import ReportFormat
import StoreFormat
import TestSupport
import Testing

@Suite("Opening a store") struct StoreOpeningTests {
    private func open(_ path: String, _ metricSet: MetricSet? = nil) throws -> SQLiteReportStore {
        try SQLiteReportStore(path: path, metricSet: try metricSet ?? testMetricSet())
    }

    @Test("A new file becomes a store of this version, with the set's definitions")
    func newStore() throws {
        let folder = try ScratchFolder()
        let path = folder.file("store.db")
        let store = try open(path)
        let marks = try DatabaseQueue(path: path).read { connection in
            try ["application_id", "user_version", "journal_mode"].map {
                try String.fetchOne(connection, sql: "PRAGMA \($0)")
            }
        }
        #expect(marks == [String(StoreSchema.applicationIdentifier), String(StoreSchema.version), "wal"])
        #expect(try StoreProbe(path: path).count(of: "definition") == 3)
        withExtendedLifetime(store) {}
    }

    @Test("A new store, its logs and its lock are readable for their owner alone, whatever the process's mask allows")
    func modes() async throws {
        let collector = try CollectorUnderTest()
        _ = try await collector.intake.take(simpleBatch(collector.metricSet, number: 1).encoded)
        for suffix in ["", "-wal", "-shm", ".lock"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: collector.storePath + suffix)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(suffix)")
        }
    }

    @Test("An empty file, which no crash leaves, is refused and left as it was")
    func emptyFile() throws {
        let folder = try ScratchFolder()
        let path = try folder.write([], to: "store.db")
        #expect(throws: StoreError.emptyFile(path: path)) { try open(path) }
        #expect(CollectorError.store(.emptyFile(path: path)).exitCode == 8)
        #expect(try Data(contentsOf: URL(filePath: path)).isEmpty)
    }

    @Test("What a crash in the making of a store leaves is no obstacle, and no store")
    func unfinishedCreation() throws {
        let folder = try ScratchFolder()
        let path = folder.file("store.db")
        _ = try folder.write([1, 2, 3], to: "store.db.new")
        _ = try folder.write([4], to: "store.db.new-journal")
        do { _ = try open(path) }
        #expect(try StoreVerification.run(path: path).findings.isEmpty)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!names.contains { $0.contains(".new") })
    }

    @Test("A log without its store is refused, and no new store takes its place")
    func orphanedLog() throws {
        let folder = try ScratchFolder()
        let path = folder.file("store.db")
        _ = try folder.write(Array(repeating: 7, count: 4_128), to: "store.db-wal")
        #expect(throws: StoreError.orphanedLog(path: path)) { try open(path) }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("A folder or a link to one is no store")
    func folderInItsPlace() throws {
        let folder = try ScratchFolder()
        let path = folder.file("store.db"), link = folder.file("link.db")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "store.db")
        #expect(throws: StoreError.notAFile(path: path)) { try open(path) }
        #expect(throws: StoreError.notAFile(path: link)) { try open(link) }
        #expect(CollectorError.store(.notAFile(path: path)).exitCode == 8)
    }

    @Test("A link that leads nowhere that can be written is refused")
    func danglingLink() throws {
        let folder = try ScratchFolder()
        let link = folder.file("link.db")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "nowhere/store.db")
        #expect { try open(link) } throws: { error in
            guard let error = error as? StoreError else { return false }
            return CollectorError.store(error).exitCode == 1
        }
    }

    @Test(
        "On a file system that is mounted read-only a store is refused by name, and served again when it is writable",
        .enabled(if: SmallFileSystem.isAvailable, "mounting a small file system takes root"))
    func readOnlyMount() throws {
        let disk = try SmallFileSystem(byteCount: 1 << 20)
        let path = disk.path + "/store.db"
        do { _ = try open(path) }
        try disk.remount("ro")
        #expect(throws: StoreError.cannotLock(path: path + ".lock", errno: EROFS)) { try open(path) }
        try disk.remount("rw")
        _ = try open(path)
    }

    @Test("Two collectors cannot have one store, a reader can have it too, and the next one gets it")
    func locked() async throws {
        let folder = try ScratchFolder()
        let path = folder.file("store.db")
        let first = try open(path)
        #expect(throws: StoreError.locked(path: path)) { try open(path) }
        #expect(try StoreProbe(path: path).count(of: "batch") == 0)
        try await first.close()
        #expect(throws: StoreError.locked(path: path)) { try open(path) }
        withExtendedLifetime(first) {}
    }

    @Test("A store has one collector under all its names: through a link to it, to its folder, or to it before it is")
    func lockedUnderAnotherName() throws {
        let folder = try ScratchFolder()
        let manager = FileManager.default
        try manager.createDirectory(atPath: folder.file("data"), withIntermediateDirectories: false)
        try manager.createSymbolicLink(atPath: folder.file("link.db"), withDestinationPath: "data/store.db")
        try manager.createSymbolicLink(atPath: folder.file("folder"), withDestinationPath: "data")
        let names = ["link.db", "folder/store.db", "data/store.db", "data/../folder/./store.db"].map(folder.file)
        // The first time round the store does not exist, and each name makes it once.
        for first in names {
            for name in ["store.db", "store.db-wal", "store.db-shm"] {
                try? manager.removeItem(atPath: folder.file("data/\(name)"))
            }
            let store = try open(first)
            for second in names { #expect(throws: StoreError.locked(path: second)) { try open(second) } }
            #expect(try StoreProbe(path: folder.file("data/store.db")).count(of: "definition") == 3)
            withExtendedLifetime(store) {}
        }
        #expect(try manager.contentsOfDirectory(atPath: folder.path).sorted() == ["data", "folder", "link.db"])
    }

    @Test("A store that another program keeps locked is refused with 6, and uploads are sent away meanwhile")
    func heldByAnotherProgram() async throws {
        let folder = try ScratchFolder()
        let path = folder.file("store.db")
        do { _ = try open(path) }
        do {
            let holder = try DatabaseQueue(path: path)
            try await holder.writeWithoutTransaction { connection in
                try connection.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT")
            }
            let busy = StoreError.busy(resultCode: 5)
            #expect(throws: busy) {
                try SQLiteReportStore(path: path, metricSet: try testMetricSet(), patienceInSeconds: 0)
            }
            #expect(CollectorError.store(busy).exitCode == 6)
            #expect(ProblemDetails(busy).token == .storageUnavailable)
            try holder.close()
        }
        let store = try SQLiteReportStore(path: path, metricSet: try testMetricSet(), patienceInSeconds: 0)
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let holder = try DatabaseQueue(path: path, configuration: configuration)
        try await holder.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        await #expect(throws: StoreError.busy(resultCode: 5)) { try await store.checkWritable() }
        try await holder.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try await store.checkWritable()
    }

    @Test("Statistics that ANALYZE adds are no change of the tables")
    func analyzed() throws {
        let folder = try ScratchFolder()
        let path = folder.file("store.db")
        do { _ = try open(path) }
        let database = try DatabaseQueue(path: path)
        try database.write { try $0.execute(sql: "ANALYZE") }
        let hasStatistics = try database.read { try $0.tableExists("sqlite_stat1") }
        #expect(hasStatistics)
        _ = try open(path)
    }

    @Test("A store is free again when its collector is gone")
    func unlocked() throws {
        let folder = try ScratchFolder()
        let path = folder.file("store.db")
        do { _ = try open(path) }
        _ = try open(path)
    }

    @Test("A database of another program is refused and left as it was")
    func foreignDatabase() throws {
        let folder = try ScratchFolder()
        let path = folder.file("store.db")
        do {
            let foreign = try DatabaseQueue(path: path)
            try foreign.write { try $0.execute(sql: "CREATE TABLE song (title TEXT)") }
            try foreign.close()
        }
        let before = try Data(contentsOf: URL(filePath: path))
        #expect(throws: StoreError.notAStore(path: path)) { try open(path) }
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }

    @Test("A file that is no database is refused and left as it was")
    func noDatabase() throws {
        let folder = try ScratchFolder()
        let bytes = Array(String(repeating: "not a database\n", count: 100).utf8)
        let path = try folder.write(bytes, to: "store.db")
        #expect(throws: StoreError.notAStore(path: path)) { try open(path) }
        #expect(try Data(contentsOf: URL(filePath: path)) == Data(bytes))
    }

    @Test("A store of another version is refused by both numbers")
    func otherVersion() throws {
        let folder = try ScratchFolder()
        let path = folder.file("store.db")
        do { _ = try open(path) }
        try DatabaseQueue(path: path).write { try $0.execute(sql: "PRAGMA user_version = 7") }
        #expect(throws: StoreError.wrongVersion(path: path, actual: 7, expected: StoreSchema.version)) {
            try open(path)
        }
    }

    @Test("A store whose tables were changed is refused")
    func alteredTables() throws {
        let folder = try ScratchFolder()
        let path = folder.file("store.db")
        do { _ = try open(path) }
        try DatabaseQueue(path: path).write { try $0.execute(sql: "ALTER TABLE batch ADD COLUMN address TEXT") }
        #expect(throws: StoreError.alteredTables(path: path)) { try open(path) }
    }

    @Test("A store whose first page is damaged is refused as no store or as damaged")
    func damagedStore() throws {
        let folder = try ScratchFolder()
        let path = folder.file("store.db")
        do { _ = try open(path) }
        try DatabaseQueue(path: path).writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        var bytes = Array(try Data(contentsOf: URL(filePath: path)))
        for index in 100..<4096 { bytes[index] = 0xFF }
        _ = try folder.write(bytes, to: "store.db")
        #expect { try open(path) } throws: { error in
            guard let error = error as? StoreError else { return false }
            return CollectorError.store(error).exitCode == 8
        }
    }

    @Test("A definition that changed under the same version is refused; under a new version both are kept")
    func definitionConflict() throws {
        let folder = try ScratchFolder()
        let path = folder.file("store.db")
        do { _ = try open(path, try testMetricSet(metrics: [try booleanMetric()])) }
        let changed = try booleanMetric(epsilonThousandths: 900)
        #expect(throws: StoreError.definitionConflict(metric: 1, version: 1)) {
            try open(path, try testMetricSet(metrics: [changed]))
        }
        let raised = try booleanMetric(version: 2, epsilonThousandths: 900)
        _ = try open(path, try testMetricSet(metrics: [raised]))
        #expect(try StoreProbe(path: path).count(of: "definition") == 2)
    }

    @Test("A refused set enters none of its definitions")
    func conflictEntersNothing() throws {
        let folder = try ScratchFolder()
        let path = folder.file("store.db")
        do { _ = try open(path, try testMetricSet(metrics: [try booleanMetric(identifier: 5)])) }
        let conflicting = [try categoryMetric(), try booleanMetric(identifier: 5, epsilonThousandths: 900)]
        #expect(throws: StoreError.definitionConflict(metric: 5, version: 1)) {
            try open(path, try testMetricSet(metrics: conflicting))
        }
        #expect(try StoreProbe(path: path).count(of: "definition") == 1)
    }

    @Test("A folder that does not exist is named by the lock file that cannot be made")
    func missingFolder() throws {
        let folder = try ScratchFolder()
        let path = folder.file("nowhere/store.db")
        #expect(throws: StoreError.cannotLock(path: path + ".lock", errno: ENOENT)) { try open(path) }
    }
}
