internal import CPlatform

/// The fresh random words of one report. Drawn at once, wiped at the end of its life, never carried to another report.
///
/// Up to eight words come straight from getrandom(2). More are ChaCha20 keystream under a key of 32 bytes from
/// getrandom(2), so what is exact given uniform words is exact against any bounded adversary.
public struct FreshNoise: NoiseSource, ~Copyable {
    /// The most words that come straight from the system.
    private static let directWordCount = 8
    /// The words of memory that is kept for the next report: one of 1,024 bits needs 385.
    private static let keptWordCount = 512
    private static let spare = Spare()

    @usableFromInline let words: UnsafeMutableBufferPointer<UInt64>
    @usableFromInline var position = 0

    /// Draws `wordCount` words.
    ///
    /// - Parameter wordCount: at most 2²⁸ (2 GiB of keystream).
    /// - Throws: ``RandomnessError`` when the system gives no randomness; then there is no report.
    /// - Complexity: one system call, and above eight words a quarter of a nanosecond a byte. Up to 512 words take no
    ///   memory anew.
    public init(wordCount: Int) throws(RandomnessError) {
        precondition((0...(1 << 28)).contains(wordCount), "one report draws at most 2²⁸ words")
        words = UnsafeMutableBufferPointer(start: Self.room(wordCount: wordCount), count: wordCount)
        // Whatever throws from here on, `deinit` wipes and gives back: every stored property is set.
        if wordCount <= Self.directWordCount {
            try SystemEntropy.fill(UnsafeMutableRawBufferPointer(words))
        } else {
            try Self.fill(words)
        }
    }

    deinit {
        guard let start = words.baseAddress else { return }
        dither_wipe(start, 8 * Self.wholeBlocks(words.count))
        if words.count > Self.keptWordCount || !Self.spare.keep(OpaquePointer(start)) { start.deallocate() }
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
        return body(UnsafeBufferPointer(rebasing: words[position..<position + count]).span)
    }

    /// Zeros, as many as whole blocks of the cipher need.
    private static func room(wordCount: Int) -> UnsafeMutablePointer<UInt64> {
        if wordCount <= keptWordCount, let idle = spare.take() { return UnsafeMutablePointer(idle) }
        let capacity = max(wholeBlocks(wordCount), keptWordCount)
        let room = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
        room.initialize(repeating: 0, count: capacity)
        return room
    }

    /// Keystream under a key that is drawn for it, in locked memory, and wiped.
    private static func fill(_ words: UnsafeMutableBufferPointer<UInt64>) throws(RandomnessError) {
        guard let start = words.baseAddress else { return }
        let count = wholeBlocks(words.count)
        let key = SecretMemory.take()
        defer { SecretMemory.giveBack(key) }
        try SystemEntropy.fill(key)
        try ChaCha20.addKeystream(
            key: UnsafeRawBufferPointer(key), to: UnsafeMutableBufferPointer(start: start, count: count))
    }

    private static func wholeBlocks(_ wordCount: Int) -> Int {
        let blockWordCount = ChaCha20.blockByteCount / 8
        return (wordCount + blockWordCount - 1) & ~(blockWordCount - 1)
    }
}
