package import CKernels
internal import Dispatch

/// The Walsh–Hadamard transform of a power of two of integers in place: y ↦ Σ_w (−1)^|w ∧ v| y[w] at every index v, with
/// |w ∧ v| the number of bits that the two have in common. Exact, in additions alone.
///
/// Twice in a row it multiplies by the length.
public enum WalshHadamard {
    /// Transforms integers, the sum of whose magnitudes fits in 31 bits.
    ///
    /// - Complexity: n·log₂ n additions, a hundredth of a nanosecond or two each; on all cores above 2²⁰ integers. No memory
    ///   but that of the integers.
    public static func transform(_ values: inout [Int32]) { values.withUnsafeMutableBufferPointer { transform($0) } }

    /// Transforms integers, the sum of whose magnitudes fits in 63 bits.
    ///
    /// - Complexity: as for 32 bits where the sum fits in 31 bits, with four bytes an integer beside them; else n·log₂ n
    ///   additions of some tenth of a nanosecond.
    public static func transform(_ values: inout [Int]) { values.withUnsafeMutableBufferPointer { transform($0) } }

    /// Transforms integers in place.
    static func transform(_ values: UnsafeMutableBufferPointer<Int32>) {
        transform(values, with: dither_best_instruction_set())
    }

    /// Transforms integers in place, as narrow ones where no sum of them is wide.
    static func transform(_ values: UnsafeMutableBufferPointer<Int>) {
        guard areNarrow(values) else { return transformPortably(values) }
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: values.count) { narrow in
            for index in values.indices {
                narrow.initializeElement(at: index, to: Int32(truncatingIfNeeded: values[index]))
            }
            transform(narrow)
            for index in values.indices { values[index] = Int(narrow[index]) }
        }
    }

    /// Transforms by the instructions of a set that the machine has.
    package static func transform(
        _ values: UnsafeMutableBufferPointer<Int32>, with set: dither_instruction_set
    ) {
        guard let base = values.baseAddress else { preconditionFailure("a transform has at least one value") }
        let bitCount = bitCount(values.count)
        guard bitCount > sharedBitCount else { return dither_hadamard(base, UInt32(bitCount), set) }
        // Safe to share: first every thread has indices of its own in all parts, then parts of its own.
        nonisolated(unsafe) let shared = base
        let part = values.count / 8
        DispatchQueue.concurrentPerform(iterations: 8) { index in
            dither_hadamard_split(shared, UInt32(bitCount), index * part / 8, part / 8, set)
        }
        DispatchQueue.concurrentPerform(iterations: 8) { index in
            dither_hadamard(shared + index * part, UInt32(bitCount - 3), set)
        }
    }

    /// Above it, threads are worth their start.
    private static let sharedBitCount = 20

    private static func bitCount(_ count: Int) -> Int {
        precondition(count.nonzeroBitCount == 1, "a transform has a power of two of values")
        return count.trailingZeroBitCount
    }

    private static func areNarrow(_ values: UnsafeMutableBufferPointer<Int>) -> Bool {
        var sum: UInt = 0
        for value in values {
            // Magnitudes of 32 bits and more would wrap the sum of the others.
            guard value.magnitude <= UInt(Int32.max) else { return false }
            sum &+= value.magnitude
        }
        return sum <= UInt(Int32.max)
    }
}

// The same in Swift, for any integers: four quarters at a time, on all bits of one block before the next.
extension WalshHadamard {
    /// What fits a first-level cache.
    private static let blockBitCount = 12

    @inline(__always)
    package static func transformPortably<Count: FixedWidthInteger>(_ values: UnsafeMutableBufferPointer<Count>) {
        let bitCount = bitCount(values.count)
        guard let base = values.baseAddress else { return }
        divide(base, bitCount: bitCount)
    }

    /// The widest quarters first, so that what follows stays in ever smaller caches.
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
