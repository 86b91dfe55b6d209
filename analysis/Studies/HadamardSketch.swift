internal import Estimation
internal import Mechanisms
internal import SecureRandomness

/// The Hadamard count mean sketch of [Apple17] at the level of its counters: a report names a row and a column, and has
/// one bit, the Hadamard matrix's entry there for the text's place, flipped with the mechanism's probability.
struct HadamardSketch: Sendable {
    let rowCount: Int, width: Int
    /// The probabilities that the bit is the matrix's entry, and that it is not.
    let support: SupportProbabilities

    /// The factor that undoes the flips: 1 / (p − q).
    var scale: Double { 1 / support.gap }

    /// The estimated counts of the texts of these keys, when each occurs so often.
    ///
    /// - Complexity: a report takes one random store, a row `width`·log₂ `width` additions.
    func estimates(of counts: [(key: SketchKey, count: Int)], seed: UInt64, from noise: inout StudyNoise) -> [Double] {
        let rows = (0..<rowCount).map { SketchRow($0, seed: seed, width: width) }
        var sums = [Int32](repeating: 0, count: rowCount * width)
        var reportCount = 0
        sums.withUnsafeMutableBufferPointer { sums in
            for (key, count) in counts {
                reportCount += count
                for _ in 0..<count {
                    let row = noise.index(below: rowCount), column = noise.index(below: width)
                    let isNegative = (column & rows[row].place(of: key)).nonzeroBitCount & 1 == 1
                    let isFlipped = noise.uniform() < support.spurious
                    sums[row * width + column] += isNegative == isFlipped ? 1 : -1
                }
            }
            for row in 0..<rowCount {
                Self.transform(UnsafeMutableBufferPointer(rebasing: sums[row * width..<(row + 1) * width]))
            }
        }
        let (columns, total) = (Double(width), Double(reportCount))
        return counts.map { key, _ in
            let sum = rows.enumerated().reduce(0) { $0 + Int(sums[$1.offset * width + $1.element.place(of: key)]) }
            return columns / (columns - 1) * (scale * Double(sum) - total / columns)
        }
    }

    /// The Walsh–Hadamard transform, in place.
    static func transform(_ values: UnsafeMutableBufferPointer<Int32>) {
        var half = 1
        while half < values.count {
            for start in stride(from: 0, to: values.count, by: 2 * half) {
                for index in start..<start + half {
                    let (left, right) = (values[index], values[index + half])
                    values[index] = left &+ right
                    values[index + half] = left &- right
                }
            }
            half *= 2
        }
    }
}
