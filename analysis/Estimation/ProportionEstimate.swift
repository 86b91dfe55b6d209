/// The probability of success, from the successes among independent trials.
///
/// Where the trials have unequal probabilities, everything here is about their mean: the sum varies less than a binomial
/// one, and its tails beyond one count from its mean are smaller [Hoe56].
package struct ProportionEstimate: Hashable, Sendable {
    /// The fraction of successes.
    package let value: Double

    /// √(v(1 − v)/n), with v the fraction; where that is less than a trial can vary, with its least variance.
    package let standardError: Double

    /// Wald's interval with that standard error, joined with that of exact tails [CP34] where its variance is small.
    package let interval: ClosedRange<Double>

    /// An estimate of these figures.
    init(value: Double, standardError: Double, interval: ClosedRange<Double>) {
        (self.value, self.standardError, self.interval) = (value, standardError, interval)
    }

    /// An estimate from `successCount` of `trialCount` trials, at least one.
    ///
    /// - Parameter leastVariance: the least that one trial can vary. Where all trials agree, the fraction's own variance
    ///   is 0 and says nothing.
    package init(successCount: Int, trialCount: Int, leastVariance: Double, confidence: ConfidenceLevel) {
        precondition(trialCount > 0, "an estimate is made of trials")
        let total = Double(trialCount)
        value = Double(successCount) / total
        let variance = total * max(value * (1 - value), leastVariance)
        standardError = variance.squareRoot() / total
        let margin = NormalDistribution.quantile(centralProbability: confidence.probability) * standardError
        var (low, high) = (value - margin, value + margin)
        if variance < SupportModel.normalVariance {
            let exact = Self.exactInterval(
                successCount: successCount, trialCount: trialCount, missProbability: confidence.missProbability)
            (low, high) = (min(low, exact.lowerBound), max(high, exact.upperBound))
        }
        interval = low...high
    }

    /// Clopper's and Pearson's interval: the probabilities that neither tail test rejects at half the miss probability.
    package static func exactInterval(
        successCount: Int, trialCount: Int, missProbability: Double
    ) -> ClosedRange<Double> {
        let level = missProbability / 2
        func tail(from count: Int, of trialCount: Int, _ probability: Double) -> Double {
            BinomialDistribution(trialCount: trialCount, probability: probability).upperTail(from: count)
        }
        // Both tails rise with their argument; the outer end of the last step is taken.
        let low = successCount == 0 ? 0 : root { tail(from: successCount, of: trialCount, $0) > level }.lowerBound
        let failureCount = trialCount - successCount
        let high =
            failureCount == 0 ? 0 : root { tail(from: failureCount, of: trialCount, $0) > level }.lowerBound
        return low...1 - high
    }

    /// Where a condition that once true stays true begins to hold, between 0 and 1.
    private static func root(_ isBeyond: (Double) -> Bool) -> ClosedRange<Double> {
        var (low, high) = (0.0, 1.0)
        while true {
            let middle = low + (high - low) / 2
            guard middle > low, middle < high, high - low > 1e-15 * high else { return low...high }
            if isBeyond(middle) { high = middle } else { low = middle }
        }
    }
}
