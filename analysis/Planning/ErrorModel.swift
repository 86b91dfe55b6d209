internal import Estimation
internal import Foundation
internal import Mechanisms

/// The error of a mechanism's estimates as it follows from their variance, by the normal distribution.
struct ErrorModel {
    let question: PlanQuestion
    let prospect: MechanismProspect

    init(_ question: PlanQuestion, _ prospect: MechanismProspect) {
        (self.question, self.prospect) = (question, prospect)
    }

    /// The error in the question's measure.
    func error(deviceCount: Double) -> Double {
        let deviation = standardError(frequency: question.frequency, deviceCount: deviceCount)
        switch question.measure {
        case .value:
            return NormalDistribution.quantile(centralProbability: question.confidence.probability) * deviation
        // The mean of |X| of a normal variable is √(2/π) of its deviation.
        case .total: return Double(question.valueCount) * deviation * (2 / Double.pi).squareRoot()
        }
    }

    /// The variance of the number of reports that support a value which nobody holds, in pure protocols; elsewhere that of
    /// reports that are as likely as not to.
    func supportVariance(deviceCount: Double) -> Double {
        let spurious = (prospect.mechanism as? any PureFrequencyOracle)?.spuriousSupport ?? 0.5
        return deviceCount * spurious * (1 - spurious)
    }

    func standardError(frequency: Double, deviceCount: Double) -> Double {
        var variance: Double
        if let oracle = prospect.mechanism as? any ForeseeableOracle {
            variance = oracle.scaledVariance(frequency: frequency) / deviceCount + oracle.collisionVariance
            if question.scope == .population { variance += frequency * (1 - frequency) / deviceCount }
        } else {
            variance = prospect.scaledVariance / deviceCount
            // Half of the population at either end is the widest that there is.
            if question.scope == .population { variance += 0.25 / deviceCount }
        }
        return variance.squareRoot()
    }

    /// The share at which a value is detected with the probability of the confidence: as far above the threshold of
    /// detection as its own error demands. `nil` where no share below 1 is, and for means.
    func smallestDetectableShare(deviceCount: Double) -> Double? {
        guard prospect.mechanism is any ForeseeableOracle else { return nil }
        let errorRate = FrequencyEstimate.familyErrorRate / Double(question.valueCount)
        let threshold =
            Self.upperQuantile(errorRate) * standardError(frequency: 0, deviceCount: deviceCount)
        let certainty = Self.upperQuantile(1 - question.confidence.probability)
        func isDetected(_ share: Double) -> Bool {
            share - certainty * standardError(frequency: share, deviceCount: deviceCount) >= threshold
        }
        guard isDetected(1) else { return nil }
        var (low, high) = (0.0, 1.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if isDetected(middle) { high = middle } else { low = middle }
        }
        return high
    }

    /// z with the probability `tail` above it, for any tail between 0 and 1.
    private static func upperQuantile(_ tail: Double) -> Double {
        guard tail < 0.5 else { return tail > 0.5 ? -upperQuantile(1 - tail) : 0 }
        return NormalDistribution.quantile(centralProbability: 1 - 2 * tail)
    }
}
