/// An unsigned integer of any width, for thresholds and the likelihoods they make.
///
/// Only what proofs about public parameters need: sums, products, shifts, a division by one word, comparison. Nothing
/// here runs when a value is randomized.
public struct WideUnsigned: Hashable, Comparable, Sendable {
    /// Little-endian words without leading zeros; empty for zero.
    package private(set) var words: [UInt64]

    /// A one-word integer.
    public init(_ value: UInt64) { words = value == 0 ? [] : [value] }

    /// The words in little-endian order; leading zeros are dropped.
    package init(words: [UInt64]) {
        self.words = words
        while self.words.last == 0 { self.words.removeLast() }
    }

    /// Zero.
    public static let zero = WideUnsigned(0)

    /// Whether this is zero.
    public var isZero: Bool { words.isEmpty }

    /// The exact sum.
    public static func + (left: Self, right: Self) -> Self {
        var sum: [UInt64] = [], carry = false
        sum.reserveCapacity(max(left.words.count, right.words.count) + 1)
        for index in 0..<max(left.words.count, right.words.count) {
            let (first, overflow) = left.word(index).addingReportingOverflow(right.word(index))
            let (second, carryOverflow) = first.addingReportingOverflow(carry ? 1 : 0)
            sum.append(second)
            carry = overflow || carryOverflow
        }
        if carry { sum.append(1) }
        return Self(words: sum)
    }

    /// The exact difference; `right` must not be above `left`.
    public static func - (left: Self, right: Self) -> Self {
        precondition(left >= right, "an unsigned difference is not negative")
        var difference: [UInt64] = [], borrow = false
        for index in 0..<left.words.count {
            let (first, underflow) = left.words[index].subtractingReportingOverflow(right.word(index))
            let (second, borrowUnderflow) = first.subtractingReportingOverflow(borrow ? 1 : 0)
            difference.append(second)
            borrow = underflow || borrowUnderflow
        }
        return Self(words: difference)
    }

    /// The exact product.
    ///
    /// - Complexity: the product of the two word counts.
    public static func * (left: Self, right: Self) -> Self {
        var product = [UInt64](repeating: 0, count: left.words.count + right.words.count)
        for (i, multiplier) in left.words.enumerated() {
            var carry: UInt64 = 0
            for (j, multiplicand) in right.words.enumerated() {
                let sum = UInt128(multiplier) * UInt128(multiplicand) + UInt128(product[i + j]) + UInt128(carry)
                product[i + j] = UInt64(truncatingIfNeeded: sum)
                carry = UInt64(truncatingIfNeeded: sum >> 64)
            }
            product[i + right.words.count] = carry
        }
        return Self(words: product)
    }

    /// The quotient by one word, rounded down.
    public static func / (dividend: Self, divisor: UInt64) -> Self {
        precondition(divisor > 0, "a divisor is not zero")
        var quotient = dividend.words, remainder: UInt64 = 0
        for index in quotient.indices.reversed() {
            (quotient[index], remainder) = divisor.dividingFullWidth((remainder, quotient[index]))
        }
        return Self(words: quotient)
    }

    /// The product with a power of two.
    public static func << (value: Self, bitCount: Int) -> Self {
        let (wordShift, bitShift) = (bitCount / 64, UInt64(bitCount % 64))
        let shifted = value * Self(1 << bitShift)
        return Self(words: [UInt64](repeating: 0, count: wordShift) + shifted.words)
    }

    public static func < (left: Self, right: Self) -> Bool {
        guard left.words.count == right.words.count else { return left.words.count < right.words.count }
        for index in left.words.indices.reversed() where left.words[index] != right.words[index] {
            return left.words[index] < right.words[index]
        }
        return false
    }

    private func word(_ index: Int) -> UInt64 { index < words.count ? words[index] : 0 }
}
