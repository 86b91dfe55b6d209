public import Mechanisms
public import ReportFormat

extension Hybrid: MeanOracle {
    public func makeAggregate(of definition: Fingerprint) -> SupportCounts {
        SupportCounts(of: definition, valueCount: shape)
    }

    @inlinable
    public func absorb(_ report: CategoryReport, into aggregate: inout SupportCounts) {
        aggregate.count(supporting: report.category)
    }

    /// The mean of the scores of bits and outputs; of bits alone, as from ``OneBitMean``.
    public func meanPlace(
        from reports: PooledReports<SupportCounts>, confidence: ConfidenceLevel
    ) -> MeanEstimate? {
        let counts = reports.aggregate.support
        guard configuration.piecewiseThreshold > 0 else {
            return bit.meanPlace(ones: counts[1], of: reports.reportCount, confidence: confidence)
        }
        return MeanScores(self).meanPlace(counts: counts, confidence: confidence)
    }
}
