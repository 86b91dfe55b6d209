/// How many reports of one period support each of the codes that stand for no value.
///
/// An honest report supports a code that is not its value's with the probability q*, whatever the value. So of a code that is no
/// value's the count is Bin(n, q*), for every population, while reports that are made to support some values support, or leave
/// out, whole sets of other codes with them.
public struct UnheldSupport: Sendable {
    /// The reports that support each.
    let counts: [Int]
    /// q*, up to rounding.
    let probability: Double

    /// Counts of codes that honest reports support with this probability, but for rounding.
    init(counts: [Int], probability: Double) { (self.counts, self.probability) = (counts, probability) }

    /// The logarithm of a bound on the probability that some count is as large, or as small: Bonferroni over the codes and
    /// both sides, each by ``ChernoffBound``.
    func logPValue(reportCount: Int) -> Double {
        let tails = counts.map { count in
            min(
                ChernoffBound.logUpperTail(count, of: reportCount, probability: min(1, probability * (1 + 1e-9))),
                ChernoffBound.logLowerTail(count, of: reportCount, probability: probability * (1 - 1e-9)))
        }
        return (tails.min() ?? 0).multiplied(by: 2 * Double(max(1, counts.count)))
    }
}
