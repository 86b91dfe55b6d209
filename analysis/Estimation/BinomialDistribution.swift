internal import Foundation

/// The number of successes in independent trials of one probability.
package struct BinomialDistribution: Hashable, Sendable {
    /// n, not negative.
    package let trialCount: Int
    /// p, between 0 and 1.
    package let probability: Double

    package init(trialCount: Int, probability: Double) {
        (self.trialCount, self.probability) = (trialCount, probability)
    }

    /// The probability of exactly `count` successes, by the saddle-point expansion [Loa00]: relative errors stay near
    /// 10⁻¹³ where a difference of three log-gammas would lose all digits.
    ///
    /// - Complexity: O(1).
    package func density(at count: Int) -> Double {
        guard (0...trialCount).contains(count) else { return 0 }
        let (n, k) = (Double(trialCount), Double(count))
        if probability <= 0 || probability >= 1 { return (probability <= 0 ? count == 0 : count == trialCount) ? 1 : 0 }
        if count == 0 { return exp(n * log1p(-probability)) }
        if count == trialCount { return exp(n * log(probability)) }
        let exponent =
            Self.stirlingError(n) - Self.stirlingError(k) - Self.stirlingError(n - k)
            - Self.deviance(k, mean: n * probability) - Self.deviance(n - k, mean: n * (1 - probability))
        return exp(exponent) * (n / (2 * Double.pi * k * (n - k))).squareRoot()
    }

    /// The probability of `count` successes or more.
    ///
    /// - Complexity: a few dozen standard deviations' worth of terms.
    package func upperTail(from count: Int) -> Double {
        guard count > 0 else { return 1 }
        guard count <= trialCount else { return 0 }
        if Double(count) > Double(trialCount) * probability { return sumUpwards(from: count) }
        return 1 - sumDownwards(from: count - 1)
    }

    /// The densities around the most likely count, as far as they are above 10⁻³⁰ of the largest.
    ///
    /// - Complexity: linear in the standard deviation.
    func bulk() -> BinomialBulk {
        let mode = min(trialCount, Int((Double(trialCount) + 1) * probability))
        let peak = density(at: mode)
        var (above, below): ([Double], [Double]) = ([], [])
        visitUpwards(from: mode, density: peak) { density in
            above.append(density)
            return density > 1e-30 * peak
        }
        visitDownwards(from: mode, density: peak) { density in
            below.append(density)
            return density > 1e-30 * peak
        }
        return BinomialBulk(start: mode + 1 - below.count, densities: below.reversed() + above.dropFirst())
    }

    /// Adds terms that fall at least geometrically, `count` being above the mean.
    private func sumUpwards(from count: Int) -> Double {
        var sum = 0.0
        visitUpwards(from: count, density: density(at: count)) { density in
            sum += density
            return density > sum * 1e-17
        }
        return sum
    }

    /// The same below the mean.
    private func sumDownwards(from count: Int) -> Double {
        var sum = 0.0
        visitDownwards(from: count, density: density(at: count)) { density in
            sum += density
            return density > sum * 1e-17
        }
        return sum
    }

    private func visitUpwards(from count: Int, density: Double, _ visit: (Double) -> Bool) {
        let odds = probability / (1 - probability)
        var (count, density) = (count, density)
        while visit(density), count < trialCount {
            density *= Double(trialCount - count) / Double(count + 1) * odds
            count += 1
        }
    }

    private func visitDownwards(from count: Int, density: Double, _ visit: (Double) -> Bool) {
        let odds = (1 - probability) / probability
        var (count, density) = (count, density)
        while visit(density), count > 0 {
            density *= Double(count) / Double(trialCount - count + 1) * odds
            count -= 1
        }
    }

    /// ln n! − ln(√(2πn)·(n/e)ⁿ), for n of at least 1 [Loa00, δ(n)].
    private static func stirlingError(_ n: Double) -> Double {
        guard n > 15 else {
            let factorial = (1...15).prefix { Double($0) <= n }.reduce(1.0) { $0 * Double($1) }
            return log(factorial) - (n + 0.5) * log(n) + n - log(2 * Double.pi) / 2
        }
        let square = n * n
        let series = 1 / 1260.0 - (1 / 1680.0 - 1 / 1188.0 / square) / square
        return (1 / 12.0 - (1 / 360.0 - series / square) / square) / n
    }

    /// x·ln(x/m) + m − x, without cancellation where x is near the mean m [Loa00, D₀].
    private static func deviance(_ x: Double, mean: Double) -> Double {
        let difference = x - mean
        guard abs(difference) < 0.1 * (x + mean) else { return x * log(x / mean) - difference }
        let ratio = difference / (x + mean)
        var sum = difference * ratio, term = 2 * x * ratio
        for index in 1..<1000 {
            term *= ratio * ratio
            let next = sum + term / Double(2 * index + 1)
            if next == sum { break }
            sum = next
        }
        return sum
    }
}

/// The counts of a binomial distribution that are not negligible.
struct BinomialBulk: Hashable, Sendable {
    /// The least count.
    let start: Int
    /// The probabilities of the counts from ``start`` on.
    let densities: [Double]
    /// The probabilities of each of those counts or more.
    let upperTails: [Double]
    /// The probabilities of each of those counts or fewer.
    let lowerTails: [Double]

    init(start: Int, densities: [Double]) {
        (self.start, self.densities) = (start, densities)
        lowerTails = Self.runningSums(densities)
        upperTails = Self.runningSums(densities.reversed()).reversed()
    }

    /// The probability of `count` or more.
    func upperTail(from count: Int) -> Double {
        let index = count - start
        return index < 0 ? upperTails.first ?? 0 : index < upperTails.count ? upperTails[index] : 0
    }

    /// The probability of `count` or fewer.
    func lowerTail(through count: Int) -> Double {
        let index = count - start
        return index < 0 ? 0 : index < lowerTails.count ? lowerTails[index] : lowerTails.last ?? 0
    }

    private static func runningSums(_ terms: some Sequence<Double>) -> [Double] {
        var sum = 0.0
        return terms.map { term in
            sum += term
            return sum
        }
    }
}
