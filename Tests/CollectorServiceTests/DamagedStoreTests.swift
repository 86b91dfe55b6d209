import CollectorService
import Foundation
import GRDB
import ReportFormat
import TestSupport
import Testing

@Suite("Damaged stores") struct DamagedStoreTests {
    /// A small store as a killed collector leaves it, and how long its log was after each acknowledgement.
    private struct Crashed {
        var file: [UInt8]
        var log: [UInt8]
        /// The log's length once batch `n` was acknowledged.
        var logByteCounts: [Int] = []

        init() async throws {
            let collector = try CollectorUnderTest()
            #expect(try await collector.store.truncateLog())
            let logURL = URL(filePath: collector.storePath + "-wal")
            for number in 0..<12 {
                _ = try await collector.intake.take(simpleBatch(collector.metricSet, number: number).encoded)
                logByteCounts.append(try Data(contentsOf: logURL).count)
            }
            file = Array(try Data(contentsOf: URL(filePath: collector.storePath)))
            log = Array(try Data(contentsOf: logURL))
            try await collector.store.close()
        }
    }

    /// Writes a crashed store, opens it, and gives the batches it knows; `nil` if it is refused as damaged.
    private func knownAfterOpening(file: [UInt8], log: [UInt8], in folder: ScratchFolder) async throws -> Set<Int>? {
        let path = folder.file("store.db")
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        _ = try folder.write(file, to: "store.db")
        _ = try folder.write(log, to: "store.db-wal")
        do {
            let store = try SQLiteReportStore(path: path, metricSet: try testMetricSet())
            try await store.checkWritable()
            try await store.close()
        } catch let error as StoreError {
            #expect(CollectorError.store(error).exitCode == 8, "\(error)")
            return nil
        }
        let verification = try StoreVerification.run(path: path)
        #expect(verification.findings.isEmpty)
        let probe = try StoreProbe(path: path)
        let known = try Set((0..<12).filter { try probe.knows(try batchIdentifier($0)) })
        #expect(verification.stagedCount == known.count)
        return known
    }

    @Test(
        "Whatever 512-byte sector the log is cut at, the batches acknowledged before are there, and no half of another")
    func cutLog() async throws {
        let crashed = try await Crashed()
        let folder = try ScratchFolder()
        for byteCount in stride(from: 0, through: crashed.log.count, by: 512) {
            let known = try await knownAfterOpening(
                file: crashed.file, log: Array(crashed.log[..<byteCount]), in: folder)
            let expected = Set(crashed.logByteCounts.indices.filter { crashed.logByteCounts[$0] <= byteCount })
            #expect(known == expected, "cut at \(byteCount)")
        }
    }

    @Test("Whatever sector of the log is garbage, the batches before it are there")
    func garbageInLog() async throws {
        let crashed = try await Crashed()
        let folder = try ScratchFolder()
        for start in stride(from: 0, to: crashed.log.count - 511, by: 1_536) {
            var log = crashed.log
            for index in start..<start + 512 { log[index] ^= 0x5A }
            let known = try #require(try await knownAfterOpening(file: crashed.file, log: log, in: folder))
            let expected = Set(crashed.logByteCounts.indices.filter { crashed.logByteCounts[$0] <= start })
            // A sector behind the last commit's frames holds nothing.
            #expect(known.isSuperset(of: expected), "garbage at \(start)")
        }
    }

    /// The bytes of `store.db` in a folder, with twelve batches.
    private func closedStore(in folder: ScratchFolder) async throws -> [UInt8] {
        let collector = try CollectorUnderTest(folder: folder)
        for number in 0..<12 {
            _ = try await collector.intake.take(simpleBatch(collector.metricSet, number: number).encoded)
        }
        try await collector.store.close()
        return Array(try Data(contentsOf: URL(filePath: collector.storePath)))
    }

    @Test("Whatever 512-byte sector a closed store is cut at, it is refused at the start")
    func cutFile() async throws {
        let folder = try ScratchFolder()
        let path = folder.file("store.db")
        let whole = try await closedStore(in: folder)
        for byteCount in stride(from: 0, to: whole.count, by: 512) {
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            _ = try folder.write(Array(whole[..<byteCount]), to: "store.db")
            do {
                _ = try SQLiteReportStore(path: path, metricSet: try testMetricSet())
                Issue.record("opened, cut at \(byteCount) of \(whole.count)")
            } catch let error as StoreError {
                #expect(CollectorError.store(error).exitCode == 8, "cut at \(byteCount): \(error)")
            }
            #expect(try Data(contentsOf: URL(filePath: path)).count == byteCount)
        }
    }

    @Test("Whatever byte of the header is wrong, the store is refused or has every batch")
    func header() async throws {
        let folder = try ScratchFolder()
        let path = folder.file("store.db")
        let whole = try await closedStore(in: folder)
        var refusedCount = 0
        for index in 0..<100 {
            for value in [UInt8.min, .max, whole[index] ^ 1] where value != whole[index] {
                var bytes = whole
                bytes[index] = value
                for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
                _ = try folder.write(bytes, to: "store.db")
                do {
                    let store = try SQLiteReportStore(path: path, metricSet: try testMetricSet())
                    try await store.close()
                    #expect(try StoreProbe(path: path).count(of: "batch") == 12, "byte \(index) set to \(value)")
                } catch let error as StoreError {
                    refusedCount += 1
                    #expect([1, 8].contains(CollectorError.store(error).exitCode), "byte \(index): \(error)")
                }
            }
        }
        #expect(refusedCount > 40)
    }
}
