public import LocalPrivacy
public import SecureRandomness

/// A probability that is sampled for 64 lanes at once: in every lane a uniform word is compared with one threshold, one
/// bit of all lanes a step.
///
/// The steps go from the least kept bit of the threshold T to the highest. With r the complements of 64 fresh bits,
/// `below = T_k ? below | r : below & r` makes `below` hold, in each lane, whether the bits seen so far are below those
/// of T. Which steps are taken depends on the public T alone, so time tells neither value nor noise. To keep the chain
/// short, T is a multiple of 2⁴⁰, or below 2⁵⁶ of 2³²: at most 2⁻¹⁶ of it are given away.
public struct LaneThreshold: Hashable, Sendable {
    /// T: the event is a word below it.
    public let numerator: UInt64

    /// The least probability not below `numerator` / 2⁶⁴ that a chain samples; `nil` if that would be certainty.
    public init?(atLeast numerator: UInt64) {
        let unit = Self.unit(for: numerator)
        let (sum, overflows) = numerator.addingReportingOverflow(unit - 1)
        guard !overflows else { return nil }
        self.numerator = sum & ~(unit - 1)
    }

    /// The greatest probability not above `numerator` / 2⁶⁴ that a chain samples.
    public init(atMost numerator: UInt64) { self.numerator = numerator & ~(Self.unit(for: numerator) - 1) }

    /// The probability of exactly this threshold.
    ///
    /// - Throws: ``ParameterError/thresholdOutOfRange(threshold:allowed:)`` where a chain does not sample it.
    public init(exactly numerator: UInt64) throws(ParameterError) {
        self.init(atMost: numerator)
        guard self.numerator == numerator, numerator > 0 else {
            throw .thresholdOutOfRange(threshold: numerator, allowed: 1 << 32...(.max << 40))
        }
    }

    /// The steps of the chain: bits ``firstLevel`` to 63 of T.
    public var levelCount: Int { 64 - firstLevel }

    /// The least kept bit of T.
    public var firstLevel: Int { numerator >= 1 << 56 ? 40 : 32 }

    /// How many words ``draw(wordCount:using:)`` takes for so many words of lanes.
    public func noiseWordCount(for wordCount: Int) -> Int { levelCount * wordCount }

    /// For each lane of `wordCount` words whether the event happens. Takes the source's words level by level, the least
    /// kept bit first, and within a level in the order of the lanes.
    ///
    /// - Complexity: an operation for each of ``noiseWordCount(for:)`` words, eight at a time.
    @inlinable
    public func draw<Source: NoiseSource & ~Copyable>(wordCount: Int, using source: inout Source) -> [UInt64] {
        source.withNext(noiseWordCount(for: wordCount)) { lanes(wordCount: wordCount, noise: $0) }
    }

    @usableFromInline
    func lanes(wordCount: Int, noise: Span<UInt64>) -> [UInt64] {
        [UInt64](wordCount: wordCount) { write(wordCount: wordCount, noise: noise, to: &$0, from: 0) }
    }

    /// The same of noise that is there already, ``noiseWordCount(for:)`` words of it, written to bytes from a place on. What
    /// the bytes have no room for is left out of the last word.
    func write(wordCount: Int, noise: Span<UInt64>, to lanes: inout MutableRawSpan, from start: Int) {
        precondition(noise.count == noiseWordCount(for: wordCount), "a chain takes a word a level for each of its own")
        let levels = decidingLevels, stride = 8 * wordCount
        let bytes = unsafe noise.bytes
        var index = 0
        while index + 8 <= wordCount, start + 8 * (index + 8) <= lanes.byteCount {
            // The complement of the lanes, so that noise need not be complemented.
            var others = ~SIMD8<UInt64>()
            var offset = (levels.lowerBound - firstLevel) * stride + 8 * index
            for level in levels {
                // Bounds are checked, and a vector of integers has no value that is not valid.
                let random = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD8<UInt64>.self)
                others = numerator >> UInt64(level) & 1 == 1 ? others & random : others | random
                offset += stride
            }
            lanes.setWords(~others, at: index, from: start)
            index += 8
        }
        while index < wordCount {
            lanes.setWord(word(index, of: wordCount, noise: noise), at: index, from: start)
            index += 1
        }
    }

    /// The lanes of one word.
    func word(_ index: Int, of wordCount: Int, noise: Span<UInt64>) -> UInt64 {
        let levels = decidingLevels
        var (others, position) = (UInt64.max, (levels.lowerBound - firstLevel) * wordCount + index)
        for level in levels {
            others = numerator >> UInt64(level) & 1 == 1 ? others & noise[position] : others | noise[position]
            position += wordCount
        }
        return ~others
    }

    /// The levels from the least bit that is set: before it no lane is below.
    private var decidingLevels: Range<Int> { max(firstLevel, numerator.trailingZeroBitCount)..<64 }

    private static func unit(for numerator: UInt64) -> UInt64 { numerator >= 1 << 56 ? 1 << 40 : 1 << 32 }
}
