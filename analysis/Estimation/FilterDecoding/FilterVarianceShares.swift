/// How the variance of a decoding's rows, weighted by their precision around what a random text sets, is shared out.
///
/// The three shares sum to 1.
public struct FilterVarianceShares: Hashable, Sendable {
    /// What the detected candidates explain.
    public let explained: Double
    /// What the noise of the reports accounts for.
    public let noise: Double
    /// The rest: strings that are not detected, or that are no candidates.
    public let missing: Double
}

extension FilterDecoding {
    /// The shares of the variance; `nil` where there is none.
    ///
    /// - Complexity: linear in the rows, and in the detected candidates' hashes.
    public func varianceShares(of counts: FilterCounts, design: FilterDesign) -> FilterVarianceShares? {
        let center = design.fillShare < 1 ? design.fillShare : 0
        let rows = FilterRows(counts, center: center)
        var fitted = [Double](repeating: 0, count: design.rowCount), found = 0.0
        for (candidate, share) in shares.enumerated() where share.isDetected {
            found += share.unbiased
            for row in design.distinctRows(of: candidate) { fitted[row] += share.unbiased }
        }
        for row in fitted.indices { fitted[row] -= found * center }
        let variances = rows.variances { fitted[$0] }
        var (total, rest) = (0.0, 0.0)
        for row in rows.used {
            let (deviation, residual) = (rows.deviations[row], rows.deviations[row] - fitted[row])
            total += deviation * deviation / variances[row]
            rest += residual * residual / variances[row]
        }
        guard total > 0 else { return nil }
        // Each row is expected to leave 1 to noise.
        let explained = max(0, 1 - rest / total)
        let noise = min(1 - explained, Double(rows.used.count) / total)
        return FilterVarianceShares(explained: explained, noise: noise, missing: max(0, 1 - explained - noise))
    }
}
