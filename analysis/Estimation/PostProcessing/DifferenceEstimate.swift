internal import Foundation

/// One side of a difference: an estimated frequency, or mean place in a range, of a group.
public struct GroupFigure: Hashable, Sendable {
    /// The estimate.
    public let value: Double
    /// Its standard error.
    public let standardError: Double
    /// Its own interval, of the confidence that the difference claims.
    public let interval: ClosedRange<Double>
    /// The count it comes from, if it comes from one.
    public let origin: LinearCount?

    /// An estimate of these figures.
    public init(value: Double, standardError: Double, interval: ClosedRange<Double>, origin: LinearCount?) {
        (self.value, self.standardError, self.interval, self.origin) = (value, standardError, interval, origin)
    }

    /// A frequency.
    public init(_ estimate: FrequencyEstimate, reportCount: Int, origin: LinearCount?) {
        self.init(
            value: estimate.frequency, standardError: estimate.standardError / Double(reportCount),
            interval: estimate.interval, origin: origin)
    }
}

/// By how much something is more in one group than in another.
///
/// The variance is the sum of both. For fresh noise that is exact, also where the same devices are in both groups: what
/// is random is their noise alone, and every report has its own. Memoized noise is shared by the reports of one device
/// about one value, and by nothing else; so the covariance of two groups is a sum of variances of shared noise, never
/// negative, and the sum of both variances an upper bound, whichever devices are in both.
public struct DifferenceEstimate: Hashable, Sendable {
    /// The first less the second: unbiased, not clipped.
    public let difference: Double

    /// √(σ₁² + σ₂²), an upper bound where noise is shared; σ₁ + σ₂ where nothing is known of the covariance.
    public let standardError: Double

    /// Covers the true difference with the confidence of the figures' intervals, for the devices that reported.
    ///
    /// d − √((x₁ − l₁)² + (u₂ − x₂)²) and d + √((u₁ − x₁)² + (x₂ − l₂)²), from the intervals l…u of both estimates x
    /// [ZD08]: for normal ones d ± z·√(σ₁² + σ₂²), and as lopsided as they are where exact tails widen them. Where either
    /// count is scarce, half of the larger step that one report makes is added on both sides.
    public let interval: ClosedRange<Double>

    /// The probability of at least this distance, on either side, if there were no difference.
    ///
    /// That of a normal distribution with the standard error. Where either count is scarce, the larger of this and twice
    /// Chernoff's bound for two sums of bounded numbers of one unknown mean, the worst that there is.
    public let pValue: Double

    /// `first` less `second`.
    ///
    /// - Parameter mayVaryApart: whether the errors of both can have a negative covariance.
    public init(_ first: GroupFigure, minus second: GroupFigure, mayVaryApart: Bool = false) {
        difference = first.value - second.value
        func together(_ one: Double, _ other: Double) -> Double {
            mayVaryApart ? one + other : (one * one + other * other).squareRoot()
        }
        standardError = together(first.standardError, second.standardError)
        let scarce = Self.scarceCounts(first, second)
        // A normal distribution for a count that moves in steps reaches to the middle of the next one.
        let step = scarce.map { max($0.step, $1.step) / 2 } ?? 0
        func reach(_ one: Double, _ other: Double) -> Double { together(one, other) + step }
        let below = reach(first.value - first.interval.lowerBound, second.interval.upperBound - second.value)
        let above = reach(first.interval.upperBound - first.value, second.value - second.interval.lowerBound)
        interval = difference - below...difference + above
        var pValue = 1.0
        if difference != 0 {
            pValue = standardError > 0 ? 2 * NormalDistribution.upperTail(from: abs(difference) / standardError) : 0
        }
        if let (one, other) = scarce {
            pValue = max(pValue, Self.tailBound(abs(difference), difference > 0 ? (one, other) : (other, one)))
        }
        self.pValue = pValue
    }

    private init(difference: Double, standardError: Double, interval: ClosedRange<Double>, pValue: Double) {
        (self.difference, self.standardError) = (difference, standardError)
        (self.interval, self.pValue) = (interval, pValue)
    }

    /// This in units of which one of its own has so many, more than 0.
    public func scaled(by factor: Double) -> DifferenceEstimate {
        DifferenceEstimate(
            difference: difference * factor, standardError: standardError * factor,
            interval: interval.lowerBound * factor...interval.upperBound * factor, pValue: pValue)
    }

    /// The counts, where one of them varies too little for a normal distribution.
    private static func scarceCounts(_ first: GroupFigure, _ second: GroupFigure) -> (LinearCount, LinearCount)? {
        guard let one = first.origin, let other = second.origin,
            one.isScarce(at: first.value) || other.isScarce(at: second.value)
        else { return nil }
        return (one, other)
    }

    /// Twice the least upper bound, over the tilt t, of e^(−t·d)·E e^(t·(x₁ − x₂)), for the frequency of both that makes it
    /// largest.
    ///
    /// The exponent is convex in the tilt and concave in the frequency, so that intervals around the optimum can be
    /// narrowed; any tilt gives a bound, and a frequency off the worst one by 10⁻⁸ changes no digit that is shown.
    private static func tailBound(_ distance: Double, _ counts: (LinearCount, LinearCount)) -> Double {
        guard distance > 0 else { return 1 }
        func exponent(_ tilt: Double) -> Double {
            greatest(in: 0...1) { frequency in
                counts.0.logMoment(tilt, frequency: frequency) + counts.1.logMoment(-tilt, frequency: frequency)
            } - tilt * distance
        }
        // Beyond the tilt where the bound is above that of a smaller one, it rises.
        var high = 1.0
        while high < 1e12, exponent(2 * high) < exponent(high) { high *= 2 }
        return min(1, 2 * exp(-greatest(in: 0...2 * high) { -exponent($0) }))
    }

    /// The maximum of a concave function, by golden sections.
    private static func greatest(in range: ClosedRange<Double>, _ function: (Double) -> Double) -> Double {
        let golden = 0.6180339887498949
        var (low, high) = (range.lowerBound, range.upperBound)
        var (left, right) = (high - golden * (high - low), low + golden * (high - low))
        var (atLeft, atRight) = (function(left), function(right))
        for _ in 0..<40 {
            if atLeft < atRight {
                (low, left, atLeft) = (left, right, atRight)
                right = low + golden * (high - low)
                atRight = function(right)
            } else {
                (high, right, atRight) = (right, left, atLeft)
                left = high - golden * (high - low)
                atLeft = function(left)
            }
        }
        return max(atLeft, atRight, function(range.lowerBound), function(range.upperBound))
    }
}
