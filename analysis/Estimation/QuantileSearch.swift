/// Quantiles of a distribution over cells of equal width: a likely one, and all that intervals of cumulative shares allow.
struct QuantileSearch: Sendable {
    /// Shares of a likely distribution, which sum to 1.
    let shares: [Double]
    /// Intervals of the share below each end of a cell, 0 and 1 among them.
    let cumulativeIntervals: [ClosedRange<Double>]

    /// The quantile of a probability, as a place in the range.
    ///
    /// The true one lies in a cell whose lower end has at most that share below it, and whose upper end at least. A cell is
    /// refused if an interval says otherwise of one of its two ends. For the true cell each happens with at most half the
    /// probability of a miss: no more tests are made of it, however many cells there are. The interval spans all that are not
    /// refused, and the likely quantile.
    func estimate(of probability: Double) -> QuantileEstimate {
        let (value, likelyCell) = likely(probability)
        var (first, last) = (likelyCell, likelyCell)
        for cell in shares.indices
        where cumulativeIntervals[cell].lowerBound <= probability
            && cumulativeIntervals[cell + 1].upperBound >= probability
        {
            (first, last) = (min(first, cell), max(last, cell))
        }
        let width = 1 / Double(shares.count)
        return QuantileEstimate(
            probability: probability, value: value, interval: Double(first) * width...Double(last + 1) * width)
    }

    /// By linear interpolation within the cell where the cumulative share reaches the probability.
    private func likely(_ probability: Double) -> (value: Double, cell: Int) {
        var below = 0.0
        for (cell, share) in shares.enumerated() {
            if below + share >= probability || cell == shares.count - 1 {
                let part = share > 0 ? min(max((probability - below) / share, 0), 1) : 0
                return ((Double(cell) + part) / Double(shares.count), cell)
            }
            below += share
        }
        return (1, shares.count - 1)
    }
}
