import Foundation
import TestSupport
import Testing

@testable import Estimation

@Suite("What is learnt of all candidates and rows is what Bayes' rule says")
struct LearntDistributionTests {
    /// Bayes' rule on the whole grid, with the densities written out.
    private struct PlainPrior {
        var masses = [0.5] + [Double](repeating: 0.5 / 32, count: 32)
        let scale: Double

        func doubt(_ estimate: Double, _ variance: Double) -> Double {
            min(1, max(0, 6.5 - estimate / variance.squareRoot()))
        }

        func chances(_ estimate: Double, _ variance: Double) -> [Double] {
            let weights = masses.enumerated().map { index, mass in
                let distance = estimate - Double(index) / 4 * scale
                return mass * exp(-distance * distance / (2 * variance))
            }
            let total = weights.reduce(0, +)
            return weights.map { $0 / total }
        }

        mutating func learn(_ estimates: [Double], _ variances: [Double]) {
            let doubts = zip(estimates, variances).map(doubt)
            var sums = [Double](repeating: 0, count: 33)
            for (place, doubt) in doubts.enumerated() where doubt > 0 {
                for (index, chance) in chances(estimates[place], variances[place]).enumerated() {
                    sums[index] += doubt * chance
                }
            }
            let raised = sums.map { max($0 / doubts.reduce(0, +), 1e-6) }
            masses = raised.map { $0 / raised.reduce(0, +) }
        }

        func posterior(_ estimate: Double, _ variance: Double) -> (mean: Double, variance: Double) {
            let doubt = doubt(estimate, variance)
            guard doubt > 0 else { return (estimate, variance) }
            let chances = chances(estimate, variance).enumerated()
            let mean = chances.reduce(0) { $0 + $1.element * Double($1.offset) / 4 }
            let spread = chances.reduce(0) {
                $0 + $1.element * (Double($1.offset) / 4 - mean) * (Double($1.offset) / 4 - mean)
            }
            let kept = max(spread, 1e-4) * scale * scale
            return (doubt * mean * scale + (1 - doubt) * estimate, doubt * kept + (1 - doubt) * variance)
        }
    }

    @Test("shares' posteriors are those of the grid, mixed with flat ones between 5.5 and 6.5 standard errors")
    func prior() {
        var noise = SeededNoise(seed: 0x91)
        // From far below zero to far above, on both sides of where the prior ends, and no multiple of eight of them.
        let deviations = (0..<90).map { -4 + 0.13 * Double($0) } + [5.5, 6, 6.4999, 6.5, 6.5001, 40, -30]
        let variances = deviations.map { _ in Double.random(in: 0.5...2, using: &noise) * 1e-4 }
        let estimates = zip(deviations, variances).map { $0 * $1.squareRoot() }
        for steps in [0, 1, 7] {
            var (prior, plain) = (SharePrior(), PlainPrior(scale: 0.01))
            for _ in 0..<steps { plain.learn(estimates, variances) }
            let posteriors = prior.posteriors(
                estimates: estimates, variances: variances, learningSteps: steps, scale: 0.01)
            #expect(zip(prior.weights, plain.masses).allSatisfy { isNear($0, $1, 1e-10) })
            for place in estimates.indices {
                let expected = plain.posterior(estimates[place], variances[place]), found = posteriors[place]
                #expect(
                    isNear(found.mean, expected.mean, 1e-10, of: 0.01)
                        && isNear(found.variance, expected.variance, 1e-9, of: 1e-6),
                    "\(steps) steps, \(deviations[place]) deviations: \(found), \(expected)")
            }
        }
    }

    @Test("candidates that are all certain leave the prior as it was")
    func certain() {
        var prior = SharePrior()
        let before = prior.weights
        let posteriors = prior.posteriors(
            estimates: [1, 2, 3], variances: [1e-4, 1e-4, 1e-4], learningSteps: 5, scale: 0.01)
        #expect(prior.weights == before && posteriors.map(\.mean) == [1, 2, 3])
        #expect(posteriors.allSatisfy { $0.variance == 1e-4 })
    }

    @Test("a background's scores, information and dispersion are those of plain densities on the whole grid")
    func background() {
        var noise = SeededNoise(seed: 0x92)
        func uniform(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &noise) }
        for tail in [0.0, 3, 40] {
            let variances = (0..<120).map { _ in uniform(0.3...3) * 1e-3 }
            // A few rows far above the others, where missing strings are heavy; and one far below the grid.
            let residuals =
                variances.indices.map { place in
                    variances[place].squareRoot() * (uniform(-2...2) + (place % 9 == 0 ? uniform(0...1) * tail : 0))
                } + [-1]
            let spread = variances + [1e-3], deviation = spread.sorted()[60].squareRoot()
            let low = -2.5 * deviation, high = max(2.5 * deviation, (residuals.max() ?? 0) + 0.5 * deviation)
            let count = min(160, Int(((high - low) / (0.3 * deviation)).rounded(.up)))
            let places = (0..<count).map { low + (high - low) * Double($0) / Double(count - 1) }
            var masses = places.map { exp(-2 * $0 * $0 / (deviation * deviation)) + 1e-3 }
            masses = masses.map { $0 / masses.reduce(0, +) }
            func chances(_ place: Int) -> [Double] {
                let exponents = places.map { -(residuals[place] - $0) * (residuals[place] - $0) / (2 * spread[place]) }
                let top = exponents.max() ?? 0
                let weights = zip(exponents, masses).map { exp($0 - top) * $1 }
                let total = weights.reduce(0, +)
                return weights.map { $0 / total }
            }
            for _ in 0..<4 {
                var sums = [Double](repeating: 0, count: count)
                for place in residuals.indices {
                    for (index, chance) in chances(place).enumerated() { sums[index] += chance }
                }
                masses = sums.map { max($0 / Double(residuals.count), 1e-9) }
                masses = masses.map { $0 / masses.reduce(0, +) }
            }
            var (scores, kept, energy) = ([Double](), 0.0, 0.0)
            for place in residuals.indices {
                let chances = chances(place), mean = zip(chances, places).reduce(0) { $0 + $1.0 * $1.1 }
                let variance = zip(chances, places).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
                scores.append((residuals[place] - mean) / spread[place])
                kept += 1 - variance / spread[place]
                energy += (residuals[place] - mean) * (residuals[place] - mean) / spread[place]
            }
            let information = min(max(kept / Double(residuals.count), 0.02), 1)
            var background = TextBackground(residuals: residuals, variances: spread)
            let found = background.scores(of: residuals, variances: spread, learningSteps: 4)
            let largest = scores.map(abs).max() ?? 0
            #expect(zip(found.scores, scores).allSatisfy { isNear($0, $1, 1e-9, of: largest) }, "tail \(tail)")
            #expect(isNear(found.information, information, 1e-9))
            #expect(isNear(found.dispersion, energy / Double(residuals.count) / information, 1e-9))
        }
    }

    @Test("the median is the middle of the sorted numbers")
    func medians() {
        var noise = SeededNoise(seed: 0x93)
        for count in 0...40 {
            for distinct in [1.0, 3, 1e6] {
                let numbers = (0..<count).map { _ in (Double.random(in: -1...1, using: &noise) * distinct).rounded() }
                let sorted = numbers.sorted()
                let middle = count == 0 ? 0 : (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
                #expect(median(numbers) == middle && median(sorted) == middle && median(sorted.reversed()) == middle)
            }
        }
    }
}
