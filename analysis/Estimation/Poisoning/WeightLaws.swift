/// How many bits of an honest report are set, whatever its device holds.
///
/// Of k bits those that the value sets, which are j, are each set in the report with probability p and the others with q, all
/// independent: the weight is Bin(j, p) + Bin(k − j, q). Where every value sets one bit this is one law for all reports, and
/// their weights are independent draws from it. Where j varies, as with filters whose bits coincide, each report has one of a few
/// laws, and of every event that is said of a weight the least and the greatest probability is known.
public struct WeightLaws: Sendable {
    /// k.
    let bitCount: Int
    /// In a stored payload, the byte from which on its bits are counted.
    let firstByte: Int
    /// For each weight, the greatest probability of just that one, of it or more, and of it or fewer.
    private let single, upper, lower: [Double]

    /// The laws of k bits of which a value sets as many as one of `trueBits`.
    public init(bitCount: Int, support: SupportProbabilities, trueBits: ClosedRange<Int> = 1...1, firstByte: Int = 0) {
        self.init(
            laws: trueBits.map { Self.law(bitCount: bitCount, trueBits: $0, support: support) }, firstByte: firstByte)
    }

    /// These laws, each with a probability for every weight from 0 up.
    init(laws: [[Double]], firstByte: Int) {
        (bitCount, self.firstByte) = (laws[0].count - 1, firstByte)
        let upperTails = laws.map { Array(Self.runningSums($0.reversed()).reversed()) }
        let lowerTails = laws.map(Self.runningSums)
        (single, upper, lower) = (Self.greatest(laws), Self.greatest(upperTails), Self.greatest(lowerTails))
    }

    /// Bin(j, p) + Bin(k − j, q).
    package static func law(bitCount: Int, trueBits: Int, support: SupportProbabilities) -> [Double] {
        let own = BinomialDistribution(trialCount: trueBits, probability: support.truthful)
        let others = BinomialDistribution(trialCount: bitCount - trueBits, probability: support.spurious)
        let (ownLaw, otherLaw) = ((0...trueBits).map(own.density), (0...bitCount - trueBits).map(others.density))
        var law = [Double](repeating: 0, count: bitCount + 1)
        for (ones, probability) in ownLaw.enumerated() {
            for (more, other) in otherLaw.enumerated() { law[ones + more] += probability * other }
        }
        return law
    }

    /// The logarithm of a bound on the probability that so many reports have each weight, or that they differ from the laws by
    /// as much in another way: Bonferroni over three events a weight, each by ``ChernoffBound``.
    func logPValue(counts: [Int]) -> Double {
        let total = counts.reduce(0, +)
        guard total > 0 else { return 0 }
        var (least, below) = (0.0, 0)
        for weight in 0...bitCount {
            let count = counts[weight]
            least = min(least, ChernoffBound.logUpperTail(count, of: total, probability: single[weight]))
            least = min(least, ChernoffBound.logUpperTail(total - below, of: total, probability: upper[weight]))
            below += count
            least = min(least, ChernoffBound.logUpperTail(below, of: total, probability: lower[weight]))
        }
        return least.multiplied(by: 3 * Double(bitCount + 1))
    }

    private static func runningSums(_ terms: some Sequence<Double>) -> [Double] {
        var sum = 0.0
        return terms.map { term in
            sum += term
            return sum
        }
    }

    /// The greatest of each place, rounded up by more than sums of rounded terms are off.
    private static func greatest(_ rows: [[Double]]) -> [Double] {
        rows[0].indices.map { index in min(1, (rows.map { $0[index] }.max() ?? 0) * (1 + 1e-10)) }
    }
}
