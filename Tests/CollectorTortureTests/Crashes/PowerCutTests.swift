import Foundation
import Testing

@Suite("A machine whose power fails", .serialized) struct PowerCutTests {
    private static let cutsPerStore = 10

    @Test("Nothing acknowledged is lost and nothing is counted twice", .timeLimit(.minutes(30)))
    func cuts() throws {
        var noise = SystemRandomNumberGenerator()
        var (cutCount, acknowledgedCount) = (0, 0)
        for _ in 0..<(isThorough ? 20 : 2) {
            let seed = Int.random(in: 1...1_000_000, using: &noise)
            let (complaint, outcome, count) = try Self.store(seed: seed, lies: false)
            #expect(complaint == nil, "seed \(seed)")
            cutCount += count
            acknowledgedCount += outcome.acknowledged.count
        }
        print("power cuts: \(cutCount), acknowledged batches: \(acknowledgedCount)")
        #expect(cutCount == (isThorough ? 200 : 20))
    }

    /// The same torture of a disk that makes nothing durable: it must not be survived, or it would show nothing.
    @Test("A disk that only says that it synchronised is found out", .timeLimit(.minutes(10)))
    func lyingDisk() throws {
        let isFoundOut = (1...5).contains { seed in
            // A store that cannot even be opened is found out too.
            guard let (complaint, _, _) = try? Self.store(seed: seed, lies: true) else { return true }
            return complaint != nil
        }
        #expect(isFoundOut)
    }

    /// Cuts the power under one store time and again; then looks at it.
    private static func store(
        seed: Int, lies: Bool
    ) throws -> (complaint: String?, outcome: Loader.Outcome, cutCount: Int) {
        let site = try CollectorSite()
        let loader = try Loader(site.reports, log: site.folder + "/acknowledged", threadCount: 4)
        var generator = SeededGenerator(state: UInt64(seed))
        var collector: CollectorProcess?
        // However it ends, the loader is let finish: its threads wait for a collector.
        defer { if collector == nil { loader.abandon() } }
        var cutCount = 0
        while cutCount < cutsPerStore {
            // Half of the cuts fall into the start, where the store is made, recovered, and its log emptied.
            let cutAt = Int.random(in: 1...(Bool.random(using: &generator) ? 60 : 2_500), using: &generator)
            let disk = FaultyDisk(cutAt: cutAt, lies: lies, seed: seed + cutCount)
            let life = try site.start(environment: try disk.environment(for: site), awaitingListener: false)
            if (try? life.awaitListener()) != nil {
                loader.serve(at: life.port)
                loader.await(acknowledged: .max, or: { life.isOver || loader.hasTrouble })
                loader.serve(at: nil)
                guard !loader.hasTrouble else { throw TortureFailure("a batch was refused, seed \(seed)") }
            }
            let status = life.wait()
            guard status == 128 + SIGKILL else {
                throw TortureFailure("the collector ended with \(status), seed \(seed)")
            }
            cutCount += 1
        }
        let last = try site.start()
        collector = last
        loader.serve(at: last.port)
        let outcome = loader.finish()
        guard last.stop() == 0 else { throw TortureFailure("the last collector did not stop well") }
        return (try StoreAudit(site).complaint(about: outcome), outcome, cutCount)
    }
}

/// SplitMix64, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}
