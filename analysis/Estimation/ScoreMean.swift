internal import Foundation

/// The mean of a score that every report has, and how far it may lie from the mean that it estimates.
///
/// Given the numbers, the scores are independent, each within a known range and of a known greatest variance v. So for
/// every n, with L = ln(2/α) and R the width of the range, the mean of n scores is beyond the lesser of
///
///     R·√(L / 2n)     and     (R·L/3 + √((R·L/3)² + 2·n·v·L)) / n
///
/// from its own with probability at most α: Hoeffding's and Bernstein's inequalities [Hoe63, theorem 2; BLM13, corollary
/// 2.11]. Where few reports make the normal distribution doubtful, its interval is joined with this one.
struct ScoreMean: Sendable {
    /// n, at least one.
    let reportCount: Int
    /// The mean of the scores.
    let mean: Double
    /// The mean of their squares.
    let meanSquare: Double
    /// R.
    let rangeWidth: Double

    init(of scores: [Double], counts: [Int]) {
        reportCount = counts.reduce(0, +)
        precondition(reportCount > 0, "an estimate is made of reports")
        let total = Double(reportCount)
        var (sum, squares) = (0.0, 0.0)
        for (score, count) in zip(scores, counts) where count > 0 {
            let share = Double(count) / total
            sum += score * share
            squares += score * score * share
        }
        (mean, meanSquare) = (sum, squares)
        rangeWidth = (scores.max() ?? 0) - (scores.min() ?? 0)
    }

    /// How many times the greatest ratio of a score's fourth moment to its variance the variance of the sum is where the
    /// normal distribution is trusted alone, if the variance is known but for little.
    ///
    /// The kurtosis of the sum is then at most its inverse and the skewness at most a fifth. Of the two ends' errors from
    /// skewness one makes up for the other, so that an interval of 95 % covers within 94 to 96 %.
    static let normalRatio = 25.0

    /// The same where the variance is from the very scores and errs with their mean.
    static let normalRatioOfSampled = 100.0

    /// The mean with its error, from the variance of one score as far as the reports tell it.
    ///
    /// - Parameter normalVariance: the variance of the sum from which on the normal distribution is trusted alone.
    func estimate(
        variance: Double, greatestVariance: Double, normalVariance: Double, confidence: ConfidenceLevel
    ) -> MeanEstimate {
        let error = (variance / Double(reportCount)).squareRoot()
        var margin = NormalDistribution.quantile(centralProbability: confidence.probability) * error
        if Double(reportCount) * variance < normalVariance {
            margin = max(margin, radius(missProbability: confidence.missProbability, variance: greatestVariance))
        }
        return MeanEstimate(mean: mean, standardError: error, interval: mean - margin...mean + margin)
    }

    /// The probability of a mean at least as far above zero where zero is what it estimates: that of the normal
    /// distribution, or where that is doubtful a bound. A p-value has one tail, far out, where nothing makes up for
    /// skewness: the range of the scores decides.
    func upperTail(variance: Double, greatestVariance: Double) -> Double {
        guard mean > 0 else { return 1 }
        let total = Double(reportCount)
        let normal = NormalDistribution.upperTail(from: mean / (variance / total).squareRoot())
        guard total * variance < SupportModel.normalVariance * rangeWidth * rangeWidth else { return normal }
        let hoeffding = 2 * total * mean * mean / (rangeWidth * rangeWidth)
        let bernstein = total * mean * mean / (2 * (greatestVariance + rangeWidth * mean / 3))
        return min(1, max(normal, exp(-max(hoeffding, bernstein))))
    }

    private func radius(missProbability: Double, variance: Double) -> Double {
        let (total, limit) = (Double(reportCount), log(2 / missProbability))
        let slack = rangeWidth * limit / 3
        let bernstein = (slack + (slack * slack + 2 * total * variance * limit).squareRoot()) / total
        return min(bernstein, rangeWidth * (limit / (2 * total)).squareRoot())
    }
}
