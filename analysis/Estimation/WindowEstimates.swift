internal import Mechanisms

/// What counts of a window response's outputs say about its cells, each figure from scores of its own.
struct WindowEstimates {
    let regression: WindowRegression
    private let counts: [Int]
    private let confidence: ConfidenceLevel
    /// The scores of each cell's share.
    private let cellScores: [[Double]]

    init(_ window: WindowResponse, counts: [Int], confidence: ConfidenceLevel) {
        (self.counts, self.confidence) = (counts, confidence)
        let regression = WindowRegression(WindowChannel(window))
        cellScores = (0..<window.cellCount).map { cell in
            regression.scores(of: Self.indicator(cell..<cell + 1, of: window.cellCount))
        }
        self.regression = regression
    }

    private var cellCount: Int { cellScores.count }

    /// The share of each cell. An indicator is its own square, so that its variance is the scores' mean square less it.
    var histogram: [FrequencyEstimate] {
        let total = Double(counts.reduce(0, +))
        let threshold = FrequencyEstimate.familyErrorRate / Double(cellCount)
        return cellScores.indices.map { cell in
            let (estimate, mean, greatest) = indicatorEstimate(
                cellScores[cell], Self.indicator(cell..<cell + 1, of: cellCount))
            let pValue = mean.upperTail(variance: min(mean.meanSquare, greatest), greatestVariance: greatest)
            return FrequencyEstimate(
                count: estimate.mean * total, standardError: estimate.standardError * total, frequency: estimate.mean,
                interval: estimate.interval, pValue: pValue, isDetected: pValue <= threshold)
        }
    }

    /// The intervals of the shares below each cell's lower end, and below the upper end of the last; the first and the last
    /// are known.
    var cumulativeIntervals: [ClosedRange<Double>] {
        var scores = [Double](repeating: 0, count: counts.count)
        let inner = (1..<cellCount).map { cell in
            scores = zip(scores, cellScores[cell - 1]).map(+)
            return indicatorEstimate(scores, Self.indicator(0..<cell, of: cellCount)).0.interval
        }
        return [0...0] + inner + [1...1]
    }

    /// The mean of the cells' middles, as places in the range. A number is at most half a cell from the middle of its own, so
    /// the interval is wider by that on both sides.
    var mean: MeanEstimate {
        let middles = (0..<cellCount).map { (Double($0) + 0.5) / Double(cellCount) }
        let squares = ScoreMean(of: regression.scores(of: middles.map { $0 * $0 }), counts: counts).mean
        let estimate = regression.estimate(
            regression.scores(of: middles), functional: middles, square: { max(squares, $0 * $0) }, counts: counts,
            confidence: confidence
        ).0
        let half = 0.5 / Double(cellCount)
        return MeanEstimate(
            mean: estimate.mean, standardError: estimate.standardError,
            interval: estimate.interval.lowerBound - half...estimate.interval.upperBound + half)
    }

    private func indicatorEstimate(
        _ scores: [Double], _ indicator: [Double]
    ) -> (MeanEstimate, ScoreMean, greatestVariance: Double) {
        regression.estimate(
            scores, functional: indicator, square: { min(max($0, 0), 1) }, counts: counts, confidence: confidence)
    }

    static func indicator(_ cells: Range<Int>, of count: Int) -> [Double] {
        (0..<count).map { cells.contains($0) ? 1 : 0 }
    }
}
