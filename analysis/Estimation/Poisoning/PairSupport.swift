internal import Foundation

/// Which of a few values a report supports, and which of them it can tell apart.
public struct SupportedValues: Hashable, Sendable {
    /// The values whose support means something in this report, one bit each.
    let active: UInt16
    /// Those of them that it supports.
    let supported: UInt16
}

/// How often honest reports support two values at once, whatever their devices hold.
///
/// With x and y whether a report supports the values a and b, and q the probability that it supports a value that is not its
/// device's own, let Z = (x − q)(y − q). About a third value Z has the mean cov(x, y | neither), and about a itself
/// cov(x, y | a), as E[y | a] = q. Neither depends on how many devices hold what, and for independent bits both are 0: honest
/// reports have a sum of Z of at most n times the greater covariance, but for noise. A report that was made to support both has
/// Z = (1 − q)².
public struct PairSupport: Sendable {
    /// The most values that are looked at.
    public static let valueLimit = 16

    /// How many values are looked at.
    let valueCount: Int
    /// q.
    let spurious: Double
    /// The greatest mean of Z, at least 0.
    let mean: Double
    /// The greatest mean of Z².
    let square: Double
    /// The supported values of a stored payload, `nil` for one that is malformed.
    let supportedValues: @Sendable (Span<UInt8>) -> SupportedValues?

    /// Of so many values, by the covariances of two of them.
    init(
        valueCount: Int, support: SupportProbabilities, covariance: PairCovariance = PairCovariance(),
        supportedValues: @escaping @Sendable (Span<UInt8>) -> SupportedValues?
    ) {
        (self.valueCount, self.supportedValues) = (valueCount, supportedValues)
        let (truthful, spurious) = (support.truthful, support.spurious)
        func square(first: Double, covariance: Double) -> Double {
            let both = first * spurious + covariance, (one, none) = (1 - spurious, spurious)
            return both * pow(one, 4) + (first + spurious - 2 * both) * one * one * none * none
                + (1 - first - spurious + both) * pow(none, 4)
        }
        self.spurious = spurious
        mean = max(0, covariance.withOwn, covariance.betweenOthers)
        self.square = max(
            square(first: spurious, covariance: covariance.betweenOthers),
            square(first: truthful, covariance: covariance.withOwn))
    }

    /// The logarithm of a bound on the probability that some pair of values has so great a sum of Z.
    ///
    /// Bernstein's [BLM13] §2.8: with v the greatest mean square and b the greatest Z, P(S ≥ n·mean + t) ≤
    /// e^(−t²/(2(n·v + b·t/3))). The pairs that are looked at are those of the values with the largest estimates, which the reports
    /// themselves have chosen, so that the bound is multiplied by the number of all pairs.
    ///
    /// - Parameter pairCount: of all values that are estimated.
    func logPValue(_ sums: PairSums, pairCount: Double) -> Double {
        guard sums.reportCount > 0, valueCount >= 2 else { return 0 }
        let total = Double(sums.reportCount)
        // Of both supported, or of neither, whichever is rarer by chance.
        let largest = max(spurious * spurious, (1 - spurious) * (1 - spurious))
        let excess = sums.largest(of: valueCount) - total * mean
        guard excess > 0 else { return 0 }
        return (-excess * excess / (2 * (total * square + largest * excess / 3))).multiplied(by: max(1, pairCount))
    }
}

/// The covariances of the support of two values.
struct PairCovariance: Hashable, Sendable {
    /// Where the device holds one of them.
    var withOwn = 0.0
    /// Where it holds neither.
    var betweenOthers = 0.0
}

/// The sums of Z of ``PairSupport`` over reports, for all pairs of values.
struct PairSums {
    private(set) var reportCount = 0
    private var sums = [SIMD16<Double>](repeating: .zero, count: PairSupport.valueLimit)

    /// Adds the Z of all pairs of a report.
    mutating func add(_ values: SupportedValues, spurious: Double) {
        reportCount += 1
        var scores = SIMD16<Double>.zero
        for place in 0..<PairSupport.valueLimit where values.active >> UInt16(place) & 1 == 1 {
            scores[place] = Double(values.supported >> UInt16(place) & 1) - spurious
        }
        for place in sums.indices where values.active >> UInt16(place) & 1 == 1 {
            sums[place] += scores * scores[place]
        }
    }

    /// The largest sum of two different values among the first.
    func largest(of valueCount: Int) -> Double {
        var largest = -Double.infinity
        for first in 0..<valueCount {
            for second in 0..<first { largest = max(largest, sums[first][second]) }
        }
        return largest
    }
}
