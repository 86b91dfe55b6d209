public import Mechanisms
public import ReportFormat

extension Piecewise: MeanOracle {
    public func makeAggregate(of definition: Fingerprint) -> SupportCounts {
        SupportCounts(of: definition, valueCount: shape)
    }

    @inlinable
    public func absorb(_ report: CategoryReport, into aggregate: inout SupportCounts) {
        aggregate.count(supporting: report.category)
    }

    /// The mean of the outputs' scores. Its standard error is that of the noise about these numbers, from the mean square
    /// of the scores.
    public func meanPlace(
        from reports: PooledReports<SupportCounts>, confidence: ConfidenceLevel
    ) -> MeanEstimate? {
        MeanScores(grid).meanPlace(counts: reports.aggregate.support, confidence: confidence)
    }
}
