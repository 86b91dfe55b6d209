import CollectorService
import Foundation
import GRDB
import ReportFormat
import StoreFormat
import TestSupport
import Testing

@Suite("The work of a day") struct DayWorkTests {
    /// A reader with a snapshot, as a decoder that takes its time.
    private func reader(of path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.allowsUnsafeTransactions = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.unsafeRead { connection in
            try connection.execute(sql: "BEGIN")
            _ = try Int.fetchOne(connection, sql: "SELECT COUNT(*) FROM staged")
        }
        return queue
    }

    private func stage(_ number: Int, in store: SQLiteReportStore) async throws {
        let group = ReportGroup(metric: 1, version: 1, day: testDay.advanced(by: -5))
        let reports = [AdmittedReport(group: group, payload: [1])]
        try await store.store(AdmittedBatch(try batchIdentifier(number), reports: reports, arrivingOn: testDay))
    }

    @Test("A reader holds up the log and nothing else: the rest is done once, and the log is emptied later")
    func longReader() async throws {
        let collector = try CollectorUnderTest()
        try await stage(0, in: collector.store)
        let reader = try reader(of: collector.storePath)
        try await stage(1, in: collector.store)
        var work = DayWork()
        let probe = try StoreProbe(path: collector.storePath)
        let log = URL(filePath: collector.storePath + "-wal")
        #expect(try await work.turn(on: testDay, in: collector.store) == .readerHoldsLog)
        #expect(try probe.chunks().map(\.chunk.count) == [2])
        // What comes for a closed day now is left for the next day's work.
        try await stage(2, in: collector.store)
        for _ in 1..<DayWork.turnsBetweenTruncations {
            #expect(try await work.turn(on: testDay, in: collector.store) == .nothingToDo)
        }
        #expect(try await work.turn(on: testDay, in: collector.store) == .readerHoldsLog)
        try reader.close()
        for _ in 1..<DayWork.turnsBetweenTruncations {
            #expect(try await work.turn(on: testDay, in: collector.store) == .nothingToDo)
        }
        #expect(try Data(contentsOf: log).count > 0)
        #expect(try await work.turn(on: testDay, in: collector.store) == .done)
        #expect(try Data(contentsOf: log).count == 0)
        #expect(try probe.count(of: "staged") == 1)
        #expect(try await work.turn(on: testDay, in: collector.store) == .nothingToDo)
        #expect(try await work.turn(on: testDay.advanced(by: 1), in: collector.store) == .done)
        #expect(try probe.count(of: "staged") == 0)
    }

    @Test("The log is not waited for: with an hour of patience a reader's hold is told at once")
    func noWaiting() async throws {
        let folder = try ScratchFolder()
        let path = folder.file("store.db")
        let store = try SQLiteReportStore(path: path, metricSet: try testMetricSet(), patienceInSeconds: 3_600)
        try await stage(0, in: store)
        let reader = try reader(of: path)
        try await stage(1, in: store)
        #expect(try await store.truncateLog() == false)
        try await store.close()
        try reader.close()
    }

    @Test("After an attempt on the log, commits wait for other programs' locks as before")
    func patienceIsRestored() async throws {
        let folder = try ScratchFolder()
        let path = folder.file("store.db")
        let store = try SQLiteReportStore(path: path, metricSet: try testMetricSet(), patienceInSeconds: 0.2)
        #expect(try await store.truncateLog())
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let holder = try DatabaseQueue(path: path, configuration: configuration)
        try await holder.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let waited = await ContinuousClock().measure {
            await #expect(throws: StoreError.busy(resultCode: 5)) { try await store.checkWritable() }
        }
        #expect(waited > .milliseconds(100), "without patience the lock is not waited for at all")
        try await holder.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
    }
}
