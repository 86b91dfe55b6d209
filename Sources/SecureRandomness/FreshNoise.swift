/// The fresh random words of one report. Drawn at once, wiped at the end of its life, never carried to another report.
///
/// Up to eight words come straight from getrandom(2). More are ChaCha20 keystream under a key of 32 bytes from
/// getrandom(2), so what is exact given uniform words is exact against any bounded adversary.
public struct FreshNoise: NoiseSource, ~Copyable {
    /// The most words that come straight from the system.
    private static let directWordCount = 8

    @usableFromInline let words: NoiseWords
    @usableFromInline var position = 0

    /// Draws `wordCount` words.
    ///
    /// - Parameter wordCount: at most 2²⁸ (2 GiB of keystream).
    /// - Throws: ``RandomnessError`` when the system gives no randomness; then there is no report.
    /// - Complexity: one system call, and above eight words a quarter of a nanosecond a byte. Up to 512 words take no
    ///   memory anew.
    public init(wordCount: Int) throws(RandomnessError) {
        precondition((0...(1 << 28)).contains(wordCount), "one report draws at most 2²⁸ words")
        words = NoiseWords(count: wordCount)
        if wordCount <= Self.directWordCount {
            try SystemEntropy.fill(UnsafeMutableRawBufferPointer(words.buffer))
            return
        }
        // A key that is drawn for the words, in locked memory, and wiped.
        let key = SecretMemory.take()
        defer { SecretMemory.giveBack(key) }
        try SystemEntropy.fill(key)
        try words.addKeystream(key: UnsafeRawBufferPointer(key))
    }

    /// The next word; a caller draws at most as many as it asked for.
    @inlinable
    public mutating func next() -> UInt64 {
        precondition(position < words.count, "a mechanism draws no more words than it announces")
        defer { position += 1 }
        return words[position]
    }

    /// Lends the next words where they are.
    @inlinable
    public mutating func withNext<Result>(_ count: Int, _ body: (Span<UInt64>) -> Result) -> Result {
        precondition(count <= words.count - position, "a mechanism draws no more words than it announces")
        defer { position += count }
        return words.withSpan(of: position..<position + count, body)
    }
}
