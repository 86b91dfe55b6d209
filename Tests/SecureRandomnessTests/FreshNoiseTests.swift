import Glibc
import SecureRandomness
import TestSupport
import Testing

@Suite("Fresh noise")
struct FreshNoiseTests {
    private static func draw(_ wordCount: Int) throws -> [UInt64] {
        var noise = try FreshNoise(wordCount: wordCount)
        return (0..<wordCount).map { _ in noise.next() }
    }

    @Test("holds as many words as were asked for, on both sides of the change to a keystream", arguments: 0...17)
    func everyWordIsThere(wordCount: Int) throws {
        let words = try Self.draw(wordCount)
        #expect(Set(words).count == wordCount)
        #expect(!words.contains(0))
        if wordCount > 0 { #expect(try Self.draw(wordCount) != words) }
    }

    @Test("has bits that are one as often as zero, in each of the 64 places")
    func bitsAreBalanced() throws {
        let trials = 20_000, words = try Self.draw(trials)
        let test = BinomialTest(comparisons: 64)
        func firstBreach(_ words: [UInt64]) -> Int? {
            (0..<64).first { place in
                let ones = words.count { $0 >> place & 1 == 1 }
                return !test.accepts(successes: ones, of: trials, probability: 0.5)
            }
        }
        #expect(firstBreach(words) == nil)
        // The smallest fault this detects is a bit off by about 0.018; here one that is set an eighth too often.
        let faulty = words.enumerated().map { $0.offset.isMultiple(of: 8) ? $0.element | 1 << 40 : $0.element }
        #expect(firstBreach(faulty) == 40)
    }

    @Test("stops the process that draws more than it asked for")
    func overdrawingTraps() async {
        await #expect(processExitsWith: .failure) {
            var noise = try FreshNoise(wordCount: 2)
            for _ in 0..<3 { _ = noise.next() }
        }
        await #expect(processExitsWith: .failure) {
            var noise = try FreshNoise(wordCount: 16)
            _ = noise.next()
            noise.withNext(16) { _ in }
        }
    }

    @Test("lends words once, in their order, and goes on behind them")
    func lentWordsAreDrawn() throws {
        var noise = try FreshNoise(wordCount: 20), drawn = [noise.next()]
        for count in [0, 3, 12] {
            noise.withNext(count) { words in for index in words.indices { drawn.append(words[index]) } }
        }
        for _ in 0..<4 { drawn.append(noise.next()) }
        #expect(Set(drawn).count == 20 && !drawn.contains(0))
        // As a source does that has nothing to lend.
        var (lending, plain) = (SeededNoise(seed: 0x5eed_0014), SeededNoise(seed: 0x5eed_0014))
        lending.withNext(5) { words in for index in words.indices { #expect(words[index] == plain.next()) } }
        #expect(lending.next() == plain.next())
    }

    @Test("is never the same for threads that draw at once, whose reports are of different lengths")
    func threadsShareNoNoise() async throws {
        let draws = 500, threads = 8
        let words = try await withThrowingTaskGroup(of: [UInt64].self) { group in
            for thread in 0..<threads {
                group.addTask {
                    try (0..<draws).flatMap { try Self.draw([1, 8, 9, 385, 600][($0 + thread) % 5]).prefix(2) }
                }
            }
            return try await group.reduce(into: [UInt64]()) { $0 += $1 }
        }
        #expect(Set(words).count == words.count && words.count > draws * threads)
        #expect(!words.contains(0))
    }

    @Test("differs in a forked child from what its parent draws next, by one word and by keystream alike")
    func forkedProcessesShareNoNoise() throws {
        _ = (try Self.draw(1), try Self.draw(16))  // Whatever is set up once per process is so before the fork.
        for wordCount in [1, 16] {
            let inChild = try #require(try Forked.words(count: wordCount) { try Self.draw(wordCount) })
            #expect(try Self.draw(wordCount) != inChild)
        }
        // What a buffer kept in the process would do.
        let seeded = SeededNoise(seed: 0x5eed_0013)
        func draw() -> [UInt64] {
            var copy = seeded
            return [copy.next()]
        }
        #expect(try Forked.words(count: 1, of: draw) == draw())
    }

    @Test("is refused, and nothing crashes, where the kernel gives no randomness")
    func noRandomnessIsAnError() throws {
        _ = try Self.draw(16)
        let answers = try Forked.words(count: 3) {
            try #require(Forked.denyRandomness())
            func isRefused(_ body: () throws(RandomnessError) -> Void) -> UInt64 {
                do { try body() } catch { return error == .systemSourceFailed(errno: EPERM) ? 1 : 2 }
                return 0
            }
            return [
                isRefused { () throws(RandomnessError) in _ = try FreshNoise(wordCount: 2) },
                isRefused { () throws(RandomnessError) in _ = try FreshNoise(wordCount: 16) },
                isRefused { () throws(RandomnessError) in try SystemEntropy.checkHealth() },
            ]
        }
        #expect(answers == [1, 1, 1])
    }

    @Test("the system's generator passes its health test and fills what it is given")
    func systemGeneratorIsHealthy() throws {
        #expect(throws: Never.self) { try SystemEntropy.checkHealth() }
        for count in [0, 1, 255, 256, 257, 100_000] { #expect(try SystemEntropy.bytes(count: count).count == count) }
        let tail = try SystemEntropy.bytes(count: 100_000).suffix(64)
        #expect(tail.contains { $0 != 0 })
    }
}
