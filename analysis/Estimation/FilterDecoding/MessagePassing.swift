internal import Foundation

/// Sparse approximate message passing: the candidates' shares from the rows, without a matrix of candidates.
///
/// With Z = X − b₀ the centred design, y − b₀ = Zβ + η + ε: a text that is no candidate adds nothing to a row on average,
/// and the deviation η to each. Candidates get a prior that is learnt (``SharePrior``), η a normal distribution or one of
/// any shape (``TextBackground``). At the fixed point, `estimates` are unbiased for the shares with `variances`
/// [DMM09; Ran11].
struct MessagePassing {
    /// A quarter more than iterations that a fixed point takes at worst.
    private static let iterationLimit = 80
    /// How much of a step the means take, for columns that are not independent. Scores take whole steps: what a candidate
    /// adds to its own estimate is taken out again by the latest ones alone, and older ones would make it swing.
    private static let damping = 0.6
    /// Below this change of any standardised estimate the fixed point is reached.
    private static let tolerance = 0.02
    /// A background of any shape is taken where rows then tell at least so much more.
    private static let robustGain = 1.05

    let design: FilterDesign
    let rows: FilterRows

    /// The posterior means of the shares.
    private(set) var means: [Double]
    /// Their posterior variances.
    private(set) var meanVariances: [Double]
    /// Unbiased estimates of the shares, and their variances.
    private(set) var estimates: [Double], variances: [Double]
    private(set) var prior = SharePrior()
    private(set) var posteriors: [SharePrior.Posterior] = []
    /// The typical standard error.
    private(set) var scale = 0.0
    private(set) var iterationCount = 0

    /// Whether the background has a distribution of any shape.
    private(set) var isRobust = false
    /// What the scores' spread makes of the variances where it is.
    private(set) var dispersion = 1.0

    /// Of each row: the variance of its noise, what the uncertain shares add to that, the score, its information, and the
    /// fitted deviation with its correction.
    private(set) var rowVariances: [Double]
    private(set) var shareVariances: [Double] = []
    private(set) var scores: [Double]
    private(set) var information: [Double]
    private(set) var predictions: [Double] = []

    private var background: TextBackground?
    private var backgroundAge = 0

    init(design: FilterDesign, rows: FilterRows) {
        (self.design, self.rows) = (design, rows)
        let center = rows.center, count = design.candidateCount
        rowVariances = rows.variances { _ in 0 }
        var excess = 0.0
        for row in rows.used { excess += rows.deviations[row] * rows.deviations[row] - rowVariances[row] }
        let start = max(1e-12, excess / Double(rows.used.count) / (Double(count) * center * (1 - center)))
        means = [Double](repeating: 0, count: count)
        meanVariances = [Double](repeating: start, count: count)
        (estimates, variances) = (means, meanVariances)
        scores = [Double](repeating: 0, count: rows.deviations.count)
        information = scores
    }

    /// Goes to the fixed point.
    ///
    /// - Parameter progress: is told of iterations done of the most there can be.
    mutating func run(progress: (_ done: Int, _ total: Int) -> Void) {
        var standardised: [Double] = [], choiceIsOpen = true
        for iteration in 0..<Self.iterationLimit {
            iterationCount = iteration + 1
            progress(iteration, Self.iterationLimit)
            let residuals = predict()
            score(residuals)
            step(isFirst: iteration == 0, updatingVariances: iteration > 3)
            let next = zip(estimates, variances).map { $0 / $1.squareRoot() }
            let isSettled =
                !standardised.isEmpty && zip(next, standardised).allSatisfy { abs($0 - $1) <= Self.tolerance }
            standardised = next
            if choiceIsOpen, !isRobust, (iteration >= 15 && isSettled) || iteration == 30 {
                choiceIsOpen = false
                chooseBackground(residuals)
                if isRobust { continue }
            }
            if isSettled, iteration >= 40 || (iteration >= 20 && !choiceIsOpen && !isRobust) { break }
        }
    }

    /// What the means explain of each row, with the correction for rows having been used to find them; the residuals of
    /// the rows that are used.
    private mutating func predict() -> [Double] {
        let center = rows.center
        let sums = design.sumsOverCandidates(of: zip(means, meanVariances).map { SIMD2($0, $1) })
        let offset = center * means.reduce(0, +), base = center * center * meanVariances.reduce(0, +)
        fitted = sums.map { $0.x - offset }
        shareVariances = sums.map { base + (1 - 2 * center) * $0.y }
        predictions = rows.deviations.indices.map { fitted[$0] - shareVariances[$0] * scores[$0] }
        var residuals = rows.used.map { rows.deviations[$0] - predictions[$0] }
        guard rows.mayBeEmpty else { return residuals }
        level = Self.level(residuals, rows.used.map { rowVariances[$0] + shareVariances[$0] })
        for place in residuals.indices { residuals[place] -= level }
        for row in fitted.indices { fitted[row] += level }
        return residuals
    }

    /// What the candidates say of each row.
    private var fitted: [Double] = []

    /// What all rows have in common: −b₀ times the share of the reports that set no bit.
    private var level = 0.0

    /// The share of the reports whose text is no candidate, as far as the candidates and empty reports leave it.
    var unknownShare: Double { 1 - means.reduce(0, +) + (rows.center > 0 ? level / rows.center : 0) }

    /// The mean of residuals, weighted by what each row tells.
    private static func level(_ residuals: [Double], _ variances: [Double]) -> Double {
        var (sum, total) = (0.0, 0.0)
        for (residual, variance) in zip(residuals, variances) {
            sum += residual / variance
            total += 1 / variance
        }
        return sum / total
    }

    /// The scores and information of rows with these residuals.
    private mutating func score(_ residuals: [Double]) {
        let spread = rows.used.map { rowVariances[$0] + shareVariances[$0] }
        let found: [Double]
        if isRobust {
            let isFresh = backgroundAge % 15 == 0
            if isFresh { background = TextBackground(residuals: residuals, variances: spread) }
            let result = background?.scores(of: residuals, variances: spread, learningSteps: isFresh ? 25 : 2)
            guard let result else { return }
            backgroundAge += 1
            dispersion = result.dispersion
            found = result.scores
            for (place, row) in rows.used.enumerated() { information[row] = result.information / spread[place] }
        } else {
            let excess = Self.excessVariance(residuals, spread)
            found = zip(residuals, spread).map { $0 / ($1 + excess) }
            for (place, row) in rows.used.enumerated() { information[row] = 1 / (spread[place] + excess) }
        }
        for (place, row) in rows.used.enumerated() { scores[row] = found[place] }
    }

    /// The variance of a normal background: what the residuals have beyond their own.
    private static func excessVariance(_ residuals: [Double], _ variances: [Double]) -> Double {
        var (sum, total) = (0.0, 0.0)
        for (residual, variance) in zip(residuals, variances) {
            sum += (residual * residual - variance) / (variance * variance)
            total += 1 / (variance * variance)
        }
        return max(0, sum / total)
    }

    /// New estimates of the shares, and what the prior makes of them.
    private mutating func step(isFirst: Bool, updatingVariances: Bool) {
        let center = rows.center, slope = 1 - 2 * center
        let pairs = zip(scores, information).map { SIMD2($0, $1) }
        let sums = design.sumsOverRows(of: pairs), totals = pairs.reduce(.zero, +)
        for candidate in means.indices {
            let variance = 1 / (center * center * totals.y + slope * sums[candidate].y)
            variances[candidate] = variance
            estimates[candidate] = means[candidate] + variance * (sums[candidate].x - center * totals.x)
        }
        scale = median(variances).squareRoot()
        posteriors = prior.posteriors(
            estimates: estimates, variances: variances, learningSteps: isFirst ? 25 : 2, scale: scale)
        let weight = isFirst ? 1 : Self.damping
        for candidate in means.indices {
            means[candidate] += weight * (posteriors[candidate].mean - means[candidate])
            meanVariances[candidate] += weight * (posteriors[candidate].variance - meanVariances[candidate])
        }
        // Weights come from what is fitted, never from the noisy rows themselves, which would bias the fit.
        if updatingVariances { rowVariances = rows.variances { [fitted] in fitted[$0] } }
    }

    /// Takes a background of any shape where the rows then tell clearly more.
    private mutating func chooseBackground(_ residuals: [Double]) {
        let spread = rows.used.map { rowVariances[$0] + shareVariances[$0] }
        var trial = TextBackground(residuals: residuals, variances: spread)
        let result = trial.scores(of: residuals, variances: spread, learningSteps: 60)
        let typical = median(spread), excess = Self.excessVariance(residuals, spread)
        guard result.information / typical > Self.robustGain / (typical + excess) else { return }
        (isRobust, background, backgroundAge) = (true, trial, 1)
    }

    /// How far the rows are from what the candidates explain of them: the sum of squares over the noise, for each degree of
    /// freedom, and how many standard deviations that is above 1.
    func misfit() -> (dispersion: Double, deviations: Double) {
        let center = rows.center, sums = design.sumsOverCandidates(of: means.map { SIMD2($0, 0) })
        let offset = center * means.reduce(0, +), rowCount = Double(rows.used.count)
        var squares = 0.0
        for row in rows.used {
            let residual = rows.deviations[row] - (sums[row].x - offset) - level
            squares += residual * residual / rowVariances[row]
        }
        var spent = 0.0
        for (posterior, variance) in zip(meanVariances, variances) { spent += posterior / variance }
        let freedom = rowCount - min(0.9 * rowCount, spent), dispersion = squares / freedom
        return (dispersion, normalDeviations(ofDispersion: dispersion, freedom: freedom))
    }
}
