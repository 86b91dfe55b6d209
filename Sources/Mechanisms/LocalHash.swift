/// The hash functions of local hashing: pairwise independent over their seeds, exactly.
///
/// A seed holds two words a (low) and b of W bits. An item x of the d ≤ 2^k goes to v = ((a·x + b) mod 2^W) >> (k − 1), a
/// number of ℓ = W − k + 1 bits, and from there to ⌊v·g / 2^ℓ⌋. Two items' v are independent and uniform [Die96]; so
/// their values meet with probability κ, ``collisionNumerator`` over 2^(2ℓ), which exceeds 1/g by less than g/2^(2ℓ). The proof is in the article <doc:OptimizedLocalHashing>.
public struct LocalHash: Hashable, Sendable {
    /// W, half of a seed's bits.
    public let wordBitCount: Int
    /// k − 1, by which a word is shifted.
    public let shift: Int
    /// g.
    public let valueCount: Int

    /// The functions of so many items and values, from seeds of so many bits: an even number of at most 64. Half of it
    /// has to be at least the bits of an item's index, and 2^ℓ at least g.
    init(itemCount: Int, valueCount: Int, seedBitCount: Int) {
        wordBitCount = seedBitCount / 2
        shift = Swift.max(0, Int.bitWidth - 1 - (itemCount - 1).leadingZeroBitCount)
        self.valueCount = valueCount
    }

    /// ℓ.
    public var bucketBitCount: Int { wordBitCount - shift }

    /// The value of an item under a function. No branch and no index depends on either.
    @inlinable
    public func value(of item: Int, seed: UInt64) -> Int {
        let mask: UInt64 = (1 << UInt64(wordBitCount)) &- 1
        let (multiplier, offset) = (seed & mask, seed >> UInt64(wordBitCount) & mask)
        let bucket = (multiplier &* UInt64(item) &+ offset) & mask
        return Int(((bucket >> UInt64(shift)) &* UInt64(valueCount)) >> UInt64(bucketBitCount))
    }

    /// The first of the 2^ℓ buckets that go to a value; for `valueCount`, their number.
    public func firstBucket(of value: Int) -> UInt64 {
        let product = UInt64(value) << UInt64(bucketBitCount)
        return (product + UInt64(valueCount - 1)) / UInt64(valueCount)
    }

    /// The pairs of buckets that go to one value: κ over 2^(2ℓ). Below 2⁶⁴, as no value has all buckets.
    public var collisionNumerator: UInt64 {
        let (count, more) = (UInt64(1) << UInt64(bucketBitCount)).quotientAndRemainder(dividingBy: UInt64(valueCount))
        return (UInt64(valueCount) - more) * count * count + more * (count + 1) * (count + 1)
    }
}
