internal import Foundation

/// How likely a report of a Bloom filter's bits is under each of some candidates, and under a string that is none of them.
///
/// A report's likelihood is that of the filter without a bit, times a ratio for each bit that the candidate sets: q*/p*
/// where the report has it set, (1 − q*)/(1 − p*) where it is clear. Only the candidate's bits are looked at, whatever k.
///
/// The other string is any: each of its hashes falls on each bit alike, and on different ones in different cohorts. Its
/// likelihood is the mean over the filters of all its kʰ hashes, which depends on the number of bits that the report has
/// set and on nothing else. google/rappor instead takes the bits that known strings leave over in a cohort for those of the others. That
/// fits the noise of the very reports it judges: of reports of which 29 % are about a missing string it finds 54 %.
public struct FilterLikelihoods: Sendable {
    /// Whether a value stands for all other strings: the last.
    public let includesOther: Bool

    private let bitCount: Int
    private let setRatio: Double
    private let clearRatio: Double
    /// Of each candidate in each cohort, its bits, each once; cohort by cohort.
    private let bits: [[Int32]]
    private let candidateCount: Int
    /// By the number of bits that a report has set, ln of the mean ratio of a string that is no candidate.
    private let otherLogs: [Double]

    /// Probabilities nearer to 0 or 1 would make reports impossible that a wrong parameter explains.
    private static let least = 1e-9

    /// Likelihoods under candidates.
    ///
    /// - Parameters:
    ///   - hashCount: h, of a string that is no candidate.
    ///   - bits: of each cohort and of each candidate the bits that it sets; two hashes may set the same.
    ///   - clear: p*, the probability that a report sets a bit that the value has clear, over all noise.
    ///   - set: q*, of one that the value has set.
    public init(
        bitCount: Int, hashCount: Int, bits: [[[Int]]], clear: Double, set: Double, includesOther: Bool
    ) {
        let (clear, set) = (min(max(clear, Self.least), 1 - Self.least), min(max(set, Self.least), 1 - Self.least))
        (self.bitCount, self.includesOther) = (bitCount, includesOther)
        (setRatio, clearRatio) = (set / clear, (1 - set) / (1 - clear))
        let candidateCount = bits.first?.count ?? 0
        precondition(bits.allSatisfy { $0.count == candidateCount }, "each cohort has all candidates")
        self.candidateCount = candidateCount
        self.bits = bits.flatMap { $0.map { Set($0).sorted().map(Int32.init) } }
        let ratios = (set / clear, (1 - set) / (1 - clear))
        otherLogs =
            includesOther
            ? (0...bitCount).map {
                log(Self.meanRatio(bitCount: bitCount, hashCount: hashCount, setCount: $0, ratios: ratios))
            } : []
    }

    /// Likelihoods under some of a design's candidates, by position, with the design's hashes of other strings.
    public init(
        of candidates: [Int], in design: FilterDesign, clear: Double, set: Double, includesOther: Bool
    ) {
        var bits = [[[Int]]](
            repeating: [[Int]](repeating: [], count: candidates.count), count: design.cohortCount)
        for (place, candidate) in candidates.enumerated() {
            for row in design.distinctRows(of: candidate) {
                let (cohort, bit) = row.quotientAndRemainder(dividingBy: design.bitCount)
                bits[cohort][place].append(bit)
            }
        }
        self.init(
            bitCount: design.bitCount, hashCount: design.hashCount, bits: bits, clear: clear, set: set,
            includesOther: includesOther)
    }

    /// How many values there are, with the other.
    public var valueCount: Int { candidateCount + (includesOther ? 1 : 0) }

    /// ln P(report | value) for each value, up to the likelihood of the filter without a bit.
    ///
    /// - Parameter words: the report's bits, bit i in bit i mod 64 of word ⌊i/64⌋.
    /// - Complexity: h for a candidate, k for the other.
    public func logLikelihoods(of words: [UInt64], cohort: Int) -> [Double] {
        let (whereSet, whereClear) = (log(setRatio), log(clearRatio))
        func isSet(_ bit: Int) -> Bool { words[bit / 64] >> UInt64(bit % 64) & 1 == 1 }
        var result = (0..<candidateCount).map { candidate in
            bits[cohort * candidateCount + candidate].reduce(0.0) { $0 + (isSet(Int($1)) ? whereSet : whereClear) }
        }
        if includesOther {
            result.append(otherLogs[words.reduce(0) { $0 + $1.nonzeroBitCount }])
        }
        return result
    }

    /// The mean over all filters of h hashes of the product of their bits' ratios, of a report with so many bits set.
    ///
    /// Hash by hash: a hash falls on one of the bits that those before it have set, or on a new one.
    private static func meanRatio(
        bitCount: Int, hashCount: Int, setCount: Int, ratios: (whereSet: Double, whereClear: Double)
    ) -> Double {
        let clearCount = bitCount - setCount, k = Double(bitCount)
        // states[i][j]: the chance of filters with i of the set bits and j of the clear ones, times their ratios.
        var states = [[1.0]]
        for _ in 0..<hashCount {
            let size = states.count + 1
            var next = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
            for (i, row) in states.enumerated() {
                for (j, weight) in row.enumerated() where weight > 0 {
                    next[i][j] += weight * Double(i + j) / k
                    next[i + 1][j] += weight * Double(setCount - i) / k * ratios.whereSet
                    next[i][j + 1] += weight * Double(clearCount - j) / k * ratios.whereClear
                }
            }
            states = next
        }
        return states.reduce(0) { $0 + $1.reduce(0, +) }
    }
}
