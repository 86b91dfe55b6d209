internal import LocalPrivacy
public import Mechanisms
public import ReportFormat

extension SquareWave: DistributionOracle {
    public var bucketCount: Int { configuration.bucketCount }

    public var caveats: [String] {
        [
            "Shares of single buckets are unbiased and vary a lot from one to the next; the denoised column is a likely "
                + "distribution, without intervals."
        ]
    }

    public func makeAggregate(of definition: Fingerprint) -> SupportCounts {
        SupportCounts(of: definition, valueCount: shape)
    }

    @inlinable
    public func absorb(_ report: CategoryReport, into aggregate: inout SupportCounts) {
        aggregate.count(supporting: report.category)
    }

    public func histogram(
        from reports: PooledReports<SupportCounts>, confidence: ConfidenceLevel
    ) -> [FrequencyEstimate] {
        guard reports.reportCount > 0 else { return [] }
        return WindowEstimates(window, counts: reports.aggregate.support, confidence: confidence).histogram
    }

    /// - Complexity: the cube of the buckets, for the regression.
    public func distribution(
        from reports: PooledReports<SupportCounts>, quantiles: [Double], fitting: DistributionFitting,
        confidence: ConfidenceLevel
    ) -> DistributionEstimate? {
        guard reports.reportCount > 0 else { return nil }
        let estimates = WindowEstimates(window, counts: reports.aggregate.support, confidence: confidence)
        let fit = DistributionFit(
            channel: estimates.regression.channel, fitting: fitting, epsilon: Double(epsilon.thousandths) / 1000)
        let shares = fit.shares(counts: reports.aggregate.support)
        let cumulative = estimates.cumulativeIntervals
        return DistributionEstimate(
            histogram: estimates.histogram, denoised: shares, mean: estimates.mean,
            quantiles: quantiles.map { probability in
                QuantileSearch(shares: shares, cumulativeIntervals: cumulative).estimate(of: probability)
            })
    }
}
