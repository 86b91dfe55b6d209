internal import Foundation

/// What the tails of C say about the number of holders where C is too small a count for the normal distribution: exact
/// for independent reports, and by an inequality where the reports of a device share noise.
///
/// With shared noise C is a sum over independent devices of numbers within 0 and r_i, device i having r_i ≤ T reports.
/// With w_i = r_i / T and s_i the device's mean of one report, its part of C / T has a moment generating function of at
/// most (1 − s_i + s_i·e^λ)^w_i: the linear bound of the exponential within 0 and w_i, and the logarithm's convexity in
/// w_i. Jensen's inequality over the devices and Chernoff's, as in Hoeffding's proof [Hoe63, theorem 1], give
///
///     P[C ≥ c]  ≤  exp(−(n / T)·KL(c/n ‖ μ)),  μ = E C / n,  c ≥ E C
///
/// and the same below the mean, however the reports are spread over devices.
struct HolderTails {
    /// How many reports, or bits of reports, may support: n.
    let trialCount: Int
    let support: SupportProbabilities
    let noise: SupportNoise

    /// The least and the greatest number of holders that neither tail rejects at half the probability of a miss.
    func interval(supportCount: Int, missProbability: Double) -> ClosedRange<Double> {
        guard case .shared(_, let overlap) = noise else {
            let exact = ExactHolderCount(reportCount: trialCount, support: support)
                .interval(supportCount: supportCount, missProbability: missProbability)
            return Double(exact.lowerBound)...Double(exact.upperBound)
        }
        let limit = log(2 / missProbability)
        func isRejected(_ holders: Double) -> Bool {
            exponent(supportCount: supportCount, holders: holders, periodCount: overlap.periodCount) > limit
        }
        let total = Double(trialCount)
        let center = min(max((Double(supportCount) - total * support.spurious) / support.gap, 0), total)
        // A count that no number of holders explains leaves the nearer end.
        return boundary(from: center, to: 0, isRejected)...boundary(from: center, to: total, isRejected)
    }

    /// At least the probability of so much support or more.
    func upperTail(from supportCount: Int, holders: Int) -> Double {
        guard case .shared(_, let overlap) = noise else {
            return ExactHolderCount(reportCount: trialCount, support: support)
                .upperTail(from: supportCount, holders: holders)
        }
        guard Double(supportCount) > mean(holders: Double(holders)) else { return 1 }
        return exp(-exponent(supportCount: supportCount, holders: Double(holders), periodCount: overlap.periodCount))
    }

    /// At least the probability of so little support or less.
    func lowerTail(through supportCount: Int, holders: Int) -> Double {
        guard case .shared(_, let overlap) = noise else {
            return ExactHolderCount(reportCount: trialCount, support: support)
                .lowerTail(through: supportCount, holders: holders)
        }
        guard Double(supportCount) < mean(holders: Double(holders)) else { return 1 }
        return exp(-exponent(supportCount: supportCount, holders: Double(holders), periodCount: overlap.periodCount))
    }

    private func mean(holders: Double) -> Double { Double(trialCount) * support.spurious + holders * support.gap }

    /// (n / T)·KL(c/n ‖ μ).
    private func exponent(supportCount: Int, holders: Double, periodCount: Int) -> Double {
        let (share, mean) = (Double(supportCount) / Double(trialCount), mean(holders: holders) / Double(trialCount))
        func term(_ x: Double, _ y: Double) -> Double { x > 0 ? x * log(x / y) : 0 }
        return Double(trialCount) / Double(periodCount) * (term(share, mean) + term(1 - share, 1 - mean))
    }

    /// The last number on the way from `start` to `end` that is not rejected, by bisection, rounded outward.
    private func boundary(from start: Double, to end: Double, _ isRejected: (Double) -> Bool) -> Double {
        guard isRejected(end) else { return end }
        var (inside, outside) = (start, end)
        for _ in 0..<60 {
            let middle = (inside + outside) / 2
            if isRejected(middle) { outside = middle } else { inside = middle }
        }
        return outside
    }
}
