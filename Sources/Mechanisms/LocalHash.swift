/// The hash functions of local hashing: independent for every three items, exactly.
///
/// A seed holds, from its low bits on, three elements c, b and a of the field of 2^m elements. An item x is one too, by its
/// index, and goes to v = a·x² + b·x + c and from there to ⌊v·g / 2^m⌋. Three items' v are independent and uniform [WC81]. So
/// the values of two meet with probability κ, ``collisionNumerator`` over 2^(2m), which exceeds 1/g by less than g/2^(2m), and
/// the supports of two items are uncorrelated whatever the device holds. The proof is in <doc:OptimizedLocalHashing>.
public struct LocalHash: Hashable, Sendable {
    /// m, a third of a seed's bits.
    public let elementBitCount: Int
    /// g.
    public let valueCount: Int

    /// The numbers of bits that seeds have: 63, and fewer for audits to enumerate.
    static let seedBitCounts = [6, 9, 12, 15, 63]

    /// The functions of so many values, at most 2^m, from seeds of so many bits.
    init(valueCount: Int, seedBitCount: Int) {
        (elementBitCount, self.valueCount) = (seedBitCount / 3, valueCount)
    }

    /// c, b and a of a seed.
    public func coefficients(of seed: UInt64) -> (constant: UInt64, linear: UInt64, square: UInt64) {
        let bitCount = UInt64(elementBitCount), mask: UInt64 = (1 << bitCount) - 1
        return (seed & mask, seed >> bitCount & mask, seed >> (2 * bitCount) & mask)
    }

    /// The value of an item under a function. No branch and no index depends on either.
    public func value(of item: Int, seed: UInt64) -> Int {
        let (constant, linear, square) = coefficients(of: seed), item = UInt64(item)
        let element = product(product(square, item) ^ linear, item) ^ constant
        return Int((element &* UInt64(valueCount)) >> UInt64(elementBitCount))
    }

    /// Twice an element's polynomial: modulo x^m + x + 1, or for m of at least 5 modulo x^m + x² + 1. For m of 2 to 5 and 21
    /// these are irreducible.
    public func doubled(_ element: UInt64) -> UInt64 {
        let modulus: UInt64 = 1 << UInt64(elementBitCount) | (elementBitCount < 5 ? 0b011 : 0b101)
        let doubled = element << 1
        return doubled ^ (modulus & (0 &- (doubled >> UInt64(elementBitCount))))
    }

    private func product(_ left: UInt64, _ right: UInt64) -> UInt64 {
        var (sum, multiple): (UInt64, UInt64) = (0, left)
        for bit in 0..<UInt64(elementBitCount) {
            sum ^= multiple & (0 &- (right >> bit & 1))
            multiple = doubled(multiple)
        }
        return sum
    }

    /// The first of the 2^m elements that go to a value; for `valueCount`, their number.
    public func firstElement(of value: Int) -> UInt64 {
        let product = UInt64(value) << UInt64(elementBitCount)
        return (product + UInt64(valueCount - 1)) / UInt64(valueCount)
    }

    /// The pairs of elements that go to one value: κ over 2^(2m).
    public var collisionNumerator: UInt64 {
        let (count, more) = (UInt64(1) << UInt64(elementBitCount)).quotientAndRemainder(
            dividingBy: UInt64(valueCount))
        return (UInt64(valueCount) - more) * count * count + more * (count + 1) * (count + 1)
    }
}
