/// The rule of google/rappor's decode.R, for comparison: five fits with coefficients that are not negative and sum to at
/// most 1, four of them of targets with noise added, and a candidate is found whose mean is above twice the deviation.
///
/// Written from a description of what decode.R does. With more candidates than four fifths of the rows, a lasso first
/// picks those that are fitted, in each of the fits anew. Left out is its bound of each row's fitted value by the target and three standard errors,
/// which few rows reach.
struct ReferenceDecoder: Sendable {
    private let targets: [Double], errors: [Double], weights: [Double]
    private let candidates: CandidateRows

    init(_ targets: FilterTargets, candidates: CandidateRows) {
        errors = targets.variances(at: targets.fractions).map { $0.squareRoot() }
        let inverse = errors.map { 1 / $0 }, positive = inverse.filter { $0 > 0 }.sorted()
        let cap = positive.isEmpty ? 0 : 2 * positive[positive.count / 2]
        weights = inverse.map { min($0, cap) * min($0, cap) }
        self.targets = targets.fractions
        self.candidates = candidates
    }

    /// The mean fraction of each candidate that is found; `nil` for the others.
    func found(from noise: inout StudyNoise) -> [Double?] {
        let rowCount = weights.count { $0 > 0 }, all = Array(0..<candidates.count)
        let lasso =
            5 * candidates.count > 4 * rowCount
            ? NonNegativeLasso(candidates, weights: weights.map { $0 > 0 ? 1 : 0 }, hasIntercept: true) : nil
        var fit = lasso == nil ? Fit(candidates, all, weights: weights) : nil
        let fits = (0..<5).map { index -> [Double] in
            let values = targets.indices.map { row in
                index > 0 && errors[row].isFinite ? targets[row] + errors[row] * noise.normal() : targets[row]
            }
            if let lasso {
                let support = lasso.endOfPath(targets: values, limit: min(500, 4 * rowCount / 5))
                fit = Fit(candidates, support, weights: weights)
            }
            return fit?.solution(targets: values) ?? []
        }
        return all.map { candidate in
            let moments = Moments(fits.map { $0[candidate] })
            return moments.mean > 1e-6 + 2 * moments.deviation ? moments.mean : nil
        }
    }

    /// Constrained least squares on some of the candidates.
    private struct Fit {
        private let candidates: CandidateRows
        private let count: Int
        private let support: [Int]
        private let weights: [Double]
        private let problem: NonNegativeLeastSquares
        private var last: [Double]?

        init(_ all: CandidateRows, _ support: [Int], weights: [Double]) {
            (candidates, count, self.support, self.weights) = (all.chosen(support), all.count, support, weights)
            var gram = candidates.weightedGram(weights)
            // decode.R adds 10⁻⁸ to the diagonal, which makes the solution unique.
            let scale = support.indices.map { gram[$0 * (support.count + 1)] }.max() ?? 1
            for place in support.indices { gram[place * (support.count + 1)] += 1e-8 * scale }
            problem = NonNegativeLeastSquares(matrix: gram, size: support.count)
        }

        /// The coefficients of all candidates, 0 for those that are not fitted.
        mutating func solution(targets: [Double]) -> [Double] {
            let moments = candidates.sums(of: zip(weights, targets).map { $0 * $1 })
            let solution = problem.solution(moments: moments, largestSum: 1, from: last)
            last = solution
            var coefficients = [Double](repeating: 0, count: count)
            for (place, candidate) in support.enumerated() { coefficients[candidate] = solution[place] }
            return coefficients
        }
    }
}
