internal import Foundation

/// Least squares with coefficients that are not negative and cost a penalty each, by coordinate descent on the residuals:
/// minimises ½ Σ w(y − a − Xb)² + Σ penalties·b over b ≥ 0 and perhaps an intercept a.
struct NonNegativeLasso: Sendable {
    private let candidates: CandidateRows
    private let weights: [Double]
    private let hasIntercept: Bool
    private let weightSum: Double
    /// Σ w over the rows of each candidate.
    let candidateWeights: [Double]

    init(_ candidates: CandidateRows, weights: [Double], hasIntercept: Bool) {
        (self.candidates, self.weights, self.hasIntercept) = (candidates, weights, hasIntercept)
        weightSum = weights.reduce(0, +)
        candidateWeights = candidates.sums(of: weights)
    }

    /// The coefficients for these penalties.
    func solution(targets: [Double], penalties: [Double]) -> [Double] {
        var state = State(residuals: targets, coefficients: [Double](repeating: 0, count: candidates.count))
        center(&state)
        descend(&state, penalties: penalties, tolerance: tolerance(for: state))
        return state.coefficients
    }

    /// The candidates with a positive coefficient at the end of the path of penalties that glmnet takes by default [FHT10].
    ///
    /// A hundred penalties fall in equal ratios from the least that allows no candidate, to 10⁻⁴ of it, or 0.01 with more
    /// candidates than rows. The path ends before more than `limit` candidates have been in use, or where a step explains
    /// no more than 10⁻⁵ further.
    func endOfPath(targets: [Double], limit: Int) -> [Int] {
        var state = State(residuals: targets, coefficients: [Double](repeating: 0, count: candidates.count))
        center(&state)
        let tolerance = tolerance(for: state), none = squares(of: state)
        guard let first = gradients(of: state).max(), first > 0, none > 0 else { return [] }
        let rowCount = weights.count { $0 > 0 }
        let least = rowCount < candidates.count ? 0.01 : 1e-4
        var used = Set<Int>(), support: [Int] = [], explained = 0.0
        for step in 1..<100 {
            let penalty = first * pow(least, Double(step) / 99)
            descend(
                &state, penalties: [Double](repeating: penalty, count: candidates.count), tolerance: tolerance)
            let positive = state.coefficients.indices.filter { state.coefficients[$0] > 0 }
            used.formUnion(positive)
            guard used.count <= limit else { break }
            support = positive
            let fraction = 1 - squares(of: state) / none
            if step > 5, fraction - explained < 1e-5 * fraction || fraction > 0.999 { break }
            explained = fraction
        }
        return support
    }

    private struct State {
        /// Without the intercept's part, which ``offset`` is.
        var residuals: [Double]
        var coefficients: [Double]
        var offset = 0.0
    }

    private func center(_ state: inout State) {
        guard hasIntercept, weightSum > 0 else { return }
        state.offset = zip(state.residuals, weights).reduce(0) { $0 + $1.0 * $1.1 } / weightSum
    }

    private func squares(of state: State) -> Double {
        zip(state.residuals, weights).reduce(0) { $0 + $1.1 * ($1.0 - state.offset) * ($1.0 - state.offset) }
    }

    /// What a step may change the fit by: glmnet's 10⁻⁷ of the deviance without candidates.
    private func tolerance(for state: State) -> Double { 1e-7 * squares(of: state) }

    private func gradients(of state: State) -> [Double] {
        candidates.sums(of: zip(state.residuals, weights).map { $1 * ($0 - state.offset) })
    }

    /// All candidates in turn, then those in use until they settle, until all have settled.
    private func descend(_ state: inout State, penalties: [Double], tolerance: Double) {
        for _ in 0..<1000 {
            if sweep(0..<candidates.count, &state, penalties) <= tolerance { return }
            let inUse = state.coefficients.indices.filter { state.coefficients[$0] > 0 }
            for _ in 0..<1000 {
                if sweep(inUse, &state, penalties) <= tolerance { break }
            }
        }
    }

    /// The greatest change of the fit by any of them.
    private func sweep(_ chosen: some Sequence<Int>, _ state: inout State, _ penalties: [Double]) -> Double {
        var greatest = 0.0
        var (residuals, offset) = (state.residuals, state.offset)
        state.residuals = []
        residuals.withUnsafeMutableBufferPointer { residuals in
            weights.withUnsafeBufferPointer { weights in
                candidates.rows.withUnsafeBufferPointer { rows in
                    for candidate in chosen {
                        let places = candidates.starts[candidate]..<candidates.starts[candidate + 1]
                        let own = candidateWeights[candidate]
                        let curvature = own - (hasIntercept ? own * own / weightSum : 0)
                        guard curvature > 0 else { continue }
                        var gradient = -own * offset
                        for place in places {
                            let row = Int(rows[place])
                            gradient += weights[row] * residuals[row]
                        }
                        let old = state.coefficients[candidate]
                        let next = max(0, old + (gradient - penalties[candidate]) / curvature), step = next - old
                        guard step != 0 else { continue }
                        state.coefficients[candidate] = next
                        for place in places { residuals[Int(rows[place])] -= step }
                        if hasIntercept { offset -= step * own / weightSum }
                        greatest = max(greatest, step * step * curvature)
                    }
                }
            }
        }
        (state.residuals, state.offset) = (residuals, offset)
        return greatest
    }
}
