internal import Foundation

/// Between which probabilities an honest report is each one of a mechanism's payloads, whatever its device holds.
///
/// A payload whose probability is between l and u about every value is sent by between l and u of the devices of any
/// population, but for noise. So j payloads together are sent by j·l to j·u of them, and at most by what all others leave. Too
/// many reports of a few payloads are what devices send that all craft the same few; too few reports of many payloads are what
/// is missing where devices send none of the noise.
public struct PayloadBounds: Sendable {
    /// l and u.
    let least, greatest: Double
    /// The probability of all payloads together; less than 1 where only some are counted.
    let total: Double

    /// Bounds that hold but for rounding, for which they are widened.
    init(least: Double, greatest: Double, total: Double = 1) {
        (self.least, self.greatest) = (max(0, least * (1 - 1e-9)), min(1, greatest * (1 + 1e-9)))
        self.total = total
    }

    /// Above so many payloads, only each by itself is looked at: sorting them would take longer than counting did.
    static let scannedPayloadLimit = 1 << 16

    /// The logarithm of a bound on the probability that counts of payloads are as uneven, or in some way more.
    ///
    /// For every j the j payloads with the most reports, and those with the fewest, are held against their bounds. As the reports
    /// choose them, the bound of ``ChernoffBound`` is multiplied by the ways to choose j of K, and by the 2K choices of j and
    /// side.
    func logPValue(counts: [Int], reportCount: Int) -> Double {
        guard reportCount > 0, let most = counts.max() else { return 0 }
        let payloads = Double(counts.count)
        guard counts.count <= Self.scannedPayloadLimit else {
            return ChernoffBound.logUpperTail(most, of: reportCount, probability: greatest).multiplied(by: payloads)
        }
        let sorted = counts.sorted()
        var (lowest, highest, best) = (0, 0, 0.0)
        for size in 1...counts.count {
            lowest += sorted[size - 1]
            highest += sorted[counts.count - size]
            let rest = payloads - Double(size)
            let ways = lgamma(payloads + 1) - lgamma(Double(size) + 1) - lgamma(rest + 1)
            let most = min(Double(size) * greatest, total - rest * least)
            best = min(best, ways + ChernoffBound.logUpperTail(highest, of: reportCount, probability: most))
            best = min(
                best, ways + ChernoffBound.logLowerTail(lowest, of: reportCount, probability: Double(size) * least))
        }
        return best.multiplied(by: 2 * payloads)
    }
}

extension Double {
    /// The logarithm of a probability, times a number of events, and at most that of 1.
    func multiplied(by count: Double) -> Double { min(0, self + log(count)) }
}
