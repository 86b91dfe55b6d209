import TestSupport

@testable import Estimation

/// A small design with random filters, and counts of reports about them.
struct FilterExample {
    let bitCount: Int
    let hashCount: Int
    let cohortSizes: [Int]
    /// The rows of each text; those at the end may be no candidates.
    let texts: [[Int32]]
    let candidateCount: Int

    init(
        bits: Int, hashes: Int, cohortSizes: [Int], candidates: Int, missing: Int = 0, noise: inout SeededNoise
    ) {
        (bitCount, hashCount, self.cohortSizes, candidateCount) = (bits, hashes, cohortSizes, candidates)
        var texts: [[Int32]] = []
        for _ in 0..<candidates + missing {
            texts.append(Self.text(bits: bits, hashes: hashes, cohorts: cohortSizes.count, noise: &noise))
        }
        self.texts = texts
    }

    init(bits: Int, hashes: Int, cohortSizes: [Int], texts: [[Int32]]) {
        (bitCount, hashCount, self.cohortSizes) = (bits, hashes, cohortSizes)
        (self.texts, candidateCount) = (texts, texts.count)
    }

    private static func text(bits: Int, hashes: Int, cohorts: Int, noise: inout SeededNoise) -> [Int32] {
        (0..<cohorts * hashes).map { place in
            Int32(place / hashes * bits) + Int32.random(in: 0..<Int32(bits), using: &noise)
        }
    }

    var design: FilterDesign {
        var design = FilterDesign(bitCount: bitCount, cohortCount: cohortSizes.count, hashCount: hashCount)
        for text in texts[..<candidateCount] { design.append(rows: text) }
        return design
    }

    /// X as zeros and ones, a list for each candidate.
    var matrix: [[Double]] {
        texts[..<candidateCount].map { text in
            var column = [Double](repeating: 0, count: bitCount * cohortSizes.count)
            for row in text { column[Int(row)] = 1 }
            return column
        }
    }

    /// The counts that are expected where the texts have these shares in every cohort, rounded.
    func expectedCounts(shares: [Double], clear: Double, set: Double) -> FilterCounts {
        var fractions = [Double](repeating: 0, count: bitCount * cohortSizes.count)
        for (share, text) in zip(shares, texts) {
            for row in Set(text) { fractions[Int(row)] += share }
        }
        let counts = fractions.enumerated().map { row, fraction in
            Int((Double(cohortSizes[row / bitCount]) * (clear + (set - clear) * fraction)).rounded())
        }
        return FilterCounts(bitCount: bitCount, cohortSizes: cohortSizes, setCounts: counts, clear: clear, set: set)
    }

    /// Counts with p* = 1/4 and q* = 3/4 where the texts have these shares of every cohort, and each other report is about
    /// a string that no one else has.
    func simulatedCounts(shares: [Double], noise: inout SeededNoise) -> FilterCounts {
        var holders = [Int](repeating: 0, count: bitCount * cohortSizes.count)
        for (cohort, size) in cohortSizes.enumerated() {
            var rest = size
            let rows = cohort * bitCount..<(cohort + 1) * bitCount
            for (share, text) in zip(shares, texts) {
                let count = Int(share * Double(size))
                rest -= count
                for row in Set(text) where rows.contains(Int(row)) { holders[Int(row)] += count }
            }
            for _ in 0..<rest {
                let bits = (0..<hashCount).map { _ in Int(noise.next() >> 32) % bitCount }
                for bit in Set(bits) { holders[cohort * bitCount + bit] += 1 }
            }
        }
        let counts = holders.enumerated().map { row, count in
            Self.binomial(count, isLikely: true, from: &noise)
                + Self.binomial(cohortSizes[row / bitCount] - count, isLikely: false, from: &noise)
        }
        return FilterCounts(bitCount: bitCount, cohortSizes: cohortSizes, setCounts: counts, clear: 0.25, set: 0.75)
    }

    private static func binomial(_ trials: Int, isLikely: Bool, from noise: inout SeededNoise) -> Int {
        var (count, left) = (0, trials)
        while left > 0 {
            let (first, second) = (noise.next(), noise.next()), lanes = isLikely ? first | second : first & second
            count += (left >= 64 ? lanes : lanes & (1 << UInt64(left) - 1)).nonzeroBitCount
            left -= 64
        }
        return count
    }
}

/// Whether two numbers are equal but for a share of the larger one, or of one.
func isNear(_ left: Double, _ right: Double, _ tolerance: Double, of scale: Double = 0) -> Bool {
    abs(left - right) <= tolerance * max(abs(left), abs(right), scale)
}
