/// The Walsh–Hadamard transform of a power of two of integers in place: y ↦ Σ_w (−1)^|w ∧ v| y[w] at every index v, with
/// |w ∧ v| the number of bits that the two have in common. Exact, in additions alone.
///
/// Twice in a row it multiplies by the length.
public enum WalshHadamard {
    /// Transforms integers, the sum of whose magnitudes fits in 31 bits.
    ///
    /// - Complexity: n·log₂ n additions, eight in a nanosecond or two.
    public static func transform(_ values: inout [Int32]) { values.withUnsafeMutableBufferPointer { transform($0) } }

    /// Transforms integers, the sum of whose magnitudes fits in 63 bits.
    ///
    /// - Complexity: n·log₂ n additions.
    public static func transform(_ values: inout [Int]) { values.withUnsafeMutableBufferPointer { transform($0) } }

    /// Transforms integers in place.
    static func transform(_ values: UnsafeMutableBufferPointer<Int32>) { transformAll(values) }

    /// Transforms integers in place.
    static func transform(_ values: UnsafeMutableBufferPointer<Int>) { transformAll(values) }

    /// What fits a first-level cache: from here on all steps are made on one block before the next.
    private static let blockBitCount = 12

    @inline(__always)
    private static func transformAll<Count: FixedWidthInteger>(_ values: UnsafeMutableBufferPointer<Count>) {
        precondition(values.count.nonzeroBitCount == 1, "a transform has a power of two of values")
        guard let base = values.baseAddress else { return }
        divide(base, bitCount: values.count.trailingZeroBitCount)
    }

    /// Four quarters at a time, the widest first, so that what follows stays in ever smaller caches.
    private static func divide<Count: FixedWidthInteger>(_ base: UnsafeMutablePointer<Count>, bitCount: Int) {
        guard bitCount > blockBitCount else { return transformBlock(base, bitCount: bitCount) }
        let quarter = 1 << (bitCount - 2)
        mix(base, quarter: quarter)
        for part in 0..<4 { divide(base + part * quarter, bitCount: bitCount - 2) }
    }

    @inline(__always)
    private static func transformBlock<Count: FixedWidthInteger>(_ base: UnsafeMutablePointer<Count>, bitCount: Int) {
        let count = 1 << bitCount
        var rest = bitCount
        while rest >= 2 {
            let quarter = 1 << (rest - 2)
            for start in stride(from: 0, to: count, by: 4 * quarter) { mix(base + start, quarter: quarter) }
            rest -= 2
        }
        guard rest == 1 else { return }
        for index in stride(from: 0, to: count, by: 2) {
            let (first, second) = (base[index], base[index + 1])
            (base[index], base[index + 1]) = (first &+ second, first &- second)
        }
    }

    /// Two steps at once: of the four values that differ in two bits of their index.
    @inline(__always)
    private static func mix<Count: FixedWidthInteger>(_ base: UnsafeMutablePointer<Count>, quarter: Int) {
        for index in 0..<quarter {
            let (a, b) = (base[index], base[index + quarter])
            let (c, d) = (base[index + 2 * quarter], base[index + 3 * quarter])
            let (sum, difference, otherSum, otherDifference) = (a &+ b, a &- b, c &+ d, c &- d)
            base[index] = sum &+ otherSum
            base[index + quarter] = difference &+ otherDifference
            base[index + 2 * quarter] = sum &- otherSum
            base[index + 3 * quarter] = difference &- otherDifference
        }
    }
}
