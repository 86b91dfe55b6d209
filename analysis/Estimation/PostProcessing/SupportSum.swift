internal import Foundation

/// How many reports are about any of m values, from the sum C of the values' supports.
///
/// With f the fraction of the reports about one of them, E C = n·(m·q* + f·(p* − q*)), and with v₁ and v₀ the variances of
/// how many of the m values one report supports if the device's value is among them and if not,
/// Var C = n·(f·v₁ + (1 − f)·v₀): reports are independent. Where that is below 100, the normal interval is joined with one
/// of Bernstein's inequality [Ben62], which needs the variance and the largest step m alone.
struct SupportSum: Sendable {
    /// n, at least one.
    let reportCount: Int
    /// m, at least one.
    let valueCount: Int
    let support: SupportProbabilities
    /// v₁.
    private let own: Double
    /// v₀.
    private let other: Double

    /// A sum with these variances. What cancels to nothing may have been rounded below it.
    init(reportCount: Int, valueCount: Int, support: SupportProbabilities, own: Double, other: Double) {
        (self.reportCount, self.valueCount, self.support) = (reportCount, valueCount, support)
        (self.own, self.other) = (max(0, own), max(0, other))
    }

    private var total: Double { Double(reportCount) }

    func estimate(
        supportCount: Int, confidence: ConfidenceLevel, detectionThreshold: Double
    ) -> FrequencyEstimate {
        let excess = Double(supportCount) - total * Double(valueCount) * support.spurious
        let frequency = excess / (total * support.gap)
        let likely = min(max(frequency, 0), 1)
        let variance = total * (likely * own + (1 - likely) * other)
        let error = variance.squareRoot() / support.gap
        var margin = NormalDistribution.quantile(centralProbability: confidence.probability) * error / total
        if min(variance, total * other) < SupportModel.normalVariance {
            let limit = log(2 / confidence.missProbability), third = limit * Double(valueCount) / 3
            let reach = third + (third * third + 2 * limit * total * max(own, other)).squareRoot()
            margin = max(margin, reach / (total * support.gap))
        }
        let pValue = pValue(excess: excess)
        return FrequencyEstimate(
            count: excess / support.gap, standardError: error, frequency: frequency,
            interval: frequency - margin...frequency + margin, pValue: pValue,
            isDetected: pValue <= detectionThreshold)
    }

    /// The probability of so much support if no report is about any of the values.
    private func pValue(excess: Double) -> Double {
        let variance = total * other
        guard excess > 0 else { return 1 }
        let normal = variance > 0 ? NormalDistribution.upperTail(from: excess / variance.squareRoot()) : 0
        guard variance < SupportModel.normalVariance else { return normal }
        return max(normal, exp(-excess * excess / (2 * (variance + Double(valueCount) * excess / 3))))
    }
}
