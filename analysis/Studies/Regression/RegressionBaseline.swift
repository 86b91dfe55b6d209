internal import Estimation
internal import Foundation

/// Well-known ways to find candidates in RAPPOR's counts, which the decoder is held against.
public enum RegressionBaseline: String, CaseIterable, Hashable, Sendable {
    /// Weighted least squares with coefficients that are not negative; found by Bonferroni at 5 %.
    case nonNegativeBonferroni = "nnls_bonferroni"
    /// The same fit; found by Benjamini and Hochberg's steps at 5 % [BH95].
    case nonNegativeDiscoveryRate = "nnls_fdr"
    /// Weighted least squares without bounds, for fewer candidates than rows; found by Bonferroni.
    case leastSquaresBonferroni = "wls_bonferroni"
    /// As the RAPPOR paper has it [EPK14]: a lasso, with the universal penalty √(2 ln S) [DJ94] and an intercept, chooses;
    /// least squares on the chosen; found by Bonferroni.
    case lassoBonferroni = "lasso_bonferroni"
    /// Binomial maximum likelihood with coefficients that are not negative and sum to at most 1, by Fisher's scoring;
    /// found by Benjamini and Hochberg's steps.
    case binomialLikelihood = "binomial_ml"
}

/// The fits that baselines share in one run.
struct BaselineFits {
    private let targets: FilterTargets
    private let candidates: CandidateRows
    private let weights: [Double]
    private let problem: NonNegativeLeastSquares?
    private let moments: [Double]

    /// The most candidates whose normal equations are set up.
    static let largestSystem = 2000

    /// Sets up weighted least squares. Weights are variances at the fitted values of a first fit: those at the noisy
    /// targets would bias it.
    ///
    /// - Parameter background: the share of a cohort's bits that a random text sets.
    init(_ targets: FilterTargets, candidates: CandidateRows, background: Double) {
        (self.targets, self.candidates) = (targets, candidates)
        func weights(_ fitted: [Double]) -> [Double] { targets.variances(at: fitted).map { 1 / $0 } }
        func weighted(_ weights: [Double]) -> (NonNegativeLeastSquares, [Double]) {
            let moments = candidates.sums(of: zip(weights, targets.fractions).map { $0 * $1 })
            return (
                NonNegativeLeastSquares(matrix: candidates.weightedGram(weights), size: candidates.count), moments
            )
        }
        let first = weights([Double](repeating: background, count: candidates.rowCount))
        guard candidates.count <= Self.largestSystem else {
            (self.weights, problem, moments) = (first, nil, [])
            return
        }
        let (start, startMoments) = weighted(first)
        self.weights = weights(candidates.fitted(start.solution(moments: startMoments)))
        (problem, moments) = weighted(self.weights)
    }

    /// What a baseline finds; `nil` where it is not defined or its system of equations is too large.
    func found(by baselines: [RegressionBaseline]) -> [RegressionBaseline: [Double?]] {
        var found: [RegressionBaseline: [Double?]] = [:]
        if baselines.contains(.lassoBonferroni) { found[.lassoBonferroni] = lasso() }
        guard let problem else { return found }
        let solution = problem.solution(moments: moments)
        let scores = Self.scores(solution, of: problem)
        if baselines.contains(.nonNegativeBonferroni) { found[.nonNegativeBonferroni] = chosen(scores, .bonferroni) }
        if baselines.contains(.nonNegativeDiscoveryRate) {
            found[.nonNegativeDiscoveryRate] = chosen(scores, .falseDiscoveryOfIndependent)
        }
        if baselines.contains(.leastSquaresBonferroni) { found[.leastSquaresBonferroni] = leastSquares(problem) }
        if baselines.contains(.binomialLikelihood) { found[.binomialLikelihood] = likelihood(from: solution) }
        return found
    }

    /// A fitted fraction and its standard error.
    private struct Score {
        let candidate: Int
        let fraction: Double
        let standardError: Double
    }

    private static func scores(_ solution: [Double], of problem: NonNegativeLeastSquares) -> [Score] {
        let support = solution.indices.filter { solution[$0] > 0 }
        let variances = problem.variances(of: support) ?? support.map { _ in .infinity }
        return zip(support, variances).map {
            Score(candidate: $0, fraction: solution[$0], standardError: $1.squareRoot())
        }
    }

    private func chosen(_ scores: [Score], _ correction: DetectionCorrection) -> [Double?] {
        var pValues = [Double](repeating: 1, count: candidates.count)
        for score in scores {
            pValues[score.candidate] = NormalDistribution.upperTail(from: score.fraction / score.standardError)
        }
        let adjusted = correction.adjusted(pValues)
        var found = [Double?](repeating: nil, count: candidates.count)
        for score in scores where adjusted[score.candidate] <= 0.05 { found[score.candidate] = score.fraction }
        return found
    }

    private func leastSquares(_ problem: NonNegativeLeastSquares) -> [Double?]? {
        let all = Array(0..<candidates.count)
        guard candidates.count < candidates.rowCount,
            let solution = problem.freeSolution(on: all, moments: moments), let variances = problem.variances(of: all)
        else { return nil }
        return chosen(
            all.map { Score(candidate: $0, fraction: solution[$0], standardError: variances[$0].squareRoot()) },
            .bonferroni)
    }

    private func lasso() -> [Double?] {
        let lasso = NonNegativeLasso(candidates, weights: weights, hasIntercept: true)
        let universal = (2 * log(Double(candidates.count))).squareRoot()
        // The standard deviation of a candidate's gradient where there is only noise; the intercept takes its mean off.
        let total = weights.reduce(0, +)
        let penalties = lasso.candidateWeights.map { universal * max(0, $0 - $0 * $0 / total).squareRoot() }
        let solution = lasso.solution(targets: targets.fractions, penalties: penalties, tolerance: 1e-9)
        let support = solution.indices.filter { solution[$0] > 0 }
        // Least squares with an intercept: centred normal equations.
        let own = candidates.chosen(support), shares = own.sums(of: weights)
        let mean = zip(weights, targets.fractions).reduce(0) { $0 + $1.0 * $1.1 } / total
        var gram = own.weightedGram(weights)
        for row in support.indices {
            for column in support.indices {
                gram[row * support.count + column] -= shares[row] * shares[column] / total
            }
        }
        let centered = own.sums(of: zip(weights, targets.fractions).map { $0 * ($1 - mean) })
        let problem = NonNegativeLeastSquares(matrix: gram, size: support.count), all = Array(support.indices)
        guard let fit = problem.freeSolution(on: all, moments: centered), let variances = problem.variances(of: all)
        else { return [Double?](repeating: nil, count: candidates.count) }
        return chosen(
            all.map { Score(candidate: support[$0], fraction: fit[$0], standardError: variances[$0].squareRoot()) },
            .bonferroni)
    }

    /// Least squares with the variances at its own fitted values, over and over: where that rests, the binomial score is 0.
    private func likelihood(from start: [Double]) -> [Double?] {
        var solution = start, problem = problem
        for _ in 0..<12 {
            let weights = targets.variances(at: candidates.fitted(solution)).map { 1 / $0 }
            let next = NonNegativeLeastSquares(matrix: candidates.weightedGram(weights), size: candidates.count)
            let moments = candidates.sums(of: zip(weights, targets.fractions).map { $0 * $1 })
            let fit = next.solution(moments: moments, largestSum: 1, from: solution)
            let change = zip(fit, solution).reduce(0) { max($0, abs($1.0 - $1.1)) }
            (solution, problem) = (fit, next)
            if change < 1e-5 { break }
        }
        guard let problem else { return [Double?](repeating: nil, count: candidates.count) }
        return chosen(Self.scores(solution, of: problem), .falseDiscoveryOfIndependent)
    }
}
