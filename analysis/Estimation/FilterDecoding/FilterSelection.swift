internal import Foundation

/// Which error a decoder bounds where it calls candidates detected.
public enum FilterCorrection: Sendable, CaseIterable {
    /// The probability of any false detection: each candidate has α divided by their number (Bonferroni).
    case bonferroni
    /// The expected share of false ones among those detected, α (Benjamini and Hochberg, with Storey's estimate of how
    /// many candidates do not occur [BH95; Sto02]).
    case falseDiscoveryRate
    /// The probability of a false detection of each candidate alone, α.
    case none
}

/// Which candidates are detected, and the cuts that decided.
struct FilterSelection {
    let isDetected: [Bool]
    /// Detected candidates are above it.
    private let detectedCut: Double
    /// The others are not above it.
    private let otherCut: Double

    /// Decides on estimates in units of their standard errors; those that are not numbers are never detected.
    init(standardised: [Double], correction: FilterCorrection, alpha: Double) {
        let count = Double(standardised.count)
        switch correction {
        case .none, .bonferroni:
            let cut = NormalDistribution.upperQuantile(ofTail: correction == .none ? alpha : alpha / count)
            isDetected = standardised.map { $0 > cut }
            (detectedCut, otherCut) = (cut, cut)
        case .falseDiscoveryRate:
            let tails = standardised.map { $0.isNaN ? 1 : NormalDistribution.upperTail(from: $0) }
            let absent = Double(standardised.count { $0 < 0 })
            let absentShare = min(1, (1 + absent) / (0.5 * count)), level = alpha / absentShare
            let sorted = tails.sorted()
            let detected = sorted.indices.last { sorted[$0] <= level * Double($0 + 1) / count }.map { $0 + 1 } ?? 0
            let limit = detected > 0 ? sorted[detected - 1] : -1
            let isDetected = tails.map { $0 <= limit }
            // Had another estimate been there, it would have been detected above the greatest that is not, or higher: what is
            // conditioned on is the lower bound.
            detectedCut = max(0, zip(standardised, isDetected).lazy.filter { !$1 && !$0.isNaN }.map(\.0).max() ?? 0)
            otherCut = NormalDistribution.upperQuantile(ofTail: min(0.5, level * Double(detected + 1) / count))
            self.isDetected = isDetected
        }
    }

    /// θ that are likely for Z ~ N(θ, 1) given that it is above its cut, or not above: as often as `confidence` says, whatever
    /// the selection was, the true one is among them [LSST16] §5.
    func interval(of standardised: Double, isDetected: Bool, confidence: ConfidenceLevel) -> ClosedRange<Double> {
        let miss = confidence.missProbability / 2
        let distribution = isDetected ? logUpperGivenDetected : logLowerGivenOther
        func solve(_ tail: Double, rising: Bool) -> Double {
            var (low, high) = isDetected ? (standardised - 60, standardised + 8) : (standardised - 8, standardised + 60)
            for _ in 0..<60 {
                let middle = (low + high) / 2
                let isBeyond = distribution(standardised, middle) > tail
                if isBeyond == rising { high = middle } else { low = middle }
            }
            return (low + high) / 2
        }
        // Given detection the tail above rises with θ; given the contrary the one below falls.
        let lower = isDetected ? solve(log(miss), rising: true) : solve(log(1 - miss), rising: false)
        let upper = isDetected ? solve(log(1 - miss), rising: true) : solve(log(miss), rising: false)
        return min(lower, upper)...max(lower, upper)
    }

    /// ln P(Z > z | Z > cut).
    private func logUpperGivenDetected(_ standardised: Double, _ theta: Double) -> Double {
        NormalDistribution.logUpperTail(from: standardised - theta)
            - NormalDistribution.logUpperTail(from: min(detectedCut, standardised) - theta)
    }

    /// ln P(Z < z | Z ≤ cut).
    private func logLowerGivenOther(_ standardised: Double, _ theta: Double) -> Double {
        NormalDistribution.logUpperTail(from: theta - standardised)
            - NormalDistribution.logUpperTail(from: theta - max(otherCut, standardised))
    }
}
