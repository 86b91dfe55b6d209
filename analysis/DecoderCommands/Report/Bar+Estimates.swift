internal import Estimation
internal import MetricDefinitions
internal import Reports

extension Bar {
    /// The bar of a value's share.
    init(_ estimate: FrequencyEstimate, name: String) {
        self.init(
            name: name, estimate: estimate.frequency, low: estimate.interval.lowerBound,
            high: estimate.interval.upperBound, standing: estimate.isDetected ? .detected : .notDetected)
    }

    /// The mark of a mean.
    init(_ mean: MeanEstimate) {
        self.init(name: "mean", estimate: mean.mean, low: mean.interval.lowerBound, high: mean.interval.upperBound)
    }

    /// The mark of a quantile.
    init(_ quantile: QuantileEstimate, name: String) {
        self.init(
            name: name, estimate: quantile.value, low: quantile.interval.lowerBound,
            high: quantile.interval.upperBound)
    }

    /// The bar of a difference.
    init(_ row: GroupComparison.Row, name: String) {
        self.init(
            name: name, estimate: row.difference.difference, low: row.difference.interval.lowerBound,
            high: row.difference.interval.upperBound, standing: row.isDetected ? .detected : .notDetected)
    }
}

extension MetricDomain {
    /// The ends of a number's range.
    var numberRange: ClosedRange<Double>? {
        guard case .number(let range) = self else { return nil }
        return range.low...range.high
    }
}
