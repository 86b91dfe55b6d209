extension WindowChannel {
    /// The greatest ratio, over the cells, of the fourth central moment of a score to its variance.
    ///
    /// However the numbers are distributed, the fourth moments add up to at most this times the sum of the variances. So
    /// it takes the place of the square of the scores' range, which it never exceeds, in telling how far a sum of n
    /// scores is from normal.
    ///
    /// - Parameters:
    ///   - means: of the scores, for every cell.
    ///   - rangeWidth: of the scores.
    /// - Complexity: the outputs.
    func tailSquare(of scores: [Double], means cellMeans: [Double], rangeWidth: Double) -> Double {
        let powers = (2...4).map { power in
            means(of: scores.map { score in (1..<power).reduce(score) { product, _ in product * score } })
        }
        let square = rangeWidth * rangeWidth
        let ratios = cellMeans.indices.map { cell in
            let (mean, second, third, fourth) = (cellMeans[cell], powers[0][cell], powers[1][cell], powers[2][cell])
            let moments = CentralMoments(
                variance: second - mean * mean,
                fourth: fourth - 4 * mean * third + 6 * mean * mean * second - 3 * mean * mean * mean * mean)
            return moments.tailSquare(rangeWidth: rangeWidth)
        }
        return ratios.max() ?? square
    }
}

/// The second and fourth moment of a score around its mean.
struct CentralMoments {
    let variance: Double
    let fourth: Double

    /// Their ratio; the square of the range where rounding has left nothing of the variance.
    func tailSquare(rangeWidth: Double) -> Double {
        let square = rangeWidth * rangeWidth
        guard variance > 1e-9 * square else { return square }
        return min(max(fourth / variance, variance), square)
    }
}
