/// The bits of a value, before any noise.
public enum ValueBits: Sendable {
    /// Those of a Bloom filter of up to 256 bits, none for "no event".
    case filter(InlineArray<4, UInt64>)
    /// A single one. That of "no event" is the one after the last value's, which no vector has.
    case one(bit: Int)

    /// The word at an index of the vector. Takes the same time for every value.
    func word(at index: Int) -> UInt64 {
        switch self {
        case .filter(let words): return words[index]
        case .one(let bit):
            // All ones where the difference is 0, from which alone 1 cannot be taken; else zero.
            let isWord = 0 &- (((UInt64(index) ^ UInt64(bit) >> 6) &- 1) >> 63)
            return (1 as UInt64) << (UInt64(bit) & 63) & isWord
        }
    }
}
