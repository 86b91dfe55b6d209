import Estimation
import Foundation
import TestSupport
import Testing

/// Support counts are drawn as what they are, sums of two binomials, with the probabilities of optimised unary encoding.
@Suite("Denoised frequencies have a smaller error over all values")
struct EmpiricalBayesTests {
    @Test(
        "on a Zipf domain of 1,024 values their squared error is below that of Norm-Sub, in every cell",
        arguments: [10_000, 100_000, 1_000_000], [1.0, 2, 4])
    func zipf(reportCount: Int, epsilon: Double) {
        let weights = (1...1024).map { pow(Double($0), -1.1) }
        let total = weights.reduce(0, +)
        let (denoised, consistent, raw) = meanSquaredErrors(
            shares: weights.map { $0 / total }, reportCount: reportCount, epsilon: epsilon, runCount: 10)
        #expect(denoised < 0.9 * consistent, "\(denoised) against \(consistent)")
        #expect(consistent < raw)
    }

    @Test("on a uniform and on a geometric domain their squared error is below that of Norm-Sub too")
    func others() {
        let geometric = (0..<256).map { pow(0.96, Double($0)) }
        for weights in [[Double](repeating: 1, count: 256), geometric] {
            let total = weights.reduce(0, +)
            let (denoised, consistent, _) = meanSquaredErrors(
                shares: weights.map { $0 / total }, reportCount: 20_000, epsilon: 2, runCount: 5)
            #expect(denoised < consistent, "\(denoised) against \(consistent)")
        }
    }

    @Test("where a large domain is drowned in noise, few steps are enough to learn that nearly all is 0")
    func drowned() {
        let weights = (1...20_000).map { pow(Double($0), -1.1) }
        let total = weights.reduce(0, +)
        let (denoised, consistent, _) = meanSquaredErrors(
            shares: weights.map { $0 / total }, reportCount: 20_000, epsilon: 1, runCount: 2)
        #expect(denoised < consistent, "\(denoised) against \(consistent)")
    }

    @Test("a value that stands far above all others keeps its estimate, and noise around 0 goes to nearly 0")
    func isolated() {
        let frequencies = (0..<200).map { 0.001 * sin(Double($0 * $0)) } + [0.4]
        let prior = EmpiricalBayes(frequencies: frequencies, standardErrors: frequencies.map { _ in 0.001 })
        #expect(abs(prior.mean(frequency: 0.4, standardError: 0.001) - 0.4) < 0.0005)
        #expect(abs(prior.mean(frequency: 0.0005, standardError: 0.001)) < 0.0003)
        #expect(prior.mean(frequency: -0.9, standardError: 0.001) >= 0)
    }

    @Test("a greater estimate never has a smaller mean, and every mean is a frequency")
    func monotone() {
        var noise = SeededNoise(seed: 0xEB01)
        let frequencies = (0..<300).map { index in
            0.3 / Double(1 + index) + 0.02 * (Double.random(in: -1...1, using: &noise))
        }
        let prior = EmpiricalBayes(frequencies: frequencies, standardErrors: frequencies.map { _ in 0.01 })
        let means = (-100...450).map { prior.mean(frequency: Double($0) / 1000, standardError: 0.01) }
        #expect(zip(means, means.dropFirst()).allSatisfy { $0 <= $1 + 1e-9 })
        #expect(means.allSatisfy { (0...1).contains($0) })
    }

    @Test("estimates without error, of no value, and beyond what a frequency can be are taken")
    func extremes() {
        let none = EmpiricalBayes(frequencies: [], standardErrors: [])
        #expect(none.mean(frequency: 0.3, standardError: 0.1) == 0.3)
        let exact = EmpiricalBayes(frequencies: [0.25, 1.5], standardErrors: [0, 0])
        #expect(exact.mean(frequency: 0.25, standardError: 0) == 0.25)
        #expect(exact.mean(frequency: 1.5, standardError: 0) == 1)
        let wild = EmpiricalBayes(frequencies: [40, -40, 0.1], standardErrors: [0.01, 10, 1e-9])
        for (frequency, error) in [(40, 0.01), (-40, 10), (0.1, 1e-9)] {
            #expect((0...1).contains(wild.mean(frequency: frequency, standardError: error)))
        }
    }

    @Test("estimates of equal support have one mean, and they come in the order of the values")
    func ofEstimates() {
        let estimates = [30.0, 500, 30, -20].map { count in
            FrequencyEstimate(
                count: count, standardError: 25, frequency: count / 1000, interval: 0...1, pValue: 0.5,
                isDetected: false)
        }
        let means = EmpiricalBayes.frequencies(of: estimates, reportCount: 1000)
        #expect(means.count == 4 && means[0] == means[2])
        #expect(means[1] > means[0] && means[0] > means[3])
    }

    private func meanSquaredErrors(
        shares: [Double], reportCount: Int, epsilon: Double, runCount: Int
    ) -> (denoised: Double, consistent: Double, raw: Double) {
        var holders = shares.map { Int((Double(reportCount) * $0).rounded()) }
        holders[0] += reportCount - holders.reduce(0, +)
        let support = SupportProbabilities(
            truthful: 0.5, spurious: 1 / (exp(epsilon) + 1), gap: 0.5 - 1 / (exp(epsilon) + 1))
        let model = SupportModel(reportCount: reportCount, support: support, noise: .independent)
        let (total, truth) = (Double(reportCount), holders.map { Double($0) / Double(reportCount) })
        var noise = SeededNoise(seed: 0xEB_0000 + UInt64(reportCount) + UInt64(epsilon))
        var errors = (0.0, 0.0, 0.0)
        for _ in 0..<runCount {
            let frequencies = holders.map { count in
                let own = binomial(count, support.truthful, &noise)
                let other = binomial(reportCount - count, support.spurious, &noise)
                return (Double(own + other) - total * support.spurious) / (total * support.gap)
            }
            let standardErrors = frequencies.map { frequency in
                model.variance(frequency: min(max(frequency, 0), 1)).squareRoot() / (total * support.gap)
            }
            let prior = EmpiricalBayes(frequencies: frequencies, standardErrors: standardErrors)
            let denoised = zip(frequencies, standardErrors).map { prior.mean(frequency: $0, standardError: $1) }
            errors.0 += squaredError(denoised, truth)
            errors.1 += squaredError(SimplexProjection.nearest(to: frequencies, sum: .one), truth)
            errors.2 += squaredError(frequencies, truth)
        }
        return errors
    }

    private func squaredError(_ estimates: [Double], _ truth: [Double]) -> Double {
        zip(estimates, truth).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }

    /// By inversion from the most likely count outwards.
    private func binomial(_ trials: Int, _ probability: Double, _ noise: inout SeededNoise) -> Int {
        let distribution = BinomialDistribution(trialCount: trials, probability: probability)
        let mode = min(trials, Int(Double(trials + 1) * probability))
        let odds = probability / (1 - probability)
        var rest = Double.random(in: 0..<1, using: &noise) - distribution.density(at: mode)
        var (above, below) = (mode, mode)
        var (up, down) = (distribution.density(at: mode), distribution.density(at: mode))
        while rest > 0, above < trials || below > 0 {
            if above < trials {
                up *= Double(trials - above) / Double(above + 1) * odds
                above += 1
                rest -= up
                if rest <= 0 { return above }
            }
            if below > 0 {
                down *= Double(below) / Double(trials - below + 1) / odds
                below -= 1
                rest -= down
                if rest <= 0 { return below }
            }
            if up + down < 1e-300 { break }
        }
        return mode
    }
}
