internal import Foundation

/// The joint distribution of greatest likelihood, and how near it is.
struct JointFit: Sendable {
    /// The distribution, outer value by outer value; adds up to 1.
    private(set) var distribution: [Double]
    /// The gradient of the log-likelihood over n, which at the maximum is 1 where there is mass and at most 1 elsewhere.
    private(set) var gradient: [Double]
    /// The log-likelihood, up to a number that depends on the reports alone.
    private(set) var logLikelihood: Double
    /// Steps taken, of either kind.
    private(set) var stepCount = 0
    /// Whether ``gap`` is within ``JointFit/tolerance``.
    private(set) var isConverged = false
    private let likelihood: JointLikelihood

    /// The greatest gap of a fit that has converged: a thousandth of a likelihood unit, where 1.92 are a margin of 95 %.
    static let tolerance = 1e-3

    /// The most steps that are taken.
    static let stepLimit = 2000

    /// Steps of Newton's method are taken where one costs no more multiplications than this.
    private static let newtonCostLimit = 3e9
    private static let newtonCellLimit = 400

    /// Fits a distribution, from a start that has mass everywhere.
    init(_ likelihood: JointLikelihood, from start: [Double], progress: (_ step: Int) -> Void) {
        self.likelihood = likelihood
        distribution = Self.normalised(start)
        (logLikelihood, gradient) = likelihood.value(at: distribution)
        for _ in 0..<10 { step(to: expectation()) }
        let usesNewton =
            likelihood.cellCount <= Self.newtonCellLimit && likelihood.informationCost <= Self.newtonCostLimit
        while !isConverged, stepCount < Self.stepLimit {
            progress(stepCount)
            let before = logLikelihood
            if !usesNewton || !takeNewtonStep() { takeLongStep() }
            isConverged = gap <= Self.tolerance
            // Rounding ends what the gap does not.
            if !isConverged, usesNewton, logLikelihood - before <= 1e-12 * abs(before), stepCount > 400 { break }
        }
    }

    /// At most so much is the log-likelihood below its maximum: n·(the greatest gradient − 1), as ℓ is concave [Lin83].
    var gap: Double { likelihood.reportCount * max(0, (gradient.max() ?? 1) - 1) }

    /// A step of expectation maximisation: every cell times its gradient.
    private func expectation() -> [Double] { zip(distribution, gradient).map(*) }

    private mutating func step(to next: [Double]) {
        distribution = Self.normalised(next)
        (logLikelihood, gradient) = likelihood.value(at: distribution)
        stepCount += 1
    }

    /// Newton's method under x ≥ 0 for −ℓ/n + Σx, whose minimum adds up to 1, with steps that are halved until ℓ rises.
    private mutating func takeNewtonStep() -> Bool {
        let problem = NonNegativeQuadratic(
            matrix: likelihood.information(at: distribution), start: distribution, slope: gradient.map { 1 - $0 })
        let target = problem.minimum(stepLimit: 3 * distribution.count + 10)
        var share = 1.0
        while share > 1e-3 {
            let next = Self.normalised(zip(distribution, target).map { $0 + share * ($1 - $0) })
            let (value, slope) = likelihood.value(at: next)
            stepCount += 1
            if value > logLikelihood {
                (distribution, logLikelihood, gradient) = (next, value, slope)
                return true
            }
            share /= 4
        }
        return false
    }

    /// SQUAREM [VR08], scheme S3: a long step along two steps of expectation maximisation; where that would lower ℓ, only
    /// those two. It keeps all mass positive.
    private mutating func takeLongStep() {
        let start = distribution
        step(to: expectation())
        let first = distribution
        step(to: expectation())
        let second = distribution
        let change = zip(first, start).map(-), turn = zip(zip(second, first).map(-), change).map(-)
        let norm = { (vector: [Double]) in vector.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        guard norm(turn) > 0 else { return }
        let length = max(1, norm(change) / norm(turn))
        let long = start.indices.map { cell in
            max(start[cell] + 2 * length * change[cell] + length * length * turn[cell], 1e-3 * second[cell])
        }
        let next = Self.normalised(long), (value, slope) = likelihood.value(at: next)
        guard value > logLikelihood else { return }
        (distribution, logLikelihood, gradient) = (next, value, slope)
    }

    private static func normalised(_ masses: [Double]) -> [Double] {
        let sum = masses.reduce(0, +)
        return masses.map { $0 / sum }
    }
}
