import CollectorService
import Foundation
import GRDB
import ReportFormat
import TestSupport
import Testing

@Suite("Rows that no collector writes") struct ImpossibleRowTests {
    private let damaged = StoreError.damaged(resultCode: 11)

    private func change(_ path: String, _ statement: String) async throws {
        try await DatabaseQueue(path: path).write { try $0.execute(sql: statement) }
    }

    /// A collector whose store has a chunk of one report about each of two days.
    private func sealedCollector() async throws -> CollectorUnderTest {
        let collector = try CollectorUnderTest()
        for number in 3..<5 {
            let group = ReportGroup(metric: 1, version: 1, day: testDay.advanced(by: -number))
            try await collector.store.store(
                AdmittedBatch(
                    try batchIdentifier(number), reports: [AdmittedReport(group: group, payload: [1])],
                    arrivingOn: testDay))
        }
        var work = DayWork()
        #expect(try await work.turn(on: testDay, in: collector.store) == .done)
        return collector
    }

    @Test(
        "A staged report of no day, metric or version is refused at the start",
        arguments: ["day = -5", "day = 1 << 40", "metric = -1", "version = 1 << 32"])
    func staged(fault: String) async throws {
        let folder = try ScratchFolder()
        let path = folder.file("store.db")
        do {
            let collector = try CollectorUnderTest(folder: folder)
            _ = try await collector.intake.take(simpleBatch(collector.metricSet, number: 1).encoded)
            try await collector.store.close()
        }
        try await change(path, "UPDATE staged SET \(fault)")
        #expect(throws: damaged) { try SQLiteReportStore(path: path, metricSet: try testMetricSet()) }
    }

    @Test(
        "A chunk of no metric or of more reports than one takes is refused in figures and inspection, which go on",
        arguments: ["metric = -1", "metric = 1 << 32", "count = 1 << 62", "count = 65537", "count = -1"])
    func chunk(fault: String) async throws {
        let collector = try await sealedCollector()
        try await change(collector.storePath, "UPDATE chunk SET \(fault)")
        await #expect(throws: damaged) { try await collector.store.figures(on: testDay) }
        #expect(throws: damaged) { try StoreInspection(path: collector.storePath) }
        #expect(try await !collector.metricsPage().isEmpty)
        #expect(try await collector.intake.take(simpleBatch(collector.metricSet, number: 99).encoded).isEmpty)
    }

    @Test("Chunks whose counts do not add up are deleted all the same, each counted as one report")
    func deletion() async throws {
        let collector = try await sealedCollector()
        try await change(collector.storePath, "UPDATE chunk SET count = 1 << 62")
        let purge = try StorePurge(metric: "1", of: nil, before: nil)
        #expect(try purge.count(inStoreAt: collector.storePath) == 2)
        #expect(try purge.run(onStoreAt: collector.storePath, today: testDay) { _ in }.reportCount == 2)
        #expect(try StoreProbe(path: collector.storePath).count(of: "chunk") == 0)
    }

    @Test("A definition of no metric and a counter below zero are errors where they are read")
    func definitionAndCounter() async throws {
        let collector = try CollectorUnderTest()
        try await change(
            collector.storePath,
            "INSERT INTO counter VALUES (\(testDay.index), 'granted.app', -1); UPDATE definition SET metric = -metric")
        await #expect(throws: damaged) { try await collector.store.granted(on: testDay) }
        var work = DayWork()
        await #expect(throws: damaged) { _ = try await work.turn(on: testDay, in: collector.store) }
    }
}
