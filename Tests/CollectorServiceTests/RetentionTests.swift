import CollectorService
import Foundation
import GRDB
import ReportFormat
import TestSupport
import Testing

@Suite("Retention and purging") struct RetentionTests {
    /// Stores one report of metrics 1 and 2 about each of the last days, yesterday's days sealed.
    private func fill(_ collector: CollectorUnderTest, dayCount: Int) async throws {
        for number in 0..<dayCount {
            let day = testDay.advanced(by: -number)
            let reports = [UInt32(1), 2].map {
                AdmittedReport(group: ReportGroup(metric: $0, version: 1, day: day), payload: [1])
            }
            try await collector.store.store(
                AdmittedBatch(try batchIdentifier(number), reports: reports, arrivingOn: testDay))
        }
    }

    private func days(of metric: UInt32, in path: String) throws -> [Int] {
        try StoreInspection(path: path).days.filter { $0.metric == metric }
            .map { Int($0.days.lowerBound.index) - Int(testDay.index) }
    }

    private func count(_ name: String, in path: String) throws -> Int? {
        try StoreInspection(path: path).counts.first { $0.day == testDay && $0.name == name }?.count
    }

    @Test("Each metric keeps its own number of days, the others the general one, sealed or staged")
    func perMetric() async throws {
        let collector = try CollectorUnderTest()
        try await fill(collector, dayCount: 10)
        let policy = try RetentionPolicy(dayCount: 5, byName: ["carrier": 1], metricSet: collector.metricSet)
        var work = DayWork()
        #expect(try await work.turn(on: testDay, in: collector.store) == .done)
        #expect(try StoreProbe(path: collector.storePath).count(of: "chunk") == 16)
        var nextWork = DayWork()
        #expect(try await nextWork.turn(on: testDay, in: collector.store, keeping: policy) == .done)
        #expect(try days(of: 1, in: collector.storePath) == Array(-5...0))
        #expect(try days(of: 2, in: collector.storePath) == Array(-1...0))
        #expect(try count("deleted", in: collector.storePath) == 4 + 8)
        #expect(try StoreVerification.run(path: collector.storePath).findings.isEmpty)
    }

    @Test("Staged reports past their retention are deleted before they are sealed, and the counts of groups follow")
    func staged() async throws {
        let collector = try CollectorUnderTest()
        try await fill(collector, dayCount: 10)
        let policy = try RetentionPolicy(dayCount: 3, byName: [:], metricSet: collector.metricSet)
        var work = DayWork()
        #expect(try await work.turn(on: testDay, in: collector.store, keeping: policy) == .done)
        #expect(try days(of: 1, in: collector.storePath) == Array(-3...0))
        #expect(collector.store.stagedGroups(before: testDay.advanced(by: -1)).isEmpty)
    }

    @Test("Without a policy nothing is ever deleted")
    func forever() async throws {
        let collector = try CollectorUnderTest()
        try await fill(collector, dayCount: 10)
        var work = DayWork()
        #expect(try await work.turn(on: testDay.advanced(by: 100_000), in: collector.store) == .done)
        #expect(try days(of: 1, in: collector.storePath).count == 10)
        #expect(try count("deleted", in: collector.storePath) == nil)
    }

    @Test("Retention of a metric that the set does not have is refused by name")
    func unknownMetric() throws {
        #expect(throws: CollectorError.retentionOfUnknownMetric(name: "nobody")) {
            try RetentionPolicy(dayCount: nil, byName: ["nobody": 3], metricSet: try testMetricSet())
        }
    }

    @Test("A purge counts first, deletes beside a running collector, and the collector goes on")
    func purge() async throws {
        let collector = try CollectorUnderTest()
        try await fill(collector, dayCount: 10)
        let day = testDay.advanced(by: -4)
        let purge = try StorePurge(metric: "carrier", of: collector.metricSet, before: day)
        #expect(try purge.count(inStoreAt: collector.storePath) == 5)
        let outcome = try purge.run(onStoreAt: collector.storePath, today: testDay) { _ in }
        #expect(outcome.reportCount == 5)
        #expect(try days(of: 2, in: collector.storePath) == Array(-4...0))
        #expect(try days(of: 1, in: collector.storePath).count == 10)
        // What the purge took is not counted any more.
        #expect(try await collector.store.figures(on: testDay)?.stagedCount == 15)
        var work = DayWork()
        #expect(try await work.turn(on: testDay, in: collector.store) == .done)
        #expect(collector.store.stagedGroups(before: testDay.advanced(by: -1)).isEmpty)
        #expect(try await collector.intake.take(simpleBatch(collector.metricSet, number: 99).encoded).isEmpty)
        #expect(try StoreVerification.run(path: collector.storePath).findings.isEmpty)
    }

    @Test(
        "A group that has fewer reports than were counted is done when it has none, and counted anew at the day's work")
    func deletedByOthers() async throws {
        let collector = try CollectorUnderTest()
        let groups = [-3, 0].map { ReportGroup(metric: 1, version: 1, day: testDay.advanced(by: $0)) }
        for (number, group) in groups.enumerated() {
            let reports = (UInt8(1)...3).map { AdmittedReport(group: group, payload: [$0]) }
            try await collector.store.store(
                AdmittedBatch(try batchIdentifier(number), reports: reports, arrivingOn: testDay))
        }
        try await DatabaseQueue(path: collector.storePath).write {
            try $0.execute(sql: "DELETE FROM staged WHERE payload = x'01'")
        }
        #expect(try await !collector.store.sealChunk(of: groups[0]))
        #expect(collector.store.stagedGroups(before: testDay).isEmpty)
        var work = DayWork()
        #expect(try await work.turn(on: testDay, in: collector.store) == .done)
        try await DatabaseQueue(path: collector.storePath).write { try $0.execute(sql: "DELETE FROM staged") }
        var nextWork = DayWork()
        #expect(try await nextWork.turn(on: testDay, in: collector.store) == .done)
        #expect(collector.store.stagedGroups(before: testDay.advanced(by: 1)).isEmpty)
    }

    @Test("A purged report's bytes are in neither file nor log any more")
    func overwritten() async throws {
        let collector = try CollectorUnderTest()
        let payload = Array("a payload that can be found in a file".utf8)
        let group = ReportGroup(metric: 2, version: 1, day: testDay)
        try await collector.store.store(
            AdmittedBatch(
                try batchIdentifier(1), reports: [AdmittedReport(group: group, payload: payload)], arrivingOn: testDay))
        func isFound() throws -> Bool {
            try ["", "-wal"].contains { suffix in
                try Data(contentsOf: URL(filePath: collector.storePath + suffix)).range(of: Data(payload)) != nil
            }
        }
        #expect(try isFound())
        let purge = try StorePurge(metric: "2", of: nil, before: nil)
        #expect(try purge.run(onStoreAt: collector.storePath, today: testDay) { _ in }.logIsEmpty)
        #expect(try !isFound())
    }

    @Test("Space is given back: after a purge the file is a fraction of what it was")
    func spaceIsGivenBack() async throws {
        let collector = try CollectorUnderTest()
        var noise = SeededNoise(seed: 0x5B4C)
        for number in 0..<3 {
            let reports = (0..<64).map { _ in
                AdmittedReport(
                    group: ReportGroup(metric: 2, version: 1, day: testDay), payload: noise.bytes(count: 32_768))
            }
            try await collector.store.store(
                AdmittedBatch(try batchIdentifier(number), reports: reports, arrivingOn: testDay))
        }
        #expect(try await collector.store.truncateLog())
        let before = try StoreInspection(path: collector.storePath).fileByteCount
        let purge = try StorePurge(metric: "2", of: nil, before: nil)
        #expect(try purge.run(onStoreAt: collector.storePath, today: testDay) { _ in }.reportCount == 192)
        let after = try StoreInspection(path: collector.storePath)
        #expect(before > 6 << 20 && after.fileByteCount < before / 8)
    }

    @Test("A metric is purged by its name in the set or by its number, and by nothing else")
    func metricNames() throws {
        let set = try testMetricSet()
        #expect(try StorePurge(metric: "carrier", of: set, before: nil).metric == 2)
        #expect(try StorePurge(metric: "17", of: set, before: nil).metric == 17)
        #expect(throws: StoreMaintenanceError.unnamedMetric("carrier")) {
            try StorePurge(metric: "carrier", of: nil, before: nil)
        }
        #expect(throws: StoreMaintenanceError.unknownMetric("destiny")) {
            try StorePurge(metric: "destiny", of: set, before: nil)
        }
        let collector = try CollectorUnderTest(metricSet: set)
        #expect(try StorePurge(metric: "2", of: nil, before: nil).count(inStoreAt: collector.storePath) == 0)
        for named in [nil, set] {
            #expect(throws: StoreMaintenanceError.unknownMetric("17")) {
                try StorePurge(metric: "17", of: named, before: nil).count(inStoreAt: collector.storePath)
            }
        }
    }

    @Test("The day's counters say what was stored and what was not, and a repetition is not counted")
    func counters() async throws {
        let collector = try CollectorUnderTest()
        var record = try report(collector.metricSet)
        record.period = testDay.advanced(by: 5)
        let batch = try Batch(
            identifier: try batchIdentifier(1), reports: [try report(collector.metricSet), record])
        for _ in 0..<3 { #expect(try await collector.intake.take(batch.encoded).count == 1) }
        let counts = try StoreInspection(path: collector.storePath).counts
        #expect(counts.map(\.name) == ["batches", "rejected.too_early", "reports"])
        #expect(counts.map(\.count) == [1, 1, 1])
        #expect(counts.allSatisfy { $0.day == testDay })
    }
}
