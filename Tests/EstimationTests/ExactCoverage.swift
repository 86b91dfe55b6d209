import Estimation
import Foundation

/// The probability that an interval covers, summed over the exact distribution of the support: no sampling.
struct ExactCoverage {
    let model: SupportModel
    let confidence: ConfidenceLevel

    /// The coverage for each true number of holders, the support being `Bin(n₁, p*) + Bin(n − n₁, q*)`.
    func coverages(holders: [Int]) -> [Double] {
        var intervals: [Int: ClosedRange<Double>] = [:]
        return holders.map { count in
            let (start, densities) = bulk(holders: count)
            return zip(start..., densities).reduce(0) { sum, part in
                let interval = intervals[part.0] ?? interval(supportCount: part.0)
                intervals[part.0] = interval
                let truth = Double(count) / Double(model.reportCount)
                return sum + (interval.contains(truth) ? part.1 : 0)
            }
        }
    }

    /// Whether any support within reach of these holders gets exact tails.
    func usesExactTails(holders: Int) -> Bool {
        let frequency = Double(holders) / Double(model.reportCount)
        let least = min(model.variance(frequency: frequency), model.variance(frequency: 0))
        return least < SupportModel.normalVariance
    }

    private func interval(supportCount: Int) -> ClosedRange<Double> {
        model.estimate(supportCount: supportCount, confidence: confidence, detectionThreshold: 0).interval
    }

    /// The distribution of the support, by convolution of densities within 8 standard deviations and 20 counts, beyond
    /// which there is less than 10⁻¹².
    private func bulk(holders: Int) -> (Int, [Double]) {
        let own = window(trials: holders, probability: model.support.truthful)
        let other = window(trials: model.reportCount - holders, probability: model.support.spurious)
        var sums = [Double](repeating: 0, count: own.densities.count + other.densities.count - 1)
        for (i, first) in own.densities.enumerated() {
            for (j, second) in other.densities.enumerated() { sums[i + j] += first * second }
        }
        return (own.start + other.start, sums)
    }

    private func window(trials: Int, probability: Double) -> (start: Int, densities: [Double]) {
        let mean = Double(trials) * probability
        let reach = 8 * (mean * (1 - probability)).squareRoot() + 20
        let range = max(0, Int(mean - reach))...min(trials, Int(mean + reach) + 1)
        let distribution = BinomialDistribution(trialCount: trials, probability: probability)
        return (range.lowerBound, range.map(distribution.density(at:)))
    }
}
