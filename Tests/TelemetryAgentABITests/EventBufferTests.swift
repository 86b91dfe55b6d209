import MetricDefinitions
import Synchronization
import TestSupport
import Testing

@testable import TelemetryAgent

/// Words from a list, and whether one more was asked for than it has.
private final class Script: Sendable {
    private let state = Mutex<(words: [UInt64], position: Int, isShort: Bool)>(([], 0, false))

    func begin(_ words: [UInt64]) { state.withLock { $0 = (words, 0, false) } }

    func next() -> UInt64 {
        state.withLock { state in
            guard state.position < state.words.count else {
                state.isShort = true
                return 0
            }
            defer { state.position += 1 }
            return state.words[state.position]
        }
    }

    var isShort: Bool { state.withLock { $0.isShort } }
}

/// Seeded words that are counted.
private final class CountedNoise: Sendable {
    private let noise = Mutex(SeededNoise(seed: 20_261_121))

    func next() -> UInt64 { noise.withLock { $0.next() } }

    var drawnWordCount: Int { noise.withLock { $0.drawnWordCount } }
}

@Suite("The buffer of events")
struct EventBufferTests {
    /// A buffer with words of 0..<12, of which every share of up to four events is a whole number.
    private static let wordCount: UInt64 = 12

    private let script = Script()
    private let buffer: EventBuffer

    init() throws {
        let script = script
        buffer = try EventBuffer(
            try hostMetricSet(), stripeCount: 3,
            sampling: EventSampling(wordCount: UInt128(Self.wordCount)) { script.next() })
        buffer.accept()
    }

    private func record(_ value: String, for name: String = "carrier", in stripe: Int = 0) throws {
        var (value, name) = (value, name)
        try value.withUTF8 { value in
            try name.withUTF8 { name in
                try buffer.record(
                    name.elementsEqual("carrier".utf8) ? .category(value) : .text(value), for: name,
                    startingAt: stripe)
            }
        }
    }

    /// What a drain finds: position, events, and candidate.
    private func drained() throws -> [[UInt64]] {
        var found: [[UInt64]] = []
        try buffer.drain { found.append([UInt64($0.position), $0.eventCount, $0.word]) }
        return found
    }

    /// Every way to spread so many events over three stripes, of four events over two.
    private static func spreads(_ count: Int) -> [[Int]] {
        let stripes = 0..<(count < 4 ? 3 : 2)
        return (0..<count).reduce([[]]) { spreads, _ in
            spreads.flatMap { spread in stripes.map { spread + [$0] } }
        }
    }

    @Test("hands over each of n events with probability 1/n exactly, however they are spread", arguments: 1...4)
    func everyEventIsAsLikely(count: Int) throws {
        let items = ["AA", "B6", "DL", "UA"]
        for spread in Self.spreads(count) {
            var likelihoods = [UInt64](repeating: 0, count: count)
            let depth = 4
            var waiting: [[UInt64]] = [[]]
            while let words = waiting.popLast() {
                script.begin(words)
                for (event, stripe) in spread.enumerated() { try record(items[event], in: stripe) }
                let found = try drained()
                if script.isShort {
                    waiting += (0..<Self.wordCount).map { words + [$0] }
                    continue
                }
                try #require(found.count == 1 && found[0][1] == UInt64(count) && words.count <= depth)
                likelihoods[Int(found[0][2])] += (words.count..<depth).reduce(1) { share, _ in share * Self.wordCount }
            }
            let whole = (0..<depth).reduce(UInt64(1)) { share, _ in share * Self.wordCount }
            #expect(likelihoods == Array(repeating: whole / UInt64(count), count: count), "spread \(spread)")
        }
    }

    @Test("forgets what it handed over, so that a second drain finds nothing")
    func drainedOnce() throws {
        try record("AA")
        #expect(!buffer.isEmpty)
        #expect(try drained() == [[1, 1, 0]])
        #expect(buffer.isEmpty)
        #expect(try drained().isEmpty)
        #expect(buffer.recordedCount == 1)
    }

    @Test("forgets what it began to hand over also when that failed")
    func failedDrain() throws {
        try record("AA")
        try record("Reykjavik", for: "destination")
        #expect(throws: AgentError.stateBusy) {
            try buffer.drain { (_) throws(AgentError) in throw .stateBusy }
        }
        #expect(try drained().isEmpty)
    }

    @Test("keeps a text whole, also a shorter one after a longer and the empty one", arguments: ["", "x", "Reykjavík"])
    func texts(text: String) throws {
        try record(String(repeating: "longer", count: 42), for: "destination")
        _ = try drained()
        try record(text, for: "destination")
        var found: [[UInt8]] = []
        try buffer.drain { found.append(Array($0.text ?? UnsafeRawBufferPointer(start: nil, count: 0))) }
        #expect(found == [Array(text.utf8)])
    }

    @Test("asks of a metric with combine any only whether one event was true")
    func combinesAny() throws {
        script.begin([])
        for (truth, stripe) in [(false, 0), (true, 1), (false, 2), (false, 1)] {
            var name = "any_delay"
            try name.withUTF8 { try buffer.record(.boolean(truth), for: $0, startingAt: stripe) }
        }
        #expect(try drained() == [[4, 4, 1]])
        #expect(!script.isShort, "no draw was needed")
    }

    @Test("takes nothing while it refuses, and nothing that waited is left")
    func refusal() throws {
        try record("AA")
        buffer.refuse()
        #expect(throws: (any Error).self) { try record("AA") }
        #expect(try drained().isEmpty)
        buffer.accept()
        #expect(try drained().isEmpty)
    }

    @Test("draws less than thirty words for a million events")
    func drawsRarely() throws {
        let noise = CountedNoise()
        let buffer = try EventBuffer(
            try hostMetricSet(), stripeCount: 1, sampling: EventSampling(wordCount: 1 << 64) { noise.next() })
        buffer.accept()
        var name = "departed_late"
        try name.withUTF8 { name in
            for _ in 0..<1_000_000 { try buffer.record(.boolean(true), for: name) }
        }
        #expect(noise.drawnWordCount < 30)
    }
}
