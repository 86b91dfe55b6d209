import CollectorService
import Foundation
import GRDB
import MetricDefinitions
import StoreFormat
import TestSupport
import Testing

@Suite("Stores of earlier versions") struct MigrationTests {
    /// A store that version 1 wrote: 60 devices, four days of a boolean metric, the first two sealed.
    private func golden(in folder: ScratchFolder) throws -> String {
        try folder.write(try Fixtures.bytes("stores/version-1.db"), to: "store.db")
    }

    private func expectGolden(_ path: String, version: Int32) throws {
        let verification = try StoreVerification.run(path: path)
        #expect(verification.findings.isEmpty && verification.version == version)
        let counts = [
            verification.chunkCount, verification.sealedCount, verification.stagedCount, verification.batchCount,
        ]
        #expect(counts == [2, 120, 120, 60])
    }

    @Test("The golden store is what a collector of version 1 left")
    func fixture() throws {
        let folder = try ScratchFolder()
        try expectGolden(try golden(in: folder), version: 1)
    }

    @Test("A collector raises a store of version 1 when it starts, and every report and answer is there")
    func raisedAtStart() async throws {
        let folder = try ScratchFolder()
        let path = try golden(in: folder)
        let before = try StoreProbe(path: path).allPayloads().count
        let store = try SQLiteReportStore(
            path: path, metricSet: try MetricSet(decoding: try Fixtures.bytes("stores/version-1.set")))
        try await store.checkWritable()
        try await store.close()
        #expect(try StoreProbe(path: path).allPayloads().count == before)
        try expectGolden(path, version: StoreSchema.version)
    }

    @Test("What migrate says it will do it does, once, and the store can give space back then")
    func command() throws {
        let folder = try ScratchFolder()
        let path = try golden(in: folder)
        let plan = try StoreUpgrade(ofStoreAt: path)
        #expect(plan.version == 1 && plan.needsRewriting)
        try expectGolden(path, version: 1)
        try StoreUpgrade.run(onStoreAt: path)
        let after = try StoreUpgrade(ofStoreAt: path)
        #expect(after.version == StoreSchema.version && !after.needsRewriting)
        try expectGolden(path, version: StoreSchema.version)
    }

    @Test("A store that a collector has is not migrated")
    func inUse() throws {
        let folder = try ScratchFolder()
        let collector = try CollectorUnderTest(folder: folder)
        #expect(throws: StoreError.locked(path: collector.storePath)) {
            try StoreUpgrade.run(onStoreAt: collector.storePath)
        }
    }

    @Test("A store of version 1 with a table of version 2 is refused: its tables are those of no version")
    func halfRaised() throws {
        let folder = try ScratchFolder()
        let path = try golden(in: folder)
        try DatabaseQueue(path: path).write { connection in
            for statement in StoreSchema.additions(since: 1) { try connection.execute(sql: statement) }
        }
        #expect(throws: StoreError.alteredTables(path: path)) {
            try SQLiteReportStore(path: path, metricSet: try testMetricSet())
        }
    }

    @Test("The versions' statements add up: each begins with those of the one before")
    func additions() {
        for version in StoreSchema.readableVersions {
            let statements = StoreSchema.statements(of: version)
            #expect(!statements.isEmpty)
            #expect(
                StoreSchema.statements(of: StoreSchema.version) == statements + StoreSchema.additions(since: version))
        }
    }
}
