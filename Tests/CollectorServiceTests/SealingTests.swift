import CollectorService
import Foundation
import GRDB
import MetricDefinitions
import ReportFormat
import StoreFormat
import TestSupport
import Testing

@Suite("Sealing") struct SealingTests {
    private static let group = ReportGroup(metric: 2, version: 1, day: testDay)

    /// Stores payloads directly, one batch for each thousand.
    private func store(
        _ payloads: [[UInt8]], of group: ReportGroup = group, in store: any ReportStore, seed: UInt64
    ) async throws {
        var noise = SeededNoise(seed: seed)
        for start in stride(from: 0, to: payloads.count, by: 1_000) {
            let reports = payloads[start..<min(start + 1_000, payloads.count)].map {
                AdmittedReport(group: group, payload: $0)
            }
            let identifier = try #require(BatchIdentifier(bytes: noise.bytes(count: 16)))
            try await store.store(AdmittedBatch(identifier, reports: Array(reports), arrivingOn: testDay))
        }
    }

    private func sorted(_ payloads: [[UInt8]]) -> [[UInt8]] { payloads.sorted { $0.lexicographicallyPrecedes($1) } }

    /// Waits until the work queued so far is done, sealing included.
    private func settle(_ store: any ReportStore) async throws { try await store.checkWritable() }

    @Test(
        "A group that reaches 65,536 payloads becomes a chunk with the same payloads, and the rest stays staged",
        arguments: StoreKind.allCases)
    func fullByCount(_ kind: StoreKind) async throws {
        let collector = try StoreUnderTest(kind)
        var noise = SeededNoise(seed: 0x5EA1)
        let payloads = (0..<66_500).map { _ in noise.bytes(count: 2) }
        try await store(payloads, in: collector.store, seed: 1)
        try await settle(collector.store)
        let probe = try collector.probe()
        let chunks = try probe.chunks()
        #expect(chunks.map(\.chunk.count) == [Chunk.targetPayloadCount])
        #expect(chunks.map(\.group) == [Self.group])
        #expect(try probe.count(of: "staged") == 66_500 - Chunk.targetPayloadCount)
        #expect(try sorted(probe.allPayloads()) == sorted(payloads))
    }

    @Test("A group whose payloads reach 256 KiB becomes a chunk of that size", arguments: StoreKind.allCases)
    func fullByBytes(_ kind: StoreKind) async throws {
        let collector = try StoreUnderTest(kind)
        var noise = SeededNoise(seed: 0x5EA2)
        let payloads = (0..<1_030).map { _ in noise.bytes(count: 256) }
        try await store(payloads, in: collector.store, seed: 2)
        try await settle(collector.store)
        let probe = try collector.probe()
        #expect(try probe.chunks().map(\.chunk.payloads.count) == [Chunk.targetByteCount])
        #expect(try sorted(probe.allPayloads()) == sorted(payloads))
    }

    @Test("One commit that fills several chunks seals them all", arguments: StoreKind.allCases)
    func severalChunksAtOnce(_ kind: StoreKind) async throws {
        let collector = try StoreUnderTest(kind)
        var noise = SeededNoise(seed: 0x5EA3)
        let reports = (0..<70).map { _ in AdmittedReport(group: Self.group, payload: noise.bytes(count: 16_384)) }
        try await collector.store.store(AdmittedBatch(try batchIdentifier(1), reports: reports, arrivingOn: testDay))
        try await settle(collector.store)
        let probe = try collector.probe()
        #expect(try probe.chunks().map(\.chunk.count) == [16, 16, 16, 16])
        #expect(try sorted(probe.allPayloads()) == sorted(reports.map(\.payload)))
    }

    @Test("A chunk does not keep the order of arrival", arguments: StoreKind.allCases)
    func shuffled(_ kind: StoreKind) async throws {
        let collector = try StoreUnderTest(kind)
        let payloads = (0..<1_024).map { number in
            [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
                + [UInt8](repeating: 0, count: 254)
        }
        try await store(payloads, in: collector.store, seed: 3)
        try await settle(collector.store)
        let chunk = try #require(try collector.probe().chunks().first?.chunk)
        let order = (0..<1_024).map { Int(chunk.payloads[$0 * 256]) | Int(chunk.payloads[$0 * 256 + 1]) << 8 }
        #expect(order.sorted() == Array(0..<1_024))
        // A uniform order keeps k or more payloads in their places with probability at most 1/k!: the union over the
        // C(n, k) sets of places, each kept with probability (n − k)!/n!. The same bounds pairs that stay successors.
        let keptCount = order.indices.filter { order[$0] == $0 }.count
        let successorCount = zip(order, order.dropFirst()).filter { $1 == $0 + 1 }.count
        #expect(keptCount < 14 && successorCount < 14, "1/14! is 1.1·10⁻¹¹")
    }

    @Test(
        "Counts are taken up again after a restart, so that the group still seals at its size",
        arguments: StoreKind.allCases)
    func countsSurviveRestart(_ kind: StoreKind) async throws {
        let place = try StorePlace(kind)
        var noise = SeededNoise(seed: 0x5EA4)
        let payloads = (0..<1_024).map { _ in noise.bytes(count: 256) }
        for half in 0..<2 {
            let collector = try StoreUnderTest(place)
            let part = Array(payloads[half * 512..<half * 512 + 512])
            try await store(part, in: collector.store, seed: UInt64(10 + half))
            try await settle(collector.store)
            let chunkCount = try collector.probe().count(of: "chunk")
            #expect(chunkCount == half)
            try await collector.store.close()
        }
        #expect(try sorted(place.probe().allPayloads()) == sorted(payloads))
    }

    @Test(
        "When a day begins, the days before yesterday are sealed however small, and yesterday stays open",
        arguments: StoreKind.allCases)
    func dayChange(_ kind: StoreKind) async throws {
        let collector = try StoreUnderTest(kind)
        for offset in 0..<4 {
            let group = ReportGroup(metric: 1, version: 1, day: testDay.advanced(by: -offset))
            try await store([[1], [0], [1]], of: group, in: collector.store, seed: UInt64(20 + offset))
        }
        var work = DayWork()
        #expect(try await work.turn(on: testDay, in: collector.store) == .done)
        let probe = try collector.probe()
        let sealedDays = try probe.chunks().map(\.group.day).sorted()
        #expect(sealedDays == [testDay.advanced(by: -3), testDay.advanced(by: -2)])
        #expect(try probe.count(of: "staged") == 6)
        #expect(try probe.allPayloads().count == 12)
    }

    @Test(
        "When a day begins, identifiers are forgotten after their last day and not before",
        arguments: StoreKind.allCases)
    func forgetting(_ kind: StoreKind) async throws {
        let collector = try StoreUnderTest(kind)
        for number in 0..<600 {
            let lastDay = testDay.advanced(by: number % 3 - 1)
            let admitted = AdmittedBatch(
                identifier: try batchIdentifier(number), forgetAfter: lastDay,
                reports: [AdmittedReport(group: Self.group, payload: [1])])
            try await collector.store.store(admitted)
        }
        // The first and the last identifier that there can be lie in slices of their own.
        for byte in [UInt8.min, .max] {
            let identifier = try #require(BatchIdentifier(bytes: [UInt8](repeating: byte, count: 16)))
            try await collector.store.store(
                AdmittedBatch(
                    identifier: identifier, forgetAfter: testDay.advanced(by: -1),
                    reports: [AdmittedReport(group: Self.group, payload: [1])]))
        }
        var work = DayWork()
        #expect(try await work.turn(on: testDay, in: collector.store) == .done)
        let probe = try collector.probe()
        #expect(try probe.count(of: "batch") == 400)
        for number in 0..<600 {
            let isKnown = try probe.knows(try batchIdentifier(number))
            #expect(isKnown == (number % 3 != 0))
        }
    }

    @Test("When a day begins, the write-ahead log is emptied")
    func logIsEmptied() async throws {
        let collector = try CollectorUnderTest()
        try await store([[1], [2]], in: collector.store, seed: 30)
        let log = URL(filePath: collector.storePath + "-wal")
        #expect(try Data(contentsOf: log).count > 0)
        var work = DayWork()
        #expect(try await work.turn(on: testDay, in: collector.store) == .done)
        #expect(try Data(contentsOf: log).count == 0)
    }
}
