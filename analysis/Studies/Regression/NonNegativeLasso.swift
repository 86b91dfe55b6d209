internal import Foundation

/// Least squares with coefficients that are not negative and cost a penalty each, by coordinate descent on the residuals:
/// minimises ½ Σ w(y − a − Xb)² + Σ penalties·b over b ≥ 0 and perhaps an intercept a.
///
/// X is never written out: a candidate is the rows that it sets. Beside ``CandidateRows`` the memory is four numbers a row
/// and three a candidate.
public struct NonNegativeLasso: Sendable {
    private let candidates: CandidateRows
    private let weights: [Double]
    private let hasIntercept: Bool
    private let weightSum: Double
    /// Σ w over the rows of each candidate.
    let candidateWeights: [Double]

    /// A problem in these candidates.
    ///
    /// - Parameters:
    ///   - weights: w of each row, at least 0.
    ///   - hasIntercept: whether a is free, or 0.
    /// - Complexity: a load for each row of a candidate.
    public init(_ candidates: CandidateRows, weights: [Double], hasIntercept: Bool) {
        precondition(weights.count == candidates.rowCount, "each row has a weight")
        (self.candidates, self.weights, self.hasIntercept) = (candidates, weights, hasIntercept)
        weightSum = weights.reduce(0, +)
        candidateWeights = candidates.sums(of: weights)
    }

    /// The coefficients for these penalties, each above 0.
    ///
    /// They are certain to be near the best: what is minimised is at most `tolerance` · Σ w(y − ȳ)² above its least value, as
    /// a feasible point of the dual problem proves [KKLBG07]; ȳ is 0 without an intercept. Only candidates that are in use or
    /// would enter are visited again and again; all of them once each time these have settled.
    ///
    /// - Complexity: a load and an addition for each row of a candidate, some ten times for all and some hundred for those
    ///   in use.
    public func solution(targets: [Double], penalties: [Double], tolerance: Double) -> [Double] {
        var state = State(targets, weights: weights, coefficients: [Double](repeating: 0, count: candidates.count))
        center(&state)
        let gapLimit = tolerance * squares(of: state)
        for _ in 0..<1000 {
            let gradients = gradients(of: state)
            let ratio = candidates.indices.reduce(0) {
                curvature(of: $1) > 0 ? max($0, gradients[$1] / penalties[$1]) : $0
            }
            if gap(of: state, targets: targets, penalties: penalties, ratio: ratio) <= gapLimit { break }
            let entering = candidates.indices.filter { state.coefficients[$0] > 0 || gradients[$0] > penalties[$0] }
            let isSettled = settle(
                entering, &state, targets: targets, penalties: penalties, gapLimit: gapLimit / 2)
            // Rounding leaves no more to gain.
            guard isSettled else { break }
        }
        return state.coefficients
    }

    /// Visits these candidates until they alone leave no more than the gap; those that are out of use after some rounds
    /// wait for the next look at all. Whether any coefficient has changed.
    private func settle(
        _ entering: [Int], _ state: inout State, targets: [Double], penalties: [Double], gapLimit: Double
    ) -> Bool {
        var (visited, hasChanged) = (entering, false)
        for round in 1...1000 {
            let result = sweep(visited, &state, penalties)
            hasChanged = hasChanged || result.change > 0
            guard round.isMultiple(of: 5) else { continue }
            let gap = gap(of: state, targets: targets, penalties: penalties, ratio: result.ratio)
            if gap <= gapLimit || result.change == 0 { break }
            visited.removeAll { state.coefficients[$0] == 0 }
        }
        return hasChanged
    }

    /// How far what is minimised is above its least value at most: its distance to the dual objective at the residuals,
    /// made smaller until no candidate's gradient is above its penalty.
    ///
    /// - Parameter ratio: the largest ratio of a gradient and its penalty.
    private func gap(of state: State, targets: [Double], penalties: [Double], ratio: Double) -> Double {
        let squares = squares(of: state), scale = 1 / max(1, ratio)
        var (product, cost) = (0.0, 0.0)
        for row in targets.indices { product += targets[row] * (state.residuals[row] - weights[row] * state.offset) }
        for (coefficient, penalty) in zip(state.coefficients, penalties) { cost += coefficient * penalty }
        return squares / 2 + cost - scale * (product - scale * squares / 2)
    }

    /// The candidates with a positive coefficient at the end of the path of penalties that glmnet takes by default [FHT10].
    ///
    /// A hundred penalties fall in equal ratios from the least that allows no candidate, to 10⁻⁴ of it, or 0.01 with more
    /// candidates than rows. The path ends before more than `limit` candidates have been in use, or where a step explains
    /// no more than 10⁻⁵ further.
    func endOfPath(targets: [Double], limit: Int) -> [Int] {
        var state = State(targets, weights: weights, coefficients: [Double](repeating: 0, count: candidates.count))
        center(&state)
        // What a step may change the fit by: glmnet's 10⁻⁷ of the deviance without candidates.
        let none = squares(of: state), tolerance = 1e-7 * none
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
        /// Times their weights, and without the intercept's part, which ``offset`` is.
        var residuals: [Double]
        var coefficients: [Double]
        var offset = 0.0

        init(_ targets: [Double], weights: [Double], coefficients: [Double]) {
            residuals = zip(targets, weights).map { $0 * $1 }
            self.coefficients = coefficients
        }
    }

    private func center(_ state: inout State) {
        guard hasIntercept, weightSum > 0 else { return }
        state.offset = state.residuals.reduce(0, +) / weightSum
    }

    private func squares(of state: State) -> Double {
        var sum = 0.0
        for (residual, weight) in zip(state.residuals, weights) where weight > 0 {
            let own = residual - weight * state.offset
            sum += own * own / weight
        }
        return sum
    }

    private func gradients(of state: State) -> [Double] {
        zip(candidates.sums(of: state.residuals), candidateWeights).map { $0 - $1 * state.offset }
    }

    private func curvature(of candidate: Int) -> Double {
        let own = candidateWeights[candidate]
        return own - (hasIntercept ? own * own / weightSum : 0)
    }

    /// All candidates in turn, then those in use until they settle, until all have settled.
    private func descend(_ state: inout State, penalties: [Double], tolerance: Double) {
        for _ in 0..<1000 {
            if sweep(candidates.indices, &state, penalties).change <= tolerance { return }
            let inUse = state.coefficients.indices.filter { state.coefficients[$0] > 0 }
            for _ in 0..<1000 {
                if sweep(inUse, &state, penalties).change <= tolerance { break }
            }
        }
    }

    /// Makes the best step for each of them in turn: the greatest change of the fit by any, and the largest ratio of a
    /// gradient, as it was when its turn came, and its penalty.
    private func sweep(
        _ chosen: some Sequence<Int>, _ state: inout State, _ penalties: [Double]
    ) -> (change: Double, ratio: Double) {
        var (change, ratio) = (0.0, 0.0)
        state.residuals.withUnsafeMutableBufferPointer { residuals in
            weights.withUnsafeBufferPointer { weights in
                for candidate in chosen {
                    let (own, curvature) = (candidateWeights[candidate], curvature(of: candidate))
                    guard curvature > 0 else { continue }
                    let gradient =
                        candidates.sum(of: UnsafeBufferPointer(residuals), over: candidate) - own * state.offset
                    ratio = max(ratio, gradient / penalties[candidate])
                    let old = state.coefficients[candidate]
                    let next = max(0, old + (gradient - penalties[candidate]) / curvature), step = next - old
                    guard step != 0 else { continue }
                    state.coefficients[candidate] = next
                    for row in candidates[candidate] { residuals[Int(row)] -= step * weights[Int(row)] }
                    if hasIntercept { state.offset -= step * own / weightSum }
                    change = max(change, step * step * curvature)
                }
            }
        }
        return (change, ratio)
    }
}
