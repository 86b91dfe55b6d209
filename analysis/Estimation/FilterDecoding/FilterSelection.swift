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
            // Storey's estimate holds for cuts up to where it was made, a p-value of one half: no negative estimate is detected.
            let detected =
                sorted.indices.last { sorted[$0] < 0.5 && sorted[$0] <= level * Double($0 + 1) / count }.map { $0 + 1 }
                ?? 0
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
        let margin = NormalDistribution.quantile(missProbability: confidence.missProbability)
        let cut = isDetected ? min(detectedCut, standardised) : max(otherCut, standardised)
        // Given detection, what lies above the estimate grows with θ; given the contrary, what lies below it falls.
        func solve(tail: Double, near guess: Double) -> Double {
            let target = log(tail)
            return Self.root(near: guess, within: standardised - 60...standardised + 60) { theta in
                isDetected
                    ? NormalDistribution.logUpperTail(from: standardised - theta)
                        - NormalDistribution.logUpperTail(from: cut - theta) - target
                    : target - NormalDistribution.logUpperTail(from: theta - standardised)
                        + NormalDistribution.logUpperTail(from: theta - cut)
            }
        }
        let lower = solve(tail: isDetected ? miss : 1 - miss, near: standardised - margin)
        let upper = solve(tail: isDetected ? 1 - miss : miss, near: standardised + margin)
        return min(lower, upper)...max(lower, upper)
    }

    /// Where a rising function is zero, to 10⁻⁹; the end that is nearest where it is not within the range.
    ///
    /// By doubling steps from the guess, and then the rule of false position with Illinois' halving.
    private static func root(
        near guess: Double, within range: ClosedRange<Double>, of function: (Double) -> Double
    ) -> Double {
        var low = min(max(guess, range.lowerBound), range.upperBound), atLow = function(low)
        var high = low, atHigh = atLow, step = 0.25
        while atHigh < 0 {
            guard high < range.upperBound else { return range.upperBound }
            (low, atLow) = (high, atHigh)
            high = min(high + step, range.upperBound)
            atHigh = function(high)
            step *= 2
        }
        while atLow > 0 {
            guard low > range.lowerBound else { return range.lowerBound }
            (high, atHigh) = (low, atLow)
            low = max(low - step, range.lowerBound)
            atLow = function(low)
            step *= 2
        }
        var lastWasLow: Bool?
        for _ in 0..<100 where high - low > 1e-9 {
            let chord = (low * atHigh - high * atLow) / (atHigh - atLow)
            let middle = chord > low && chord < high ? chord : (low + high) / 2, value = function(middle)
            if value < 0 {
                (low, atLow) = (middle, value)
                if lastWasLow == true { atHigh /= 2 }
                lastWasLow = true
            } else if value > 0 {
                (high, atHigh) = (middle, value)
                if lastWasLow == false { atLow /= 2 }
                lastWasLow = false
            } else {
                return middle
            }
        }
        return (low + high) / 2
    }
}
