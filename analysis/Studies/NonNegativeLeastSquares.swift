/// Least squares with coefficients that are not negative, and perhaps with a bound on their sum, from the normal
/// equations: minimises bᵀAb/2 − cᵀb over b ≥ 0 with Σb ≤ s.
///
/// By coordinate descent until the conditions of Karush, Kuhn and Tucker hold; the bound on the sum by bisection for its
/// multiplier. Part of the reference rule that headlines are compared with, not of any estimate this project gives.
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
    package func solution(moments: [Double]) -> [Double] {
        var solution = [Double](repeating: 0, count: size)
        descend(moments: moments, multiplier: 0, from: &solution)
        return solution
    }

    /// b with Σb ≤ `largestSum`.
    package func solution(moments: [Double], largestSum: Double) -> [Double] {
        var best = solution(moments: moments)
        guard best.reduce(0, +) > largestSum else { return best }
        var (low, high) = (0.0, moments.max() ?? 0)
        for _ in 0..<60 where high - low > 1e-12 * high {
            let middle = (low + high) / 2
            descend(moments: moments, multiplier: middle, from: &best)
            if best.reduce(0, +) > largestSum { low = middle } else { high = middle }
        }
        descend(moments: moments, multiplier: high, from: &best)
        return best
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
        (0..<size).map { row in
            (0..<size).reduce(-moments[row]) { $0 + matrix[row * size + $1] * solution[$1] }
        }
    }

    private func descend(moments: [Double], multiplier: Double, from solution: inout [Double]) {
        let scale = moments.map(abs).max() ?? 0
        // The gradient is kept up to date, so that a coefficient that does not move costs nothing.
        var gradient = gradient(of: solution, moments: moments).map { $0 + multiplier }
        matrix.withUnsafeBufferPointer { matrix in
            gradient.withUnsafeMutableBufferPointer { gradient in
                for _ in 0..<10_000 {
                    var worst = 0.0
                    for row in 0..<size {
                        worst = max(worst, solution[row] > 0 ? abs(gradient[row]) : -gradient[row])
                        let next = max(0, solution[row] - gradient[row] / matrix[row * size + row])
                        let step = next - solution[row]
                        guard step != 0 else { continue }
                        solution[row] = next
                        for column in 0..<size { gradient[column] += step * matrix[row * size + column] }
                    }
                    if worst <= tolerance * scale { return }
                }
            }
        }
    }
}
