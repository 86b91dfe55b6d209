import Testing

@testable import Studies

@Suite("Least squares without negative coefficients")
struct NonNegativeLeastSquaresTests {
    /// The normal equations of a design of uniform numbers and its targets.
    private static func problem(
        rows: Int, size: Int, seed: UInt64
    ) -> (problem: NonNegativeLeastSquares, matrix: [Double], moments: [Double]) {
        var noise = StudyNoise(seed: seed)
        let design = (0..<rows).map { _ in (0..<size).map { _ in noise.uniform() } }
        let targets = design.map { row in
            row.enumerated().reduce(noise.normal()) {
                $0 + ($1.offset.isMultiple(of: 2) ? 3 * $1.element : -$1.element)
            }
        }
        var matrix = [Double](repeating: 0, count: size * size)
        for row in design {
            for left in 0..<size { for right in 0..<size { matrix[left * size + right] += row[left] * row[right] } }
        }
        let moments = (0..<size).map { column in
            zip(design, targets).reduce(0) { $0 + $1.0[column] * $1.1 }
        }
        return (NonNegativeLeastSquares(matrix: matrix, size: size), matrix, moments)
    }

    @Test("attain the conditions of Karush, Kuhn and Tucker")
    func conditions() {
        for (rows, size, seed) in [(40, 8, 1), (200, 30, 2), (60, 50, 3)] as [(Int, Int, UInt64)] {
            let (problem, _, moments) = Self.problem(rows: rows, size: size, seed: seed)
            let solution = problem.solution(moments: moments)
            #expect(solution.allSatisfy { $0 >= 0 })
            #expect(solution.contains(0) && solution.contains { $0 > 0 }, "the problem of seed \(seed) tests nothing")
            #expect(problem.violation(of: solution, moments: moments) <= 1e-8)
            // A solution that is off in one coefficient does not.
            var moved = solution
            moved[0] += 1e-3
            #expect(problem.violation(of: moved, moments: moments) > 1e-5)
        }
    }

    @Test("are no worse than the best of all sets of coefficients that may be positive")
    func enumeration() {
        for seed in 10..<16 as Range<UInt64> {
            let size = 4, (problem, matrix, moments) = Self.problem(rows: 12, size: size, seed: seed)
            func objective(_ b: [Double]) -> Double {
                let product = (0..<size).map { row in (0..<size).reduce(0) { $0 + matrix[row * size + $1] * b[$1] } }
                return (0..<size).reduce(0) { $0 + b[$1] * (product[$1] / 2 - moments[$1]) }
            }
            let best = (0..<1 << size).compactMap { set -> Double? in
                let support = (0..<size).filter { set >> $0 & 1 == 1 }
                let solution = Self.solved(matrix, moments, support, size: size)
                return solution.allSatisfy { $0 >= 0 } ? objective(solution) : nil
            }.min()
            let found = objective(problem.solution(moments: moments))
            #expect(abs(found - (best ?? .nan)) < 1e-8, "seed \(seed)")
        }
    }

    @Test("keep a bound on the sum, where it binds by one multiplier for all")
    func bound() {
        let size = 10, (problem, _, moments) = Self.problem(rows: 50, size: size, seed: 20)
        let raised = moments.map { abs($0) + 5 }, free = problem.solution(moments: raised).reduce(0, +)
        let bound = free / 2, solution = problem.solution(moments: raised, largestSum: bound)
        #expect(solution.reduce(0, +) <= bound * (1 + 1e-9) && solution.reduce(0, +) > bound * (1 - 1e-6))
        // The gradient of every positive coefficient is the multiplier's.
        let multipliers = solution.indices.filter { solution[$0] > 1e-6 }.map { index in
            var (low, high) = (0.0, raised.max() ?? 0)
            for _ in 0..<60 {
                let middle = (low + high) / 2
                if problem.gradient(of: solution, moments: raised)[index] + middle > 0 {
                    high = middle
                } else {
                    low = middle
                }
            }
            return low
        }
        #expect((multipliers.max() ?? 0) - (multipliers.min() ?? 0) < 1e-6 * (raised.max() ?? 1))
        #expect(problem.violation(of: solution, moments: raised, multiplier: multipliers[0]) < 1e-6)
        #expect(problem.solution(moments: raised, largestSum: 2 * free) == problem.solution(moments: raised))
    }

    /// The unconstrained solution on a set of coefficients, by Gauss's elimination.
    private static func solved(_ matrix: [Double], _ moments: [Double], _ support: [Int], size: Int) -> [Double] {
        var rows = support.map { row in support.map { matrix[row * size + $0] } + [moments[row]] }
        for pivot in rows.indices {
            for row in rows.indices where row != pivot {
                let factor = rows[row][pivot] / rows[pivot][pivot]
                for column in pivot...rows.count { rows[row][column] -= factor * rows[pivot][column] }
            }
        }
        var solution = [Double](repeating: 0, count: size)
        for (place, index) in support.enumerated() { solution[index] = rows[place][rows.count] / rows[place][place] }
        return solution
    }
}
