internal import Estimation

/// Least squares with coefficients that are not negative, and perhaps with a bound on their sum, from the normal
/// equations: minimises bᵀAb/2 − cᵀb over b ≥ 0 with Σb ≤ s.
///
/// By coordinate descent, and now and then a solution on the coefficients that are positive, until the conditions of
/// Karush, Kuhn and Tucker hold. Part of the decoders that this project's is compared with, not of any estimate it gives.
package struct NonNegativeLeastSquares: Sendable {
    /// The coefficients of the problem.
    package let size: Int
    /// A, row after row: symmetric, with a positive diagonal.
    private let matrix: [Double]
    private let tolerance = 1e-9

    /// A problem with a matrix, row after row.
    package init(matrix: [Double], size: Int) {
        precondition(matrix.count == size * size, "a square matrix has size² entries")
        (self.matrix, self.size) = (matrix, size)
    }

    /// b without a bound on its sum.
    ///
    /// - Parameter start: where to start from, such as the solution of a like problem.
    package func solution(moments: [Double], from start: [Double]? = nil) -> [Double] {
        var solution = start ?? [Double](repeating: 0, count: size)
        descend(moments: moments, multiplier: 0, from: &solution)
        return solution
    }

    /// b with Σb ≤ `largestSum`.
    ///
    /// The multiplier of the bound is found by steps along the line on which the sum falls as long as the same
    /// coefficients are positive. The sum is convex in the multiplier, so that they never pass the right one.
    package func solution(moments: [Double], largestSum: Double, from start: [Double]? = nil) -> [Double] {
        var best = solution(moments: moments, from: start), multiplier = 0.0
        for _ in 0..<100 {
            let excess = best.reduce(0, +) - largestSum
            guard excess > 1e-10 * largestSum else { break }
            let support = (0..<size).filter { best[$0] > 0 }
            let ones = [Double](repeating: 1, count: support.count)
            guard let fall = factor(support)?.inverseForm(of: ones), fall > 0 else { break }
            multiplier += excess / fall
            descend(moments: moments, multiplier: multiplier, from: &best)
        }
        return best
    }

    /// The diagonal of the inverse of the part of A that belongs to these coefficients: their variances, where A is an
    /// information matrix. `nil` where they depend on each other.
    package func variances(of support: [Int]) -> [Double]? { factor(support)?.inverseDiagonal { _ in } }

    /// The solution on these coefficients, whatever their signs; `nil` where they depend on each other.
    package func freeSolution(on support: [Int], moments: [Double]) -> [Double]? {
        factor(support)?.solution(of: support.map { moments[$0] })
    }

    /// How far b is from optimal: the largest |gradient| where b is positive, or negative gradient where it is zero, over
    /// the largest moment.
    package func violation(of solution: [Double], moments: [Double], multiplier: Double = 0) -> Double {
        let scale = moments.map(abs).max() ?? 1
        return zip(gradient(of: solution, moments: moments), solution).map { gradient, coefficient in
            coefficient > 0 ? abs(gradient + multiplier) : max(0, -gradient - multiplier)
        }.max().map { $0 / scale } ?? 0
    }

    /// A·b − c.
    package func gradient(of solution: [Double], moments: [Double]) -> [Double] {
        var gradient = moments.map { -$0 }
        matrix.withUnsafeBufferPointer { matrix in
            gradient.withUnsafeMutableBufferPointer { gradient in
                for row in 0..<size where solution[row] != 0 {
                    let coefficient = solution[row], start = row * size
                    for column in 0..<size { gradient[column] += coefficient * matrix[start + column] }
                }
            }
        }
        return gradient
    }

    private func factor(_ support: [Int]) -> SymmetricMatrix? {
        var matrix = SymmetricMatrix(size: support.count) { self.matrix[support[$0] * size + support[$1]] }
        return matrix.factorise { _ in } == nil ? matrix : nil
    }

    private func descend(moments: [Double], multiplier: Double, from solution: inout [Double]) {
        let scale = moments.map(abs).max() ?? 0
        var gradient = gradient(of: solution, moments: moments).map { $0 + multiplier }
        for round in 0..<400 {
            // The gradient is kept up to date, so that a coefficient that does not move costs nothing.
            for _ in 0..<25 {
                if sweep(&solution, &gradient) <= tolerance * scale { break }
            }
            if worst(solution, gradient) <= tolerance * scale { return }
            // Where only the sizes of coefficients still change, a system of equations gives them.
            guard round < 20 || round.isMultiple(of: 20) else { continue }
            let support = (0..<size).filter { solution[$0] > 0 }
            guard let exact = freeSolution(on: support, moments: moments.map { $0 - multiplier }),
                exact.allSatisfy({ $0 >= 0 })
            else { continue }
            for (index, coefficient) in zip(support, exact) { solution[index] = coefficient }
            gradient = self.gradient(of: solution, moments: moments).map { $0 + multiplier }
            if worst(solution, gradient) <= tolerance * scale { return }
        }
    }

    private func worst(_ solution: [Double], _ gradient: [Double]) -> Double {
        zip(solution, gradient).reduce(0) { max($0, $1.0 > 0 ? abs($1.1) : -$1.1) }
    }

    /// Each coefficient once, to where it is best with the others as they are; how far the worst one was from that.
    private func sweep(_ solution: inout [Double], _ gradient: inout [Double]) -> Double {
        var worst = 0.0
        matrix.withUnsafeBufferPointer { matrix in
            solution.withUnsafeMutableBufferPointer { solution in
                gradient.withUnsafeMutableBufferPointer { gradient in
                    for row in 0..<size {
                        worst = max(worst, solution[row] > 0 ? abs(gradient[row]) : -gradient[row])
                        let start = row * size
                        let next = max(0, solution[row] - gradient[row] / matrix[start + row])
                        let step = next - solution[row]
                        guard step != 0 else { continue }
                        solution[row] = next
                        for column in 0..<size { gradient[column] += step * matrix[start + column] }
                    }
                }
            }
        }
        return worst
    }
}
