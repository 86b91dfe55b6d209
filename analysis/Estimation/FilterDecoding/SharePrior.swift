internal import Foundation

/// The prior of candidates' shares: a distribution on 0 and 32 multiples of the typical standard error, learnt from all
/// candidates (empirical Bayes), that shrinks what noise alone would explain.
///
/// A candidate far above its standard error has a flat prior: it is there, and nothing is gained by shrinking it. In
/// between, the two posteriors are mixed, so that no candidate jumps from one to the other for ever.
struct SharePrior: Sendable {
    /// From how many standard errors on the prior starts to be flat, and is.
    private static let certainty = 5.5...6.5

    private static let gridStep = 0.25
    private static let gridCount = 33

    /// The probability of each point of the grid, i·s₀/4.
    private(set) var weights: [Double]
    /// s₀: the median standard error of the candidates.
    private(set) var scale: Double

    /// Half of the candidates at zero, the rest spread evenly.
    init() {
        let spread = 0.5 / Double(Self.gridCount - 1)
        weights = [0.5] + [Double](repeating: spread, count: Self.gridCount - 1)
        scale = 1
    }

    /// A share's mean and variance after its estimate is known.
    struct Posterior: Sendable {
        var mean: Double
        var variance: Double
    }

    /// Learns the prior from estimates with these variances by so many steps of expectation maximisation, and says what it
    /// makes of them.
    mutating func posteriors(
        estimates: [Double], variances: [Double], learningSteps: Int, scale: Double
    ) -> [Posterior] {
        self.scale = scale
        let blocks = blocks(estimates, variances)
        for _ in 0..<learningSteps { learn(blocks) }
        return posteriors(estimates, variances, blocks)
    }

    /// What the prior, as it is, makes of estimates with these variances.
    func posteriors(estimates: [Double], variances: [Double]) -> [Posterior] {
        posteriors(estimates, variances, blocks(estimates, variances))
    }

    private func posteriors(_ estimates: [Double], _ variances: [Double], _ blocks: [Block]) -> [Posterior] {
        var posteriors = zip(estimates, variances).map { Posterior(mean: $0, variance: $1) }
        let step = Self.gridStep * scale, floor = 1e-4 * scale * scale
        forEachBlock(blocks) { first, uncertain, likelihoods, total in
            var (sum, squares) = (SIMD8<Double>.zero, SIMD8<Double>.zero)
            for (index, likelihood) in likelihoods.enumerated() {
                let place = Double(index)
                sum += place * likelihood
                squares += place * place * likelihood
            }
            let mean = sum / total, variance = squares / total - mean * mean
            for lane in 0..<8 where uncertain[lane] > 0 {
                let flat = posteriors[first + lane], share = uncertain[lane]
                posteriors[first + lane] = Posterior(
                    mean: flat.mean + share * (step * mean[lane] - flat.mean),
                    variance: flat.variance
                        + share * (max(step * step * variance[lane], floor) - flat.variance))
            }
        }
        return posteriors
    }

    private mutating func learn(_ blocks: [Block]) {
        var sums = [SIMD8<Double>](repeating: .zero, count: Self.gridCount)
        var uncertainCount = 0.0
        forEachBlock(blocks) { _, uncertain, likelihoods, total in
            let factor = uncertain / total
            for index in likelihoods.indices { sums[index] += factor * likelihoods[index] }
            uncertainCount += uncertain.sum()
        }
        guard uncertainCount > 0 else { return }
        // No point may die: later estimates may need it.
        let raised = sums.map { max($0.sum() / uncertainCount, 1e-6) }
        let total = raised.reduce(0, +)
        weights = raised.map { $0 / total }
    }

    /// Eight candidates. The ratios of neighbouring points' likelihoods are a geometric sequence, so that each takes two
    /// exponentials, however many points there are.
    private struct Block {
        /// How much the prior applies to each; 0 beyond the end.
        var uncertain = SIMD8<Double>.zero
        /// The likelihood of the first point over that of zero.
        var ratio = SIMD8<Double>.zero
        /// The ratio of a ratio to the one before.
        var decay = SIMD8<Double>.zero
    }

    private func blocks(_ estimates: [Double], _ variances: [Double]) -> [Block] {
        let step = Self.gridStep * scale, certainty = Self.certainty
        let width = certainty.upperBound - certainty.lowerBound
        return stride(from: 0, to: estimates.count, by: 8).map { first in
            var block = Block()
            for lane in 0..<min(8, estimates.count - first) {
                let (estimate, variance) = (estimates[first + lane], variances[first + lane])
                let excess = estimate / variance.squareRoot() - certainty.lowerBound
                guard excess < width else { continue }
                let curvature = step * step / variance
                block.uncertain[lane] = min(1, 1 - excess / width)
                block.ratio[lane] = exp(step * estimate / variance - curvature / 2)
                block.decay[lane] = exp(-curvature)
            }
            return block
        }
    }

    /// Goes through the blocks: the weighted likelihood of each point of the grid over that of zero, and their sum.
    private func forEachBlock(
        _ blocks: [Block],
        _ body: (_ first: Int, _ uncertain: SIMD8<Double>, _ likelihoods: [SIMD8<Double>], _ total: SIMD8<Double>) ->
            Void
    ) {
        var likelihoods = [SIMD8<Double>](repeating: .zero, count: Self.gridCount)
        for (position, block) in blocks.enumerated() {
            var likelihood = SIMD8<Double>(repeating: 1), total = SIMD8<Double>.zero, ratio = block.ratio
            for index in 0..<Self.gridCount {
                likelihoods[index] = weights[index] * likelihood
                total += likelihoods[index]
                likelihood *= ratio
                ratio *= block.decay
            }
            body(8 * position, block.uncertain, likelihoods, total)
        }
    }
}
