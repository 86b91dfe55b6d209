internal import CPlatform

/// The fresh random words of one report. Drawn at once, wiped at the end of its life, never carried to another report.
///
/// Up to eight words come straight from getrandom(2). More are ChaCha20 keystream under a key of 32 bytes from
/// getrandom(2), so what is exact given uniform words is exact against any bounded adversary.
public struct FreshNoise: NoiseSource, ~Copyable {
    @usableFromInline let words: UnsafeMutableBufferPointer<UInt64>
    @usableFromInline var position = 0

    /// Draws `wordCount` words.
    ///
    /// - Parameter wordCount: at most 2²⁸ (2 GiB of keystream).
    /// - Throws: ``RandomnessError`` when the system gives no randomness; then there is no report.
    public init(wordCount: Int) throws(RandomnessError) {
        precondition((0...(1 << 28)).contains(wordCount), "one report draws at most 2²⁸ words")
        words = .allocate(capacity: wordCount)
        words.initialize(repeating: 0)
        // Whatever throws from here on, `deinit` wipes and frees: every stored property is set.
        if wordCount <= 8 {
            try SystemEntropy.fill(UnsafeMutableRawBufferPointer(words))
        } else {
            let key = try SecretKey.random()
            try ChaCha20.writeKeystream(key: key, into: words)
        }
    }

    deinit {
        let bytes = UnsafeMutableRawBufferPointer(words)
        dither_wipe(bytes.baseAddress, bytes.count)
        words.deallocate()
    }

    /// The next word; a caller draws at most as many as it asked for.
    @inlinable
    public mutating func next() -> UInt64 {
        precondition(position < words.count, "a mechanism draws no more words than it announces")
        defer { position += 1 }
        return words[position]
    }
}
