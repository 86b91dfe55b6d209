/// The candidates that matter, refined together: a regression on them alone that knows where they share rows, the rest
/// being part of the rows' noise, with the prior by expectation propagation [Min01].
///
/// Message passing takes candidates' filters as unrelated; with few cohorts those of two frequent strings may overlap a lot.
struct ActiveShares {
    /// Candidates above this many standard errors are refined.
    private static let threshold = 1.0
    /// The most that are: the cost grows with their cube.
    private static let countLimit = 600
    private static let iterationCount = 4
    private static let damping = 0.7

    /// The candidates, rising.
    let candidates: [Int]
    /// Their estimates without the prior, variances, and what the prior makes of both.
    private(set) var estimates: [Double], variances: [Double]
    private(set) var posteriors: [SharePrior.Posterior]

    /// Refines what message passing has found; `nil` where there is nothing to refine, or more than the rows can tell.
    init?(refining passing: MessagePassing) {
        let standardised = zip(passing.estimates, passing.variances).map { $0 / $1.squareRoot() }
        var chosen = standardised.indices.filter { standardised[$0] > Self.threshold }
        if chosen.count > Self.countLimit {
            chosen.sort { (-standardised[$0], $0) < (-standardised[$1], $1) }
            chosen = chosen[..<Self.countLimit].sorted()
        }
        guard !chosen.isEmpty, Double(chosen.count) < 0.7 * Double(passing.rows.used.count) else { return nil }
        candidates = chosen
        estimates = chosen.map { passing.estimates[$0] }
        variances = chosen.map { passing.variances[$0] }
        posteriors = chosen.map { passing.posteriors[$0] }
        let (gram, moments) = Self.regression(of: chosen, in: passing)
        guard iterate(gram: gram, moments: moments, passing: passing) else { return nil }
    }

    /// Z'WZ and Z'Wv of the chosen candidates, where v is what the rows hold beyond the others' means, and W knows how
    /// uncertain these are.
    private static func regression(
        of chosen: [Int], in passing: MessagePassing
    ) -> (gram: SymmetricMatrix, moments: [Double]) {
        let (design, rows) = (passing.design, passing.rows), center = rows.center
        var rest = zip(passing.means, passing.meanVariances).map { SIMD2($0, $1) }
        for candidate in chosen { rest[candidate] = .zero }
        let sums = design.sumsOverCandidates(of: rest), totals = rest.reduce(.zero, +)
        var weights = [Double](repeating: 0, count: rows.deviations.count), targets = weights
        var (weightTotal, targetTotal) = (0.0, 0.0)
        for row in rows.used {
            let restVariance = center * center * totals.y + (1 - 2 * center) * sums[row].y
            let spread = 1 / passing.information[row]
            weights[row] = 1 / (spread - passing.shareVariances[row] + restVariance)
            let target = passing.predictions[row] + passing.scores[row] * spread - (sums[row].x - center * totals.x)
            targets[row] = weights[row] * target
            weightTotal += weights[row]
            targetTotal += targets[row]
        }
        var gram = SymmetricMatrix(size: chosen.count)
        var setting = [[Int]](repeating: [], count: rows.deviations.count)
        var columnWeights: [Double] = [], moments: [Double] = []
        for (place, candidate) in chosen.enumerated() {
            let own = design.distinctRows(of: candidate)
            for row in own { setting[row].append(place) }
            columnWeights.append(own.reduce(0) { $0 + weights[$1] })
            moments.append(own.reduce(0) { $0 + targets[$1] } - center * targetTotal)
        }
        for row in rows.used where !setting[row].isEmpty { gram.add(weights[row], at: setting[row]) }
        gram.update { row, column, entry in
            entry + center * (center * weightTotal - columnWeights[row] - columnWeights[column])
        }
        return (gram, moments)
    }

    /// Whether the regression could be solved.
    private mutating func iterate(gram: SymmetricMatrix, moments: [Double], passing: MessagePassing) -> Bool {
        let scale = passing.scale, precisionLimit = 1e4 / (scale * scale)
        var precisions: [Double] = [], shifts: [Double] = []
        for place in candidates.indices {
            let site = Self.site(
                posteriors[place], estimate: estimates[place], variance: variances[place], limit: precisionLimit)
            precisions.append(site.precision)
            shifts.append(site.shift)
        }
        for iteration in 0..<Self.iterationCount {
            var factor = gram
            factor.update { row, column, entry in row == column ? entry + precisions[row] : entry }
            guard factor.factorise(progress: { _ in }) == nil else { return false }
            let solution = factor.solution(of: zip(moments, shifts).map(+))
            let diagonal = factor.inverseDiagonal { _ in }
            for place in candidates.indices {
                let precision = 1 / diagonal[place]
                variances[place] = 1 / max(precision - precisions[place], 1e-3 * precision)
                estimates[place] = variances[place] * (solution[place] * precision - shifts[place])
            }
            posteriors = passing.prior.posteriors(estimates: estimates, variances: variances)
            guard iteration < Self.iterationCount - 1 else { break }
            for place in candidates.indices {
                let site = Self.site(
                    posteriors[place], estimate: estimates[place], variance: variances[place], limit: precisionLimit)
                precisions[place] += Self.damping * (site.precision - precisions[place])
                shifts[place] += Self.damping * (site.shift - shifts[place])
            }
        }
        return true
    }

    /// The normal factor that turns an estimate into its posterior; 1 where the prior is flat.
    private static func site(
        _ posterior: SharePrior.Posterior, estimate: Double, variance: Double, limit: Double
    ) -> (precision: Double, shift: Double) {
        let precision = min(max(1 / posterior.variance - 1 / variance, 0), limit)
        return (precision, posterior.mean * (precision + 1 / variance) - estimate / variance)
    }
}
