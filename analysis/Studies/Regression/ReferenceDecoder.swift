/// The rule of google/rappor's decode.R, for comparison: five fits with coefficients that are not negative and sum to at
/// most 1, four of them of targets with noise added, and a candidate is found whose mean is above twice the deviation.
///
/// Written from a description of what decode.R does. With more candidates than four fifths of the rows, a lasso first
/// picks those that are fitted. Left out is its bound of each row's fitted value by the target and three standard errors,
/// which few rows reach.
struct ReferenceDecoder: Sendable {
    private let targets: [Double], errors: [Double], weights: [Double]
    private let candidates: CandidateRows
    /// The candidates that are fitted.
    private let support: [Int]

    init(_ targets: FilterTargets, candidates: CandidateRows) {
        errors = targets.variances(at: targets.fractions).map { $0.squareRoot() }
        let inverse = errors.map { 1 / $0 }, positive = inverse.filter { $0 > 0 }.sorted()
        let cap = positive.isEmpty ? 0 : 2 * positive[positive.count / 2]
        weights = inverse.map { min($0, cap) * min($0, cap) }
        self.targets = targets.fractions
        let rowCount = positive.count
        if 5 * candidates.count > 4 * rowCount {
            let limit = min(500, 4 * rowCount / 5)
            let used = weights.map { $0 > 0 ? 1.0 : 0 }
            support = NonNegativeLasso(candidates, weights: used, hasIntercept: true)
                .endOfPath(targets: targets.fractions, limit: limit)
        } else {
            support = Array(0..<candidates.count)
        }
        self.candidates = candidates.chosen(support)
    }

    /// The mean fraction of each candidate that is found; `nil` for the others.
    func found(from noise: inout StudyNoise, candidateCount: Int) -> [Double?] {
        var gram = candidates.weightedGram(weights)
        // decode.R adds 10⁻⁸ to the diagonal, which makes the solution unique.
        let scale = (0..<support.count).map { gram[$0 * (support.count + 1)] }.max() ?? 1
        for place in support.indices { gram[place * (support.count + 1)] += 1e-8 * scale }
        let problem = NonNegativeLeastSquares(matrix: gram, size: support.count)
        var last: [Double]?
        let fits = (0..<5).map { fit -> [Double] in
            let values = targets.indices.map { row in
                guard fit > 0, errors[row].isFinite else { return weights[row] * targets[row] }
                return weights[row] * (targets[row] + errors[row] * noise.normal())
            }
            let solution = problem.solution(moments: candidates.sums(of: values), largestSum: 1, from: last)
            last = solution
            return solution
        }
        var found = [Double?](repeating: nil, count: candidateCount)
        for (place, candidate) in support.enumerated() {
            let moments = Moments(fits.map { $0[place] })
            if moments.mean > 1e-6 + 2 * moments.deviation { found[candidate] = moments.mean }
        }
        return found
    }
}
