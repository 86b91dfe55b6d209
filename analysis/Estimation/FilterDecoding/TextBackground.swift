internal import Foundation

/// What strings that are no candidates add to the rows: a distribution of any shape, learnt from the rows' residuals by
/// expectation maximisation on a grid.
///
/// Heavy missing strings set a few rows far above the others; a normal distribution would then doubt all rows alike.
struct TextBackground: Sendable {
    private var weights: [Double]
    private let first: Double
    private let step: Double

    /// What the distribution says of rows with these residuals, in the order of `residuals`.
    struct Scores: Sendable {
        /// (residual − background's mean given it) / variance.
        var scores: [Double]
        /// The mean over rows of what the residual still tells of the candidates, 1 without a background, within 0.02...1.
        var information: Double
        /// The mean square of scores over that: above 1, standard errors are too small by its root.
        var dispersion: Double
    }

    /// A distribution near zero on a grid for residuals with these variances.
    init(residuals: [Double], variances: [Double]) {
        let deviation = median(variances).squareRoot()
        let low = -2.5 * deviation, high = max(2.5 * deviation, (residuals.max() ?? 0) + 0.5 * deviation)
        let count = Int(min(160, ((high - low) / (0.3 * deviation)).rounded(.up)))
        first = low
        step = (high - low) / Double(count - 1)
        weights = (0..<count).map { [step, first] index in
            let place = (first + step * Double(index)) / (0.5 * deviation)
            return exp(-0.5 * place * place) + 1e-3
        }
        normalise()
    }

    /// Learns from the residuals in so many steps, and scores them.
    mutating func scores(of residuals: [Double], variances: [Double], learningSteps: Int) -> Scores {
        let kernels = zip(residuals, variances).map { kernel(residual: $0, variance: $1) }
        for _ in 0..<learningSteps { learn(kernels) }
        var scores: [Double] = []
        scores.reserveCapacity(residuals.count)
        var (information, energy) = (0.0, 0.0)
        for (place, kernel) in kernels.enumerated() {
            var (total, sum, squares) = (0.0, 0.0, 0.0)
            for (offset, likelihood) in kernel.likelihoods.enumerated() {
                let weight = likelihood * weights[kernel.first + offset], position = Double(offset)
                total += weight
                sum += weight * position
                squares += weight * position * position
            }
            let mean = sum / total, spread = squares / total - mean * mean
            let background = first + step * (Double(kernel.first) + mean)
            let score = (residuals[place] - background) / variances[place]
            scores.append(score)
            information += 1 - step * step * spread / variances[place]
            energy += score * score * variances[place]
        }
        let count = Double(residuals.count), kept = min(max(information / count, 0.02), 1)
        return Scores(scores: scores, information: kept, dispersion: energy / count / kept)
    }

    /// The likelihoods of the points of the grid that a residual can come from, over that of the nearest one.
    private struct Kernel {
        let first: Int
        let likelihoods: [Double]
    }

    /// Points further than nine standard deviations beyond the nearest one add less than 10⁻¹⁷ of it.
    private func kernel(residual: Double, variance: Double) -> Kernel {
        let place = (residual - first) / step
        let nearest = Int(min(max(place.rounded(), 0), Double(weights.count - 1)))
        let reach = Int(min((9 * variance.squareRoot() / step).rounded(.up), Double(weights.count)))
        let low = max(0, nearest - reach), high = min(weights.count - 1, nearest + reach)
        let curvature = step * step / variance, offset = place - Double(nearest)
        var likelihoods = [Double](repeating: 1, count: high - low + 1)
        let decay = exp(-curvature)
        for direction in [-1.0, 1.0] {
            var likelihood = 1.0, ratio = exp(curvature * (direction * offset - 0.5))
            var index = nearest - low + Int(direction)
            while likelihoods.indices.contains(index) {
                likelihood *= ratio
                ratio *= decay
                likelihoods[index] = likelihood
                index += Int(direction)
            }
        }
        return Kernel(first: low, likelihoods: likelihoods)
    }

    private mutating func learn(_ kernels: [Kernel]) {
        var sums = [Double](repeating: 0, count: weights.count)
        for kernel in kernels {
            var total = 0.0
            for (offset, likelihood) in kernel.likelihoods.enumerated() {
                total += likelihood * weights[kernel.first + offset]
            }
            for (offset, likelihood) in kernel.likelihoods.enumerated() {
                sums[kernel.first + offset] += likelihood * weights[kernel.first + offset] / total
            }
        }
        weights = sums.map { max($0 / Double(kernels.count), 1e-9) }
        normalise()
    }

    private mutating func normalise() {
        let total = weights.reduce(0, +)
        weights = weights.map { $0 / total }
    }
}
