import Estimation
import Foundation
import TestSupport
import Testing

@Suite("Distributions agree with an independent computation")
struct DistributionTests {
    struct Quantile: Decodable {
        var probability: String
        var quantile: String
    }

    struct Tail: Decodable {
        var trials: Int
        var probability: String
        var count: Int
        var upperTail: String
    }

    @Test("normal quantiles are right to twelve digits, from the narrowest interval to the widest")
    func quantiles() throws {
        for row in try Fixtures.json("estimation/normal_quantiles.json", as: [Quantile].self) {
            let (probability, expected) = (try number(row.probability), try number(row.quantile))
            let quantile = NormalDistribution.quantile(centralProbability: probability)
            #expect(abs(quantile / expected - 1) <= 1e-12, "probability \(row.probability): \(quantile)")
        }
    }

    @Test("the upper tail at a quantile is half of what lies outside")
    func normalTails() {
        for probability in [0.1, 0.5, 0.95, 0.999999] {
            let tail = NormalDistribution.upperTail(
                from: NormalDistribution.quantile(centralProbability: probability))
            #expect(abs(tail / ((1 - probability) / 2) - 1) <= 1e-11)
        }
    }

    @Test("binomial tails are right to ten digits, up to a billion trials and down to 1e-106")
    func binomialTails() throws {
        for row in try Fixtures.json("estimation/binomial_tails.json", as: [Tail].self) {
            let distribution = BinomialDistribution(
                trialCount: row.trials, probability: try number(row.probability))
            let (tail, expected) = (distribution.upperTail(from: row.count), try number(row.upperTail))
            let isRight = expected == 0 ? tail == 0 : abs(tail / expected - 1) <= 1e-10
            #expect(isRight, "\(row.trials) trials of \(row.probability), from \(row.count): \(tail)")
        }
    }

    @Test("binomial densities sum to one and have the binomial's mean and variance")
    func moments() {
        for (trials, probability) in [(1, 0.3), (7, 0.5), (40, 0.97), (1000, 0.002)] {
            let distribution = BinomialDistribution(trialCount: trials, probability: probability)
            let densities = (0...trials).map(distribution.density(at:))
            let mean = zip(0..., densities).reduce(0) { $0 + Double($1.0) * $1.1 }
            let square = zip(0..., densities).reduce(0) { $0 + Double($1.0 * $1.0) * $1.1 }
            #expect(abs(densities.reduce(0, +) - 1) <= 1e-12)
            #expect(abs(mean - Double(trials) * probability) <= 1e-10 * mean)
            #expect(abs(square - mean * mean - mean * (1 - probability)) <= 1e-10 * square)
        }
    }

    private func number(_ text: String) throws -> Double { try #require(Double(text)) }
}
