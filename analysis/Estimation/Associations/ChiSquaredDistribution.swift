internal import Foundation

/// The chi-square distribution.
package struct ChiSquaredDistribution: Sendable {
    /// How many squares of standard normal variables are added, at least one.
    package let degreesOfFreedom: Int

    /// The distribution of the sum of so many squares.
    package init(degreesOfFreedom: Int) {
        precondition(degreesOfFreedom > 0, "a sum has a term")
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// The probability of `statistic` or more: the regularised incomplete gamma function Q(ν/2, x/2), by its series below
    /// the mean and by its continued fraction above [DLMF] 8.7.1, 8.9.2.
    ///
    /// - Complexity: O(√ν) steps.
    package func upperTail(from statistic: Double) -> Double {
        guard statistic > 0 else { return 1 }
        guard statistic.isFinite else { return 0 }
        let a = Double(degreesOfFreedom) / 2, x = statistic / 2
        let front = exp(a * log(x) - x - lgamma(a))
        guard x > a + 1 else {
            var (term, sum, divisor) = (1 / a, 1 / a, a)
            while term > sum * 1e-17 {
                divisor += 1
                term *= x / divisor
                sum += term
            }
            return max(0, 1 - front * sum)
        }
        // Lentz's method: numerators and denominators by their ratios.
        var b = x + 1 - a, c = 1e300, d = 1 / b, fraction = d
        for step in 1...100_000 {
            let numerator = Double(step) * (a - Double(step))
            b += 2
            d = 1 / (numerator * d + b)
            c = b + numerator / c
            let change = d * c
            fraction *= change
            if abs(change - 1) < 1e-15 { break }
        }
        return front * fraction
    }
}

extension SymmetricMatrix {
    /// vᵀ·M⁺·v for this positive semidefinite matrix, and its rank: rows that depend on those before are left out.
    ///
    /// - Complexity: size³/3 operations.
    func quadraticForm(ofInverseAt vector: [Double]) -> (form: Double, rank: Int) {
        var rows: [[Double]] = [], solved: [Double] = [], kept: [Int] = []
        for row in 0..<size {
            var current: [Double] = []
            for (place, other) in kept.enumerated() {
                var sum = self[row, other]
                let factor = rows[place]
                for column in 0..<place { sum -= current[column] * factor[column] }
                current.append(sum / factor[place])
            }
            let pivot = self[row, row] - current.reduce(0) { $0 + $1 * $1 }
            guard pivot > 1e-9 * self[row, row], pivot > 0 else { continue }
            let root = pivot.squareRoot()
            solved.append((zip(current, solved).reduce(vector[row]) { $0 - $1.0 * $1.1 }) / root)
            rows.append(current + [root])
            kept.append(row)
        }
        return (solved.reduce(0) { $0 + $1 * $1 }, kept.count)
    }
}
