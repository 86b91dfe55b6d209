internal import Mechanisms

/// A score for every output of a mechanism whose mean is the place of the number, and what its square tells.
///
/// Scores and places are counted from the middle of the range. A report about the place x has a score Z with E[Z] = x and
/// E[Z²] = A + B·x² + r, where 0 ≤ r ≤ R comes from rounding to a grid. Hence x² over all reports can be estimated from the
/// mean square of the scores, and with it the variance that the noise has about these very numbers,
/// A + (B − 1)·x² + r: without that of drawing the devices.
struct MeanScores: Sendable {
    let scores: [Double]
    /// A.
    let constant: Double
    /// B.
    let slope: Double
    /// R.
    let rounding: Double
    /// The greatest ratio of the fourth central moment to the variance, of a score about a point of the grid.
    let tailSquare: Double

    /// The mean place in the range from 0 to 1; `nil` if there are no reports.
    func meanPlace(counts: [Int], confidence: ConfidenceLevel) -> MeanEstimate? {
        guard counts.contains(where: { $0 > 0 }) else { return nil }
        let mean = ScoreMean(of: scores, counts: counts)
        // The mean square has the rounding to the grid in it already: B − 1 of the B parts that V has.
        let spread = min(max((mean.meanSquare - constant) / slope, 0), 0.25)
        return mean.estimate(
            variance: variance(spread: spread) - rounding + rounding / slope,
            greatestVariance: max(variance(spread: 0), variance(spread: 0.25)),
            normalVariance: ScoreMean.normalRatio * tailSquare, confidence: confidence
        ).shifted(by: 0.5)
    }

    /// The variance of a report about a place of this square.
    func variance(spread: Double) -> Double { constant + (slope - 1) * spread + rounding }
}

extension MeanEstimate {
    fileprivate func shifted(by offset: Double) -> MeanEstimate {
        MeanEstimate(
            mean: mean + offset, standardError: standardError,
            interval: interval.lowerBound + offset...interval.upperBound + offset)
    }
}

extension MeanScores {
    /// The scores of a window on a grid.
    ///
    /// With a and b the probabilities of an output of the window and of any other, M = g + w outputs y, counted from the
    /// middle one, and s = w(a − b), a report about the point i, counted from the middle, has E[y] = s·i and
    /// E[y²] = b·M(M² − 1)/12 + s·(w² − 1)/12 + s·i². The score is y / (g·s). Rounding adds at most a quarter of a step squared
    /// to the mean of i².
    init(_ grid: GridWindow) {
        let (steps, width, outputs) = (
            Double(grid.stepCount), Double(grid.window.width), Double(grid.window.outputCount)
        )
        let gap = grid.window.gap * width
        scores = (0..<grid.window.outputCount).map { (Double($0) - (outputs - 1) / 2) / (steps * gap) }
        let all = grid.window.outsideProbability * outputs * (outputs * outputs - 1)
        constant = (all + gap * (width * width - 1)) / (12 * steps * steps * gap * gap)
        slope = 1 / gap
        rounding = 1 / (4 * gap * steps * steps)
        tailSquare = WindowChannel(grid.window).tailSquare(
            of: scores, means: (0...grid.stepCount).map { (Double($0) - steps / 2) / steps },
            rangeWidth: (outputs - 1) / (steps * gap))
    }

    /// The scores of a bit, then those of a window, which is picked with a probability.
    init(_ hybrid: Hybrid) {
        let picked = Double(hybrid.configuration.piecewiseThreshold) * 0x1p-64
        let (window, reach) = (MeanScores(hybrid.grid), 0.5 / hybrid.bit.gap)
        scores = [-reach, reach] + window.scores
        constant = picked * window.constant + (1 - picked) * reach * reach
        slope = picked * window.slope
        rounding = picked * window.rounding
        // The moments of a mixture of equal means are mixtures, so that the ratio is at most the greater one. A bit's ratio
        // of its fourth moment to its variance is r² + 3x², at the place x.
        tailSquare = max(window.tailSquare, reach * reach + 0.75)
    }
}

extension WindowResponse {
    /// b: the probability of one output outside the window.
    var outsideProbability: Double { Double(outsideThreshold) * 0x1p-64 / Double(cellCount - 1) }

    /// a − b: by how much an output of the window is likelier, without the error of a difference of near-equal numbers.
    var gap: Double {
        let inside = UInt128(0 &- outsideThreshold) * UInt128(cellCount - 1)
        let difference = inside - UInt128(outsideThreshold) * UInt128(width)
        return Double(difference) * 0x1p-64 / (Double(width) * Double(cellCount - 1))
    }
}
