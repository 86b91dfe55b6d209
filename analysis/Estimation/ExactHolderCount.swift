/// Which numbers of holders of a value are compatible with its support, by the exact distribution of the noise.
///
/// If n₁ of n independent reports are about the value, C = Bin(n₁, p*) + Bin(n − n₁, q*). C grows stochastically with
/// n₁, so the n₁ that neither tail test rejects at α/2 are an interval, and it covers with probability at least 1 − α for
/// every n and n₁ [CP34].
struct ExactHolderCount: Hashable, Sendable {
    let reportCount: Int
    let support: SupportProbabilities

    /// The least and the greatest number of holders that is not rejected.
    ///
    /// - Complexity: 2·log₂(n) convolutions, each linear in the standard deviations of both parts.
    func interval(supportCount: Int, missProbability: Double) -> ClosedRange<Int> {
        // Sums of probabilities err by far less than this factor forgives.
        let level = missProbability / 2 * (1 - 1e-9)
        let least = firstCount { upperTail(from: supportCount, holders: $0) > level }
        let firstTooMany = firstCount { lowerTail(through: supportCount, holders: $0) <= level }
        // A count that not even n holders explain, or not even none, leaves the end of the range.
        let (low, high) = (min(least, reportCount), max(0, firstTooMany - 1))
        return min(low, high)...max(low, high)
    }

    /// P[C ≥ count].
    func upperTail(from count: Int, holders: Int) -> Double {
        let (outer, inner) = parts(holders: holders)
        return zip(outer.start..., outer.densities).reduce(0) { sum, part in
            sum + part.1 * inner.upperTail(from: count - part.0)
        }
    }

    /// P[C ≤ count].
    func lowerTail(through count: Int, holders: Int) -> Double {
        let (outer, inner) = parts(holders: holders)
        return zip(outer.start..., outer.densities).reduce(0) { sum, part in
            sum + part.1 * inner.lowerTail(through: count - part.0)
        }
    }

    private func parts(holders: Int) -> (BinomialBulk, BinomialBulk) {
        (
            BinomialDistribution(trialCount: holders, probability: support.truthful).bulk(),
            BinomialDistribution(trialCount: reportCount - holders, probability: support.spurious).bulk()
        )
    }

    /// The first number of holders for which a condition holds that, once true, stays true; n + 1 if there is none.
    private func firstCount(where condition: (Int) -> Bool) -> Int {
        var (low, high) = (0, reportCount + 1)
        while low < high {
            let middle = low + (high - low) / 2
            if condition(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
