internal import Foundation

/// How far collisions reach when a few values have most reports.
///
/// Of all values with F2 = Σ n_v², none has more than √F2 reports, and a row in which the candidate meets it adds at most
/// b = (p − q)·√F2 / k to C.
extension HashCollisions {
    /// b, the candidate's own pairs taken off.
    private func largestStep(holders: Double) -> Double {
        cell.gap / Double(rowCount) * (0.5 + (otherPairCount(holders: holders) + 0.25).squareRoot())
    }

    /// How far above its mean what collisions add to C reaches, but for a probability: at least as far as a normal
    /// variable with their variance, and as far as if 1, 2, 4, … values shared the pairs equally.
    ///
    /// D such values meet the candidate in Bin(k·D, 1/m) places, each of which adds b/√D. From a mean of one place on,
    /// more values make a distribution nearer to the normal one.
    ///
    /// - Parameters:
    ///   - quantile: that of the normal distribution for the same probability.
    ///   - holders: the reports about the candidate itself.
    func upperReach(missProbability: Double, quantile: Double, holders: Double) -> Double {
        var reach = quantile * variance(holders: holders).squareRoot()
        var (places, step) = (rowCount, largestStep(holders: holders))
        while true {
            let mean = Double(places) * share
            let count = meetings(in: places, exceededWith: missProbability)
            // Half a step further, so that noise around the last count is covered with it.
            if count > 0 { reach = max(reach, step * (Double(count) + 0.5 - mean)) }
            guard mean < 1 else { return reach }
            places *= 2
            step /= 2.0.squareRoot()
        }
    }

    /// The least number of places that the candidate shares in so many with no more than a probability of sharing more.
    private func meetings(in places: Int, exceededWith probability: Double) -> Int {
        let meetings = BinomialDistribution(trialCount: places, probability: share)
        var (low, high) = (0, places)
        while low < high {
            let middle = (low + high) / 2
            if meetings.upperTail(from: middle + 1) <= probability { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// An upper bound of the probability that a candidate which nobody holds has so much support: of Chernoff's kind, with
    /// Bennett's bound of what collisions add [Ben62].
    ///
    /// For every λ > 0, with u = e^λ − 1, θ = u/(1 + q′u) and V = (p − q)²·F2·(1/m)(1 − 1/m)/k, the probability of c or more
    /// is at most e^(−λc) times
    ///
    ///     E e^(λC) ≤ (1 + q′u)ⁿ · exp((V/b²)(e^(θb) − 1 − θb))
    ///
    /// and times D/(1 − e^(−λ)) if that is less than 1, where no count is more probable than D in noise of variance
    /// n·q(1 − q). The proof is in the article on CountMeanSketch.
    ///
    /// - Complexity: some sixty exponentials.
    func tailBound(supportCount: Int, reportCount: Int) -> Double {
        let (n, q) = (Double(reportCount), cell.spurious + cell.gap * share)
        let excess = Double(supportCount) - n * q
        guard excess > 0 else { return 1 }
        let step = largestStep(holders: 0), variance = variancePerPair * (otherPairCount(holders: 0) + n)
        func tilted(_ tilt: Double) -> (exponent: Double, slope: Double) {
            let growth = expm1(tilt), scale = 1 + q * growth, theta = growth / scale, reach = expm1(theta * step)
            let noise = n * (log1p(q * growth) - tilt * q)
            let noiseSlope = n * q * (1 - q) * growth / scale
            let collisions = variance / (step * step) * (reach - theta * step)
            let collisionSlope = variance / step * reach * (growth + 1) / (scale * scale)
            return (tilt * excess - noise - collisions, excess - noiseSlope - collisionSlope)
        }
        // Every λ gives a bound. The best without collisions is known, and with them it is smaller.
        let fraction = min(Double(supportCount), n - 0.5) / n
        var (low, high) = (0.0, log(fraction / (1 - fraction)) - log(q / (1 - q)))
        guard high > 0 else { return 1 }
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if tilted(middle).slope > 0 { low = middle } else { high = middle }
        }
        let density = 1 / ((2 * Double.pi * n * cell.spuriousVariance).squareRoot() * -expm1(-low))
        return min(1, exp(-tilted(low).exponent) * min(1, density))
    }
}
