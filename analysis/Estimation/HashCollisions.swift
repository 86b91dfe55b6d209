/// What a hash table adds to the variance of a candidate's support C: other values that share places with it.
///
/// With c_d′ the fraction of the k rows in which d′ meets the candidate, of mean 1/m and variance (1/m)(1 − 1/m)/k over
/// the hash functions, Var C has beside its binomial terms
///
///     (p − q)²·(1/m)(1 − 1/m)/k · Σ_{d′} n_d′(n_d′ − 1)        over the values d′ that are not the candidate
///
/// which is a sum over ordered pairs of reports about one value. The derivation is in the article on CountMeanSketch.
package struct HashCollisions: Hashable, Sendable {
    /// What one ordered pair of reports about one value adds to the variance of another value's C.
    package let variancePerPair: Double

    /// The ordered pairs of reports about one value, as estimated.
    package let equalPairCount: Double

    /// k.
    let rowCount: Int

    /// 1/m: the probability with which two values meet in a row.
    let share: Double

    /// The probabilities of a bit: p where a report's value has its place, and q.
    let cell: SupportProbabilities

    /// The collisions in so many rows of a width, with `cell` the probabilities of a bit.
    package init(rowCount: Int, width: Int, cell: SupportProbabilities, equalPairCount: Double) {
        (self.rowCount, self.cell, share) = (rowCount, cell, 1 / Double(width))
        variancePerPair = cell.gap * cell.gap * share * (1 - share) / Double(rowCount)
        self.equalPairCount = equalPairCount
    }

    /// The variance of C for a candidate with so many reports of its own, whose pairs are taken off.
    package func variance(holders: Double) -> Double { variancePerPair * otherPairCount(holders: holders) }

    /// The pairs of reports about one value that is not the candidate.
    func otherPairCount(holders: Double) -> Double { max(0, equalPairCount - holders * max(0, holders - 1)) }
}

extension HashCollisions {
    /// The collisions in a sketch whose cells are set with probability `support.truthful` by reports about a value that
    /// has its place there, and `support.spurious` by others. Where no row has two reports, all are taken to be about one
    /// value.
    ///
    /// - Complexity: linear in the cells.
    package init(in counts: SketchCounts, cell support: SupportProbabilities) {
        let equal = Self.equalPairFraction(in: counts, cell: support).map { min(max($0, 0), 1) } ?? 1
        let total = Double(counts.reportCount)
        self.init(
            rowCount: counts.rowReportCounts.count, width: counts.width, cell: support,
            equalPairCount: equal * total * (total - 1))
    }

    /// The fraction of pairs of reports that are about one value, without bias over noise and hash functions; not clipped.
    /// `nil` if no row has two reports.
    ///
    /// In a row of n_j reports, c_l of them with bit l, let y_il = (bit_il − q)/(p − q), whose mean is whether report i is
    /// about a value with place l. Then Σ_l [(Σ_i y_il)² − Σ_i y_il²] counts the ordered pairs of reports that share a
    /// place, without bias. Of those about one value all do, of the others 1/m. Rows count by their pairs.
    package static func equalPairFraction(in counts: SketchCounts, cell support: SupportProbabilities) -> Double? {
        let (p, q, width) = (support.gap, support.spurious, counts.width)
        var (sharing, pairs) = (0.0, 0.0)
        counts.cells.withUnsafeBufferPointer { cells in
            for (row, reportCount) in counts.rowReportCounts.enumerated() where reportCount >= 2 {
                let reports = Double(reportCount)
                var (squares, ones) = (0.0, 0.0)
                for cell in row * width..<(row + 1) * width {
                    let count = Double(cells[cell]), excess = count - reports * q
                    squares += excess * excess
                    ones += count
                }
                let own = ones * (1 - 2 * q) + Double(width) * reports * q * q
                sharing += (squares - own) / (p * p)
                pairs += reports * (reports - 1)
            }
        }
        guard pairs > 0 else { return nil }
        return (sharing / pairs - 1 / Double(width)) / (1 - 1 / Double(width))
    }
}
