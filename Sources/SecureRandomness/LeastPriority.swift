/// Draws the least of many uniform words without drawing them all.
public enum LeastPriority {
    /// How many words may compete; more count as so many.
    public static let largestCount: UInt64 = 1 << 26
    private static let chunkWordCount = 1024

    /// The least of `count` fresh uniform 64-bit words, with exactly its distribution.
    ///
    /// The words are tossed bit by bit from the top. Where at least one that is still in the running shows a 0, those
    /// with a 1 are out; their lower bits need not be known.
    ///
    /// - Throws: ``RandomnessError``.
    /// - Complexity: about `count` / 32 words of noise.
    public static func draw(among count: UInt64) throws(RandomnessError) -> UInt64 {
        var tosses = Tosses()
        return try draw(among: count, bitCount: 64) { (running) throws(RandomnessError) in
            try tosses.zeros(among: running)
        }
    }

    /// The same for words of fewer bits, with `zeros` telling how many of so many fair coins show a 0.
    static func draw(
        among count: UInt64, bitCount: Int, zeros: (UInt64) throws(RandomnessError) -> UInt64
    ) throws(RandomnessError) -> UInt64 {
        var (running, least) = (min(max(1, count), largestCount), UInt64(0))
        for _ in 0..<bitCount {
            let zeros = try zeros(running)
            least = least << 1 | (zeros == 0 ? 1 : 0)
            if zeros > 0 { running = zeros }
        }
        return least
    }

    /// Fair coins, drawn in chunks.
    private struct Tosses: ~Copyable {
        private var noise: FreshNoise?
        private var remainingWordCount = 0
        private var (word, remainingBitCount) = (UInt64(0), 0)

        mutating func zeros(among count: UInt64) throws(RandomnessError) -> UInt64 {
            var (remaining, zeros) = (count, UInt64(0))
            while remaining > 0 {
                if remainingBitCount == 0 { try refill(wanted: remaining) }
                let bitCount = min(remaining, UInt64(remainingBitCount))
                let mask = bitCount == 64 ? UInt64.max : (1 << bitCount) - 1
                zeros += bitCount - UInt64((word & mask).nonzeroBitCount)
                word = bitCount == 64 ? 0 : word >> bitCount
                remainingBitCount -= Int(bitCount)
                remaining -= bitCount
            }
            return zeros
        }

        private mutating func refill(wanted: UInt64) throws(RandomnessError) {
            if remainingWordCount == 0 {
                // Two words are enough for one event, and come straight from the kernel.
                let wordCount = min(chunkWordCount, Int(wanted / 64) + 2)
                noise = try FreshNoise(wordCount: wordCount)
                remainingWordCount = wordCount
            }
            word = noise?.next() ?? 0
            remainingWordCount -= 1
            remainingBitCount = 64
        }
    }
}
