import CollectorService
import Foundation
import Glibc
import ReportFormat
import TestSupport
import Testing

@Suite("Copies of a store") struct BackupTests {
    private func copy(_ store: String, to copy: String, replacing: Bool = false) throws {
        try StoreBackup.make(of: store, at: copy, replacing: replacing) { _, _ in }
    }

    private func restore(_ copy: String, to store: String, replacing: Bool = false) throws -> String? {
        try StoreBackup.restore(copy, to: store, replacing: replacing) { _, _ in }
    }

    @Test("A copy made under load holds every batch acknowledged before it began, and is one file that is sound")
    func underLoad() async throws {
        let collector = try CollectorUnderTest()
        let intake = collector.intake, set = collector.metricSet
        for number in 0..<200 { _ = try await intake.take(simpleBatch(set, number: number).encoded) }
        let load = Task.detached {
            var number = 1_000
            while !Task.isCancelled {
                _ = try await intake.take(simpleBatch(set, number: number).encoded)
                number += 1
            }
        }
        let path = collector.folder.file("copy.db")
        for round in 0..<3 { try copy(collector.storePath, to: path, replacing: round > 0) }
        load.cancel()
        _ = await load.result
        #expect(try StoreVerification.run(path: path).findings.isEmpty)
        let probe = try StoreProbe(path: path)
        for number in 0..<200 { #expect(try probe.knows(try batchIdentifier(number))) }
        let names = try FileManager.default.contentsOfDirectory(atPath: collector.folder.path)
        #expect(names.filter { $0.hasPrefix("copy.db") }.sorted() == ["copy.db", "copy.db.lock"])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test("A copy replaces nothing unasked, is not made onto its store, and a damaged store leaves no copy")
    func refused() async throws {
        let collector = try CollectorUnderTest()
        _ = try await collector.intake.take(simpleBatch(collector.metricSet, number: 1).encoded)
        let path = try collector.folder.write([1], to: "copy.db")
        #expect(throws: StoreMaintenanceError.exists(path: path)) { try copy(collector.storePath, to: path) }
        #expect(throws: StoreMaintenanceError.sameFile(path: collector.storePath)) {
            try copy(collector.storePath, to: collector.storePath, replacing: true)
        }
        let nowhere = collector.folder.file("nowhere/copy.db")
        #expect { try copy(collector.storePath, to: nowhere) } throws: { ($0 as? StoreMaintenanceError)?.exitCode == 1 }
        let damaged = collector.folder.file("damaged.db")
        try copy(collector.storePath, to: damaged)
        var bytes = Array(try Data(contentsOf: URL(filePath: damaged)))
        for index in 8_192..<12_288 { bytes[index] = 0xA5 }
        _ = try collector.folder.write(bytes, to: "damaged.db")
        let second = collector.folder.file("second.db")
        #expect { try copy(damaged, to: second) } throws: { ($0 as? StoreMaintenanceError)?.exitCode == 8 }
        let names = try FileManager.default.contentsOfDirectory(atPath: collector.folder.path)
        #expect(!names.contains { $0.hasPrefix("second.db") })
    }

    @Test("A copy replaces no store that a collector has, and is made beside no log that would be played into it")
    func ontoAStore() async throws {
        let (collector, other) = (try CollectorUnderTest(), try CollectorUnderTest())
        #expect(throws: StoreMaintenanceError.store(.locked(path: other.storePath))) {
            try copy(collector.storePath, to: other.storePath, replacing: true)
        }
        let path = collector.folder.file("copy.db")
        for suffix in ["-wal", "-journal"] {
            _ = try collector.folder.write([1], to: "copy.db" + suffix)
            for replacing in [false, true] {
                #expect { try copy(collector.storePath, to: path, replacing: replacing) } throws: { error in
                    let error = error as? StoreMaintenanceError
                    return error == .leftoverLog(path: path + suffix) && error?.exitCode == 1
                }
            }
            #expect(!FileManager.default.fileExists(atPath: path))
            try FileManager.default.removeItem(atPath: path + suffix)
        }
        try copy(collector.storePath, to: path, replacing: true)
    }

    @Test(
        "What root makes belongs to the owner of the store it replaces, or of the folder",
        .enabled(if: geteuid() == 0, "only root gives files away"))
    func ownership() async throws {
        func owner(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.ownerAccountID] as? Int
        }
        let folder = try ScratchFolder()
        let path = folder.file("store.db"), backup = folder.file("copy.db")
        try #require(chown(folder.path, 1_234, 1_234) == 0)
        do {
            let collector = try CollectorUnderTest(folder: folder)
            for suffix in ["", "-wal", "-shm", ".lock"] { #expect(try owner(path + suffix) == 1_234, "\(suffix)") }
            try copy(path, to: backup)
            #expect(try owner(backup) == 1_234)
            try await collector.store.close()
        }
        try #require(chown(path, 2_345, 2_345) == 0 && unlink(path + ".lock") == 0)
        _ = try restore(backup, to: path, replacing: true)
        for suffix in ["", ".lock"] { #expect(try owner(path + suffix) == 2_345, "\(suffix)") }
        // A second name of a file of root's is not given away.
        let secret = try folder.write([], to: "secret")
        try #require(unlink(path + ".lock") == 0 && link(secret, path + ".lock") == 0)
        try StoreUpgrade.run(onStoreAt: path)
        #expect(try owner(secret) == 0)
    }

    @Test("A restoration that finds a log without its store names the log")
    func logAlone() async throws {
        let collector = try CollectorUnderTest()
        let backup = collector.folder.file("copy.db")
        try copy(collector.storePath, to: backup)
        let log = try collector.folder.write([1], to: "gone.db-wal")
        #expect(throws: StoreMaintenanceError.exists(path: log)) {
            try restore(backup, to: collector.folder.file("gone.db"))
        }
    }

    @Test("A restored store is the copied one, and what it replaced is kept beside it")
    func restored() async throws {
        let folder = try ScratchFolder()
        let path = folder.file("store.db"), backup = folder.file("copy.db")
        do {
            let collector = try CollectorUnderTest(folder: folder)
            _ = try await collector.intake.take(simpleBatch(collector.metricSet, number: 1).encoded)
            try copy(path, to: backup)
            _ = try await collector.intake.take(simpleBatch(collector.metricSet, number: 2).encoded)
            #expect(throws: StoreMaintenanceError.store(.locked(path: path))) {
                try restore(backup, to: path, replacing: true)
            }
            try await collector.store.close()
        }
        #expect(throws: StoreMaintenanceError.exists(path: path)) { try restore(backup, to: path) }
        let aside = try #require(try restore(backup, to: path, replacing: true))
        #expect(try StoreProbe(path: aside).count(of: "batch") == 2)
        #expect(throws: StoreMaintenanceError.setAside(path: aside)) { try restore(backup, to: path, replacing: true) }
        let collector = try CollectorUnderTest(folder: folder)
        let probe = try StoreProbe(path: path)
        #expect(try probe.knows(try batchIdentifier(1)))
        #expect(try !probe.knows(try batchIdentifier(2)))
        #expect(try await collector.intake.take(simpleBatch(collector.metricSet, number: 2).encoded).isEmpty)
        #expect(try StoreVerification.run(path: path).findings.isEmpty)
    }

    @Test("A copy that is damaged is not restored, and the store stays")
    func damagedCopy() async throws {
        let folder = try ScratchFolder()
        let path = folder.file("store.db"), backup = folder.file("copy.db")
        do {
            let collector = try CollectorUnderTest(folder: folder)
            _ = try await collector.intake.take(simpleBatch(collector.metricSet, number: 1).encoded)
            try copy(path, to: backup)
            try await collector.store.close()
        }
        var bytes = Array(try Data(contentsOf: URL(filePath: backup)))
        bytes.removeLast(4_096)
        _ = try folder.write(bytes, to: "copy.db")
        #expect { try restore(backup, to: path, replacing: true) } throws: {
            ($0 as? StoreMaintenanceError)?.exitCode == 8
        }
        #expect(try StoreProbe(path: path).knows(try batchIdentifier(1)))
    }

    @Test("After every step at which a restoration can be cut off, a collector starts on a whole store or says so")
    func interrupted() async throws {
        let folder = try ScratchFolder()
        let manager = FileManager.default
        let path = folder.file("store.db"), backup = folder.file("copy.db")
        do {
            let collector = try CollectorUnderTest(folder: folder)
            _ = try await collector.intake.take(simpleBatch(collector.metricSet, number: 1).encoded)
            try copy(path, to: backup)
            try manager.copyItem(atPath: path + "-wal", toPath: folder.file("kept-wal"))
            try await collector.store.close()
        }
        try? manager.removeItem(atPath: path + "-wal")
        try manager.copyItem(atPath: backup, toPath: path + ".restoring")
        // The copy is made, the old store has its name: the old one is served.
        do { _ = try CollectorUnderTest(folder: folder) }
        // The old file is moved, its log is not.
        try manager.moveItem(atPath: path, toPath: path + ".replaced")
        try? manager.removeItem(atPath: path + "-wal")
        try manager.copyItem(atPath: folder.file("kept-wal"), toPath: path + "-wal")
        #expect(throws: StoreError.orphanedLog(path: path)) { try CollectorUnderTest(folder: folder) }
        // The log is moved too.
        try manager.moveItem(atPath: path + "-wal", toPath: path + ".replaced-wal")
        #expect(throws: StoreError.unfinishedRestoration(path: path)) { try CollectorUnderTest(folder: folder) }
        // And the restoration can be done again.
        #expect(try restore(backup, to: path) == nil)
        #expect(try StoreProbe(path: path).knows(try batchIdentifier(1)))
        _ = try CollectorUnderTest(folder: folder)
    }
}
