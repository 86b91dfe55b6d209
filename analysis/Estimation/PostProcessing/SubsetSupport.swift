/// How the supports of several values by one report depend on each other.
public enum SubsetSupport: Hashable, Sendable {
    /// A report supports at most one of them, as a category does. Support of any is then support of one merged value.
    case exclusive

    /// Given the device's value, a report supports each by itself, as bits do that are flipped one by one.
    case independent

    /// The variances of how many of the values a report supports, or upper bounds of them: where the device's own value
    /// is among them, and where it is not.
    case correlated(own: Double, other: Double)

    /// Whatever the dependence is, no standard deviation of a sum is above the sum of the standard deviations.
    static func worst(valueCount: Int, support: SupportProbabilities) -> SubsetSupport {
        let (own, other) = (support.truthfulVariance.squareRoot(), support.spuriousVariance.squareRoot())
        let (first, rest) = (own + Double(valueCount - 1) * other, Double(valueCount) * other)
        return .correlated(own: first * first, other: rest * rest)
    }

    /// From covariances that are the same for all pairs of values.
    ///
    /// - Parameters:
    ///   - withOwn: the covariance of the supports of the device's own value and of another one.
    ///   - betweenOthers: the covariance of the supports of two values that are not the device's own.
    public static func correlated(
        valueCount: Int, support: SupportProbabilities, withOwn: Double, betweenOthers: Double
    ) -> SubsetSupport {
        let (count, others) = (Double(valueCount), Double(valueCount - 1))
        let own =
            support.truthfulVariance + others * support.spuriousVariance + 2 * others * withOwn
            + others * max(0, others - 1) * betweenOthers
        let other = count * support.spuriousVariance + count * others * betweenOthers
        return .correlated(own: max(0, own), other: max(0, other))
    }
}

/// p* and q* of every value of an oracle.
public struct ValueSupport: Hashable, Sendable {
    /// The probabilities.
    public let probabilities: SupportProbabilities
    /// Whether "no event" has the same.
    public let includesAbsence: Bool

    /// These probabilities.
    public init(_ probabilities: SupportProbabilities, includesAbsence: Bool) {
        (self.probabilities, self.includesAbsence) = (probabilities, includesAbsence)
    }
}

/// How many of the reports are about any value of a set.
public struct SumEstimate: Hashable, Sendable {
    /// The estimate, with an interval of its own; ``FrequencyEstimate/pValue`` is of no device holding any of the values.
    public let estimate: FrequencyEstimate
    /// Whether the errors are upper bounds, since the dependence between the values is not known.
    public let isBound: Bool
    /// The probabilities of support of the set as of one value, where a report supports at most one value.
    public let support: SupportProbabilities?
    /// The count that the sum comes from, if it comes from one.
    public let origin: LinearCount?

    /// An estimate of these figures.
    public init(
        _ estimate: FrequencyEstimate, isBound: Bool, support: SupportProbabilities? = nil, origin: LinearCount? = nil
    ) {
        (self.estimate, self.isBound, self.support, self.origin) = (estimate, isBound, support, origin)
    }
}
