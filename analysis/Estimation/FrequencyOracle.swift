public import Mechanisms

/// Why candidates have no estimates.
public enum EstimationError: Error, Hashable, Sendable {
    /// A candidate, counted from 0, is none of the mechanism's values.
    case candidateOutOfDomain(position: Int)
    /// There are more candidates than the reports can tell apart.
    case tooManyCandidates(count: Int, limit: Int)
    /// Candidates, counted from 0, that the mechanism's bits cannot tell from others.
    case indistinguishable(positions: [Int])
    /// libcrypto lacks an algorithm that candidates are hashed with.
    case algorithmUnavailable(name: String)
}

/// What is told while estimates are made: how many of how many parts are done.
public typealias EstimationProgress = (_ done: Int, _ total: Int) -> Void

/// The analyst's role in a mechanism for values that are counted: estimates how often each occurs among the reports.
public protocol FrequencyOracle: ReportCounter {
    /// Whether "no event" has an estimate of its own; by default, where it is reported.
    var estimatesAbsence: Bool { get }

    /// How often each candidate occurs among the reports, in the order of the candidates; empty if there are none.
    ///
    /// Estimates are of reports, not of devices: a device that reported on three days counts three times.
    ///
    /// - Parameters:
    ///   - candidates: values of the mechanism's domain, each once. They share the error rate of detection.
    ///   - progress: called from time to time.
    /// - Throws: ``EstimationError``.
    func estimates(
        of candidates: [MechanismInput], from reports: PooledReports<Aggregate>, confidence: ConfidenceLevel,
        progress: EstimationProgress
    ) throws(EstimationError) -> [FrequencyEstimate]

    /// The same estimates, and what they leave to say beside the frequencies; by default nothing.
    func remarkedEstimates(
        of candidates: [MechanismInput], from reports: PooledReports<Aggregate>, confidence: ConfidenceLevel,
        progress: EstimationProgress
    ) throws(EstimationError) -> (estimates: [FrequencyEstimate], remarks: FilterRemarks?)

    /// p* and q* of every value, where a value's estimate comes from its own count of supporting reports; by default not.
    var valueSupport: ValueSupport? { get }

    /// Whether the counts of different values are independent, given the devices' values; by default not.
    var valuesAreIndependent: Bool { get }

    /// Whether the errors of two groups of reports can have a negative covariance, so that the sum of their variances is no
    /// upper bound of that of a difference; by default not.
    var groupsMayVaryApart: Bool { get }

    /// How far one false report moves the count of a value; `nil` where that is not known.
    func influence(on value: MechanismInput) -> ReportInfluence?

    /// How many reports are about any value of each set, in the order of the sets; empty if there are no reports.
    ///
    /// - Parameters:
    ///   - sets: positions of candidates, each once, at least one in a set. The sets share the error rate of detection.
    ///   - candidates: all values that are estimated, as for ``estimates(of:from:confidence:progress:)``.
    /// - Throws: ``EstimationError``.
    func sums(
        of sets: [[Int]], among candidates: [MechanismInput], from reports: PooledReports<Aggregate>,
        confidence: ConfidenceLevel, progress: EstimationProgress
    ) throws(EstimationError) -> [SumEstimate]
}

extension FrequencyOracle {
    public var estimatesAbsence: Bool { configuration.reportsAbsence }

    public func remarkedEstimates(
        of candidates: [MechanismInput], from reports: PooledReports<Aggregate>, confidence: ConfidenceLevel,
        progress: EstimationProgress
    ) throws(EstimationError) -> (estimates: [FrequencyEstimate], remarks: FilterRemarks?) {
        (try estimates(of: candidates, from: reports, confidence: confidence, progress: progress), nil)
    }
}

/// The mean of a number over the reports.
public struct MeanEstimate: Hashable, Sendable {
    /// The estimated mean, in the units of the declared range. Unbiased, so that it may leave the range.
    public let mean: Double

    /// The standard error of ``mean``, or an upper bound of it.
    public let standardError: Double

    /// Covers the true mean of the reported numbers with the confidence asked for; not clipped to the range.
    public let interval: ClosedRange<Double>

    /// An estimate of these figures.
    public init(mean: Double, standardError: Double, interval: ClosedRange<Double>) {
        (self.mean, self.standardError, self.interval) = (mean, standardError, interval)
    }
}

/// The analyst's role in a mechanism for numbers: estimates their mean.
public protocol MeanOracle: ReportCounter {
    /// The mean place in the range, from 0 at its lower end to 1 at its upper; `nil` if there are no reports.
    func meanPlace(from reports: PooledReports<Aggregate>, confidence: ConfidenceLevel) -> MeanEstimate?

    /// The mean place is the mean of scores, one a report: the least and the greatest that any payload has.
    var scoreRange: ClosedRange<Double> { get }

    /// The count that the mean place comes from; by default none.
    func placeOrigin(from reports: PooledReports<Aggregate>) -> LinearCount?

    /// Whether the interval of reports from separate devices also covers the mean of the population that these are a
    /// random sample of; by default not.
    var intervalCoversPopulation: Bool { get }
}

extension MeanOracle {
    public func placeOrigin(from reports: PooledReports<Aggregate>) -> LinearCount? { nil }

    public var intervalCoversPopulation: Bool { false }
}

extension MeanEstimate {
    /// An estimate of places, in the units of a range.
    public func scaled(low: Double, width: Double) -> MeanEstimate {
        MeanEstimate(
            mean: low + mean * width, standardError: standardError * width,
            interval: low + interval.lowerBound * width...low + interval.upperBound * width)
    }
}
