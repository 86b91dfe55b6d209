/// A family of hash functions of numbers of r bits with answers of s bits, under which any two numbers meet for exactly
/// one seed in 2^s.
///
/// Numbers and seeds are elements of the field of 2^r elements, and the answer is the s low bits of their product. For
/// x ≠ y the products differ by a·(x + y), which takes every value once as the seed a takes every value, so that the low
/// bits agree for 2^(r−s) of the 2^r seeds.
public struct BinaryFieldHash: Hashable, Sendable {
    /// r, in `1...16`.
    public let degree: Int
    /// s, in `1...r`.
    public let answerBitCount: Int

    private let polynomial: UInt32

    /// The least degree with room for so many numbers.
    public static func degree(for count: Int) -> Int { max(1, Int.bitWidth - (count - 1).leadingZeroBitCount) }

    /// The family for numbers below 2^`degree`.
    public init(degree: Int, answerBitCount: Int) {
        precondition(
            (1...16).contains(degree) && (1...degree).contains(answerBitCount), "an answer is part of a number")
        (self.degree, self.answerBitCount) = (degree, answerBitCount)
        polynomial = Self.polynomials[degree - 1]
    }

    /// How many seeds there are; as many as numbers.
    public var seedCount: Int { 1 << degree }

    /// The answer of a seed about a number: the same steps for all of both.
    @inlinable
    public func answer(to number: Int, seed: Int) -> Int {
        Int(product(UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: seed))) & (1 << answerBitCount &- 1)
    }

    @usableFromInline
    func product(_ number: UInt32, _ seed: UInt32) -> UInt32 {
        var (sum, shifted) = (0 as UInt32, number)
        for bit in 0..<UInt32(degree) {
            sum ^= shifted & (0 &- (seed &>> bit & 1))
            shifted <<= 1
            shifted ^= polynomial & (0 &- (shifted &>> UInt32(degree)))
        }
        return sum
    }

    /// An irreducible polynomial of each degree from 1 to 16, its coefficients as bits.
    private static let polynomials: [UInt32] = [
        0x3, 0x7, 0xB, 0x13, 0x25, 0x43, 0x83, 0x11B, 0x203, 0x409, 0x805, 0x1009, 0x201B, 0x4021, 0x8003, 0x1002B,
    ]
}
