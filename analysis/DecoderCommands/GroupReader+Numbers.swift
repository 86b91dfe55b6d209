internal import Estimation
internal import Mechanisms
internal import MetricDefinitions
internal import StoreReader

extension GroupReader {
    /// The buckets of the numbers of these periods, and what a distribution tells besides.
    mutating func numbers<Oracle: HistogramOracle>(
        in periods: [StoredPeriod], oracle: Oracle, progress: inout Progress
    ) throws(CommandError) -> ReleasedEstimates {
        let (pool, screen) = try pool(periods, oracle: oracle, progress: &progress)
        guard case .number(let range) = definition.domain else {
            preconditionFailure("buckets are those of a number")
        }
        progress.begin("estimating")
        var distribution: DistributionEstimate?
        if let oracle = oracle as? any DistributionOracle {
            distribution = self.distribution(of: pool, by: oracle)?
                .scaled(low: range.low, width: range.high - range.low)
        }
        var histogram = distribution?.histogram ?? oracle.histogram(from: pool, confidence: level)
        if choices.interval == .population {
            // Their variance is that about the numbers of the devices that reported.
            let draw = PopulationDraw(reportCounts: Array(pool.countsByDay.values))
            histogram = histogram.map { $0.ofPopulation(from: draw, support: nil, confidence: level) }
        }
        let figures = NumberFigures(
            view: numberView ?? .distribution, range: range, histogram: histogram, distribution: distribution)
        var released = ReleasedEstimates(reportCount: pool.reportCount, figures: .numbers(figures))
        released.screen = screen.outcome(familySize: groupCount)
        released.influences.ofBuckets = oracle.bucketInfluences
        return released
    }

    private func distribution<Aggregate, Oracle: DistributionOracle>(
        of pool: PooledReports<Aggregate>, by oracle: Oracle
    ) -> DistributionEstimate? {
        guard let pool = pool as? PooledReports<Oracle.Aggregate> else {
            preconditionFailure("an oracle estimates from what it has counted")
        }
        return oracle.distribution(
            from: pool, quantiles: NumberFigures.quantiles, fitting: fitting, confidence: level)
    }
}
