import Estimation
import Foundation
import Testing

@testable import Studies

/// Draws against exact distributions. By Massart's form of the Dvoretzky–Kiefer–Wolfowitz inequality, the empirical
/// distribution function of N draws leaves the true one by more than √(ln(2/α) / 2N) with probability at most α.
@Suite("Counts that are drawn and not simulated")
struct BinomialDrawTests {
    private static let falseFailureRate = 1e-9
    private static let drawCount = 8000

    /// By inversion and by rejection, on both sides of where one gives way to the other, and mirrored.
    private static let distributions: [(trials: Int, probability: Double)] = [
        (1, 0.3), (7, 0.9), (40, 0.2), (99, 0.1), (101, 0.1), (20, 0.5), (1000, 0.37), (300_000, 0.4621),
        (1_000_000, 0.999), (50_000_000, 1e-6),
    ]

    private static func largestDeviation(_ draws: [Int], from distribution: BinomialDistribution) -> Double {
        let sorted = draws.sorted(), total = Double(sorted.count)
        var worst = 0.0
        var index = 0
        while index < sorted.count {
            let value = sorted[index]
            var next = index
            while next < sorted.count, sorted[next] == value { next += 1 }
            // The function jumps at values alone: just before one, and at it.
            let below = 1 - distribution.upperTail(from: value), through = 1 - distribution.upperTail(from: value + 1)
            worst = max(worst, abs(Double(index) / total - below), abs(Double(next) / total - through))
            index = next
        }
        return worst
    }

    private static var tolerance: Double {
        let level = falseFailureRate / Double(distributions.count)
        return (log(2 / level) / (2 * Double(drawCount))).squareRoot()
    }

    @Test("binomial draws follow their exact distribution")
    func binomial() {
        for (trials, probability) in Self.distributions {
            var noise = StudyNoise(seed: 0x5eed_0501)
            let draws = (0..<Self.drawCount).map { _ in noise.binomial(trials, probability) }
            let deviation = Self.largestDeviation(
                draws, from: BinomialDistribution(trialCount: trials, probability: probability))
            #expect(deviation <= Self.tolerance, "\(trials) trials at \(probability): \(deviation)")
        }
    }

    @Test("a draw whose mean is off by a fifth of its deviation is told from a right one")
    func plantedFault() {
        var noise = StudyNoise(seed: 0x5eed_0502)
        let deviation = (1000 * 0.37 * 0.63).squareRoot()
        let draws = (0..<Self.drawCount).map { _ in noise.binomial(1000, 0.37 + deviation / 5 / 1000) }
        let distribution = BinomialDistribution(trialCount: 1000, probability: 0.37)
        #expect(Self.largestDeviation(draws, from: distribution) > Self.tolerance)
    }

    @Test("certain and impossible outcomes need no luck")
    func ends() {
        var noise = StudyNoise(seed: 0x5eed_0503)
        #expect(noise.binomial(0, 0.5) == 0 && noise.binomial(100, 0) == 0 && noise.binomial(100, 1) == 100)
        #expect(noise.binomial(-3, 0.5) == 0 && noise.binomial(100, -0.1) == 0 && noise.binomial(100, 1.1) == 100)
    }

    @Test("multinomial draws add up, and each place follows its binomial distribution")
    func multinomial() {
        var noise = StudyNoise(seed: 0x5eed_0504)
        let weights = [3.0, 0, 1, 4], total = 500
        let draws = (0..<Self.drawCount).map { _ in noise.multinomial(total, weights: weights) }
        #expect(draws.allSatisfy { $0.reduce(0, +) == total && $0[1] == 0 })
        for place in [0, 2, 3] {
            let distribution = BinomialDistribution(trialCount: total, probability: weights[place] / 8)
            let deviation = Self.largestDeviation(draws.map { $0[place] }, from: distribution)
            #expect(deviation <= Self.tolerance, "place \(place): \(deviation)")
        }
        #expect(noise.multinomial(9, weights: [0, 0]) == [0, 9])
        #expect(noise.multinomial(9, weights: []).isEmpty)
    }

    @Test("a table of aliases holds the weights that it was made of")
    func aliases() {
        for weights in [[1.0], [0.2, 0.8], (1...50).map { exp(-0.2 * Double($0)) }, [0, 0, 5, 1]] {
            let table = AliasTable(weights: weights), sum = weights.reduce(0, +)
            for (place, probability) in table.probabilities.enumerated() {
                #expect(abs(probability - weights[place] / sum) < 1e-12, "\(weights): \(place)")
            }
        }
    }
}
