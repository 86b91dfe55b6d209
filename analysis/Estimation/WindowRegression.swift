/// Weighted least squares through a ``WindowChannel``: a score of outputs for each thing that is asked of the cells, whose
/// mean is exactly that, however the numbers are distributed.
///
/// With K = b·1 + (a − b)·B the channel, π its outputs' shares if all cells are equally frequent, W = diag(1/π) and c the
/// counts, the shares f minimise the weighted square of (c/n − b)/(a − b) − B·f under Σf = 1. What is asked, Σ mᵢ·fᵢ, is then
/// a sum of scores λ with Kᵀλ = m: as both the weights and m are known beforehand, the estimate is linear in the counts
/// and unbiased. Solving with B and not with K keeps the matrix away from singular at every ε.
struct WindowRegression: Sendable {
    let channel: WindowChannel
    private let weights: [Double]
    private let factor: SymmetricMatrix
    /// H·1, with H = (Bᵀ·W·B)⁻¹.
    private let ones: [Double]

    init(_ channel: WindowChannel) {
        self.channel = channel
        let (count, width) = (channel.cellCount, channel.width)
        let uniform = [Double](repeating: 1 / Double(count), count: count)
        weights = channel.outputShares(of: uniform).map { 1 / $0 }
        let sums = WindowChannel.runningSums(weights)
        var matrix = SymmetricMatrix(size: count) { row, column in
            row < column + width ? sums[column + width] - sums[row] : 0
        }
        guard matrix.factorise(progress: { _ in }) == nil else {
            preconditionFailure("the outputs at the ends tell the cells apart one by one")
        }
        factor = matrix
        ones = matrix.solution(of: [Double](repeating: 1, count: count))
    }

    /// λ for Σ mᵢ·fᵢ.
    func scores(of functional: [Double]) -> [Double] {
        let solution = factor.solution(of: functional)
        let share = solution.reduce(0, +) / ones.reduce(0, +)
        let difference = zip(solution, ones).map { $0 - share * $1 }
        let weighted = zip(channel.windowSums(ofCells: difference), weights).map { $0 * $1 }
        let offset = share - channel.base * weighted.reduce(0, +) / channel.gap
        return weighted.map { $0 / channel.gap + offset }
    }

    /// The least and the greatest variance of a score, over the cells.
    func variances(of scores: [Double], functional: [Double]) -> ClosedRange<Double> {
        let variances = zip(channel.means(of: scores.map { $0 * $0 }), functional).map { $0 - $1 * $1 }
        let (least, greatest) = (variances.min() ?? 0, variances.max() ?? 0)
        return max(0, least)...max(0, greatest)
    }

    /// Σ mᵢ·fᵢ with its error, and the mean of the squared scores.
    ///
    /// - Parameter square: Σ mᵢ²·fᵢ, as far as it is known: what the variance is below the mean square.
    func estimate(
        _ scores: [Double], functional: [Double], square: (Double) -> Double, counts: [Int], confidence: ConfidenceLevel
    ) -> (MeanEstimate, ScoreMean, greatestVariance: Double) {
        let mean = ScoreMean(of: scores, counts: counts)
        let bounds = variances(of: scores, functional: functional)
        // Not held below the greatest: cut off at it, the variance would be too small on average where it is the truth.
        let variance = max(mean.meanSquare - square(mean.mean), bounds.lowerBound)
        let tailSquare = channel.tailSquare(of: scores, means: functional, rangeWidth: mean.rangeWidth)
        let estimate = mean.estimate(
            variance: variance, greatestVariance: bounds.upperBound,
            normalVariance: ScoreMean.normalRatioOfSampled * tailSquare, confidence: confidence)
        return (estimate, mean, bounds.upperBound)
    }
}
