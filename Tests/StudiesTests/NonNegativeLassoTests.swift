import SecureRandomness
import TestSupport
import Testing

@testable import Studies

@Suite("A lasso with coefficients that are not negative")
struct NonNegativeLassoTests {
    private struct Problem {
        let candidates: CandidateRows
        let weights: [Double], targets: [Double], penalties: [Double]
        let hasIntercept: Bool

        init(candidateCount: Int, hasIntercept: Bool, isWeighted: Bool, noise: inout SeededNoise) {
            let (cohorts, bits) = (16, 16)
            var candidates = CandidateRows(rowCount: cohorts * bits)
            var targets = (0..<cohorts * bits).map { _ in 0.05 * .random(in: -1...1, using: &noise) }
            for candidate in 0..<candidateCount {
                let rows = (0..<2 * cohorts).map { Int32($0 / 2 * bits + noise.index(below: bits)) }
                candidates.append(rows: rows)
                for row in candidates[candidate] where candidate < 20 { targets[Int(row)] += 1 / Double(candidate + 2) }
            }
            // A row without weight says nothing, whatever it holds.
            targets[3] = 1e6
            weights = targets.indices.map { row in
                row == 3 ? 0 : isWeighted ? .random(in: 0.2...3, using: &noise) : 1
            }
            penalties = (0..<candidateCount).map { _ in isWeighted ? .random(in: 0.5...2, using: &noise) : 1 }
            (self.candidates, self.targets, self.hasIntercept) = (candidates, targets, hasIntercept)
        }

        func solution(tolerance: Double) -> [Double] {
            NonNegativeLasso(candidates, weights: weights, hasIntercept: hasIntercept)
                .solution(targets: targets, penalties: penalties, tolerance: tolerance)
        }

        /// Residuals at the best intercept.
        func residuals(_ coefficients: [Double]) -> [Double] {
            let residuals = zip(targets, candidates.fitted(coefficients)).map { $0 - $1 }
            let mean = zip(residuals, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
            return residuals.map { hasIntercept ? $0 - mean : $0 }
        }

        func objective(_ coefficients: [Double]) -> Double {
            zip(residuals(coefficients), weights).reduce(0) { $0 + $1.0 * $1.0 * $1.1 } / 2
                + zip(coefficients, penalties).reduce(0) { $0 + $1.0 * $1.1 }
        }

        /// Σ w(y − ȳ)².
        var scale: Double {
            zip(residuals([Double](repeating: 0, count: candidates.count)), weights).reduce(0) {
                $0 + $1.0 * $1.0 * $1.1
            }
        }
    }

    private func problems() -> [Problem] {
        var noise = SeededNoise(seed: 0x1A550)
        return [(1, false, false), (60, true, false), (60, false, true), (400, true, true), (900, false, false)].map {
            Problem(candidateCount: $0.0, hasIntercept: $0.1, isWeighted: $0.2, noise: &noise)
        }
    }

    @Test("ends where no step of a coefficient gains anything: the gradients are the penalties, or below them at zero")
    func optimality() {
        for problem in problems() {
            let solution = problem.solution(tolerance: 1e-14)
            let weighted = zip(problem.residuals(solution), problem.weights).map { $0 * $1 }
            let gradients = problem.candidates.sums(of: weighted)
            #expect(solution.contains { $0 > 0 } && solution.allSatisfy { $0 >= 0 })
            for (candidate, coefficient) in solution.enumerated() {
                let excess = gradients[candidate] - problem.penalties[candidate]
                #expect(coefficient > 0 ? abs(excess) < 1e-5 : excess < 1e-5, "candidate \(candidate): \(excess)")
            }
        }
    }

    @Test("leaves no more above the least objective than the tolerance says", arguments: [1e-2, 1e-4, 1e-6])
    func tolerance(_ tolerance: Double) {
        for problem in problems() {
            let least = problem.objective(problem.solution(tolerance: 1e-14))
            let excess = problem.objective(problem.solution(tolerance: tolerance)) - least
            #expect(excess >= -1e-12 * problem.scale && excess <= tolerance * problem.scale, "\(excess)")
        }
    }

    @Test("takes a candidate alone by its formula, also without a penalty")
    func single() {
        var candidates = CandidateRows(rowCount: 4)
        candidates.append(rows: [1, 2])
        let lasso = NonNegativeLasso(candidates, weights: [1, 2, 1, 1], hasIntercept: false)
        for (penalty, expected) in [(0, 5.0 / 3), (2, 1), (5, 0), (9, 0)] as [(Double, Double)] {
            let solution = lasso.solution(targets: [7, 2, 1, 7], penalties: [penalty], tolerance: 1e-12)
            #expect(abs(solution[0] - expected) < 1e-12, "penalty \(penalty): \(solution)")
        }
    }
}
