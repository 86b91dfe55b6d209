internal import Foundation
internal import Synchronization

/// The rules of the table of accuracy.
public enum AccuracyTable {
    /// The probability that any cell of the table leaves its band.
    public static let missProbability = 1e-3

    /// Where the coverage of intervals of 95 % has to be.
    public static let coverageBand = 0.94...0.96

    /// Measures every cell of the catalog.
    ///
    /// - Parameter progress: is told how many of how many cells are done.
    /// - Throws: what ``AccuracyCell/measure(among:)`` throws.
    /// - Complexity: some minutes on two cores.
    public static func measure(progress: @Sendable (_ done: Int, _ total: Int) -> Void) throws -> [AccuracyResult] {
        let cells = AccuracyCell.all(), done = Atomic(0)
        return try parallelRuns(cells.count) { index in
            let result = try cells[index].measure(among: cells.count)
            progress(done.add(1, ordering: .relaxed).newValue, cells.count)
            return result
        }
    }

    /// Where the ratio of measured to theoretical mean squared error lies, but for a share of ``missProbability``.
    ///
    /// With estimates that are normal with covariance Λ, the sum of squared errors is Σ λ_i·Z_i² over the eigenvalues of Λ,
    /// and [LM00] Lemma 1 bounds its tails: by 2·‖λ‖₂·√t + 2·‖λ‖_∞·t above its mean and by 2·‖λ‖₂·√t below it, each but for
    /// e^(−t). The eigenvalues are taken as the variances, each with a slack of d/(d − 1): mechanisms whose reports
    /// support a fixed number of values have counts that repel each other by as much.
    ///
    /// - Parameters:
    ///   - variances: of the values' estimates, in one run.
    ///   - cellCount: how many cells share the probability.
    static func band(variances: [Double], runCount: Int, cellCount: Int) -> ClosedRange<Double> {
        let t = log(2 * Double(cellCount) / missProbability)
        let runs = Double(runCount), sum = variances.reduce(0, +) * runs
        let slack = Double(variances.count) / Double(max(1, variances.count - 1))
        let norm = (variances.reduce(0) { $0 + $1 * $1 } * runs).squareRoot() * slack
        let largest = (variances.max() ?? 0) * slack
        let low = 1 - 2 * norm * t.squareRoot() / sum
        return max(0, low)...1 + (2 * norm * t.squareRoot() + 2 * largest * t) / sum
    }
}
