internal import Mechanisms

/// The analyst's role in a mechanism for numbers that counts how many lie in each of several buckets of equal width.
public protocol HistogramOracle: ReportCounter {
    /// How many buckets there are. A bucket holds its lower end and not its upper; the last holds both.
    var bucketCount: Int { get }

    /// How far one false report moves the count of each bucket, from the lowest up.
    var bucketInfluences: [ReportInfluence] { get }

    /// How often a number lies in each bucket, from the lowest up; empty if there are no reports.
    func histogram(from reports: PooledReports<Aggregate>, confidence: ConfidenceLevel) -> [FrequencyEstimate]
}

/// How a likely distribution is found.
public enum DistributionFitting: String, CaseIterable, Hashable, Sendable {
    /// Expectation maximisation with smoothing, for numbers that are spread out.
    case smoothed = "ems"
    /// Expectation maximisation, for numbers that sit at a few places.
    case unsmoothed = "em"
}

/// A number below which a given part of all numbers lies.
public struct QuantileEstimate: Hashable, Sendable {
    /// Which part.
    public let probability: Double
    /// The number, from the likely distribution.
    public let value: Double
    /// Covers the true one with the confidence asked for, whatever the distribution; it ends where buckets do.
    public let interval: ClosedRange<Double>

    /// An estimate of these figures.
    public init(probability: Double, value: Double, interval: ClosedRange<Double>) {
        (self.probability, self.value, self.interval) = (probability, value, interval)
    }

    /// An estimate of places, in the units of a range.
    public func scaled(low: Double, width: Double) -> QuantileEstimate {
        QuantileEstimate(
            probability: probability, value: low + value * width,
            interval: low + interval.lowerBound * width...low + interval.upperBound * width)
    }
}

/// What reports say about how numbers are distributed.
public struct DistributionEstimate: Hashable, Sendable {
    /// How often a number lies in each bucket: unbiased, each with an interval.
    public let histogram: [FrequencyEstimate]
    /// The share of each bucket in a likely distribution: not negative, of sum 1, without an interval.
    public let denoised: [Double]
    /// The mean. Its interval allows for the width of the buckets.
    public let mean: MeanEstimate
    /// The quantiles that were asked for.
    public let quantiles: [QuantileEstimate]

    /// An estimate of these figures.
    public init(
        histogram: [FrequencyEstimate], denoised: [Double], mean: MeanEstimate, quantiles: [QuantileEstimate]
    ) {
        (self.histogram, self.denoised, self.mean) = (histogram, denoised, mean)
        self.quantiles = quantiles
    }

    /// An estimate of places, in the units of a range.
    public func scaled(low: Double, width: Double) -> DistributionEstimate {
        DistributionEstimate(
            histogram: histogram, denoised: denoised, mean: mean.scaled(low: low, width: width),
            quantiles: quantiles.map { $0.scaled(low: low, width: width) })
    }
}

/// The analyst's role in a mechanism for numbers that tells how they are distributed.
public protocol DistributionOracle: HistogramOracle {
    /// The distribution of places in the range, from 0 at its lower end to 1 at its upper; `nil` if there are no reports.
    ///
    /// - Parameters:
    ///   - quantiles: probabilities between 0 and 1.
    ///   - fitting: how the likely distribution is found, from which quantiles are taken.
    func distribution(
        from reports: PooledReports<Aggregate>, quantiles: [Double], fitting: DistributionFitting,
        confidence: ConfidenceLevel
    ) -> DistributionEstimate?
}
