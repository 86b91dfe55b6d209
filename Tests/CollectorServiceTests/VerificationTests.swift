import CollectorService
import Foundation
import GRDB
import ReportFormat
import TestSupport
import Testing

@Suite("Verifying a store") struct VerificationTests {
    /// A store with a chunk, staged reports, batches and counters, whose collector has gone.
    private func soundStore(in folder: ScratchFolder) async throws -> String {
        let collector = try CollectorUnderTest(folder: folder)
        for number in 0..<6 {
            let day = testDay.advanced(by: -number)
            let group = ReportGroup(metric: 1, version: 1, day: day)
            try await collector.store.store(
                AdmittedBatch(
                    try batchIdentifier(number), reports: [AdmittedReport(group: group, payload: [1])],
                    rejected: [Rejection(index: 3, code: .tooLate)], arrivingOn: testDay))
        }
        var work = DayWork()
        _ = try await work.turn(on: testDay, in: collector.store)
        try await collector.store.close()
        return collector.storePath
    }

    @Test("A sound store has no findings, and everything in it is counted")
    func sound() async throws {
        let folder = try ScratchFolder()
        let verification = try StoreVerification.run(path: try await soundStore(in: folder))
        #expect(verification.findings.isEmpty)
        let counts = [
            verification.chunkCount, verification.sealedCount, verification.stagedCount, verification.batchCount,
        ]
        #expect(counts == [4, 4, 2, 6])
    }

    @Test(
        "Every row that no collector writes is a finding of its table",
        arguments: [
            ("chunk", "UPDATE chunk SET payloads = x'00' WHERE key = (SELECT MIN(key) FROM chunk)"),
            ("chunk", "UPDATE chunk SET checksum = zeroblob(32) WHERE key = (SELECT MIN(key) FROM chunk)"),
            ("chunk", "UPDATE chunk SET count = 2 WHERE key = (SELECT MIN(key) FROM chunk)"),
            ("chunk", "UPDATE chunk SET stride = 0, count = -1 WHERE key = (SELECT MIN(key) FROM chunk)"),
            ("chunk", "UPDATE chunk SET metric = 77 WHERE key = (SELECT MIN(key) FROM chunk)"),
            ("chunk", "UPDATE chunk SET day = 4000000 WHERE key = (SELECT MIN(key) FROM chunk)"),
            ("chunk", "UPDATE chunk SET shape_key = -1 WHERE key = (SELECT MIN(key) FROM chunk)"),
            ("chunk", "DELETE FROM definition WHERE metric = 1"),
            ("definition", "UPDATE definition SET hash = x'00' WHERE metric = 2"),
            ("staged", "INSERT INTO staged VALUES (1, 1, 20000, 0, 5, x'0101')"),
            ("staged", "INSERT INTO staged VALUES (1, 1, -1, 0, 5, x'01')"),
            ("staged", "INSERT INTO staged VALUES (9, 1, 20000, 0, 5, x'01')"),
            ("staged", "INSERT INTO staged VALUES (1, 1, 20000, 0, -5, x'01')"),
            ("staged", "INSERT INTO staged VALUES (2, 1, 20000, 0, 5, x'')"),
            ("batch", "INSERT INTO batch VALUES (x'0011', 20000, x'')"),
            ("batch", "INSERT INTO batch VALUES (zeroblob(16), 4000000, x'')"),
            ("batch", "INSERT INTO batch VALUES (zeroblob(16), 20000, x'0102')"),
            ("batch", "INSERT INTO batch VALUES (zeroblob(16), 20000, x'0000ff')"),
            ("counter", "INSERT INTO counter VALUES (20000, 'reports', -1)"),
            ("counter", "INSERT INTO counter VALUES (-1, 'reports', 1)"),
            ("counter", "INSERT INTO counter VALUES (20000, '', 1)"),
        ])
    func planted(table: String, statement: String) async throws {
        let folder = try ScratchFolder()
        let path = try await soundStore(in: folder)
        try await DatabaseQueue(path: path).write { try $0.execute(sql: statement) }
        let findings = try StoreVerification.run(path: path).findings
        #expect(findings.contains { $0.place.hasPrefix(table) }, "\(findings)")
    }

    @Test("A page that was overwritten is a finding, wherever it lies, or the file is no store any more")
    func damagedPages() async throws {
        let folder = try ScratchFolder()
        let sound = Array(try Data(contentsOf: URL(filePath: try await soundStore(in: folder))))
        for page in 0..<sound.count / 4_096 {
            var bytes = sound
            for index in page * 4_096..<(page + 1) * 4_096 { bytes[index] = 0xA5 }
            let path = try folder.write(bytes, to: "damaged-\(page).db")
            do throws(StoreError) {
                let findings = try StoreVerification.run(path: path).findings
                #expect(!findings.isEmpty, "page \(page)")
            } catch { #expect(CollectorError.store(error).exitCode == 8, "page \(page): \(error)") }
        }
    }

    @Test("No more findings are listed than anyone reads")
    func limit() async throws {
        let folder = try ScratchFolder()
        let path = try await soundStore(in: folder)
        try await DatabaseQueue(path: path).write { connection in
            for number in 0..<300 {
                try connection.execute(sql: "INSERT INTO counter VALUES (20000, 'n\(number)', -1)")
            }
        }
        #expect(try StoreVerification.run(path: path).findings.count == StoreVerification.findingLimit)
    }
}
