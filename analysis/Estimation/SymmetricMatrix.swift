/// A symmetric positive definite matrix, or the triangular factor of one: the lower triangle, row after row.
package struct SymmetricMatrix: Sendable {
    package let size: Int

    /// Row i has i + 1 entries, from i·(i + 1)/2 on.
    package private(set) var entries: [Double]

    /// Zero.
    package init(size: Int) {
        self.size = size
        entries = [Double](repeating: 0, count: size * (size + 1) / 2)
    }

    /// The matrix of these entries, each asked for with a row and a column that is not beyond it.
    package init(size: Int, entry: (_ row: Int, _ column: Int) -> Double) {
        self.size = size
        entries = (0..<size).flatMap { row in (0...row).map { entry(row, $0) } }
    }

    /// Adds a number to every entry with a row and a column of a rising list.
    mutating func add(_ number: Double, at indices: [Int]) {
        entries.withUnsafeMutableBufferPointer { entries in
            for (place, row) in indices.enumerated() {
                let start = row * (row + 1) / 2
                for column in 0...place { entries[start + indices[column]] += number }
            }
        }
    }

    /// Replaces every entry of the lower triangle.
    mutating func update(_ replacement: (_ row: Int, _ column: Int, _ entry: Double) -> Double) {
        entries.withUnsafeMutableBufferPointer { entries in
            var place = 0
            for row in 0..<size {
                for column in 0...row {
                    entries[place] = replacement(row, column, entries[place])
                    place += 1
                }
            }
        }
    }

    /// The matrix of some rows and their columns, in this order.
    func selecting(_ chosen: [Int]) -> SymmetricMatrix {
        SymmetricMatrix(size: chosen.count) { row, column in self[chosen[row], chosen[column]] }
    }

    /// An entry of either triangle.
    subscript(row: Int, column: Int) -> Double {
        let (high, low) = (max(row, column), min(row, column))
        return entries[high * (high + 1) / 2 + low]
    }

    /// Replaces this by its Cholesky factor L, with L·Lᵀ this, row by row.
    ///
    /// - Returns: the first row that depends on those before it, up to rounding: its pivot is below 10⁻¹⁰ of its diagonal.
    ///   This is then spoiled. `nil` if all is well.
    /// - Complexity: size³/3 operations, in dot products of rows that lie in one piece.
    package mutating func factorise(progress: (_ row: Int) -> Void) -> Int? {
        let size = size
        return entries.withUnsafeMutableBufferPointer { entries -> Int? in
            guard let base = entries.baseAddress else { return nil }
            for row in 0..<size {
                let current = base + row * (row + 1) / 2
                for column in 0..<row {
                    let other = base + column * (column + 1) / 2
                    current[column] = (current[column] - dot(current, other, count: column)) / other[column]
                }
                let pivot = current[row] - dot(current, current, count: row)
                guard pivot > 1e-10 * current[row] else { return row }
                current[row] = pivot.squareRoot()
                if row % 64 == 63 { progress(row + 1) }
            }
            return nil
        }
    }

    /// x with L·Lᵀ·x = right, of the factor L.
    package func solution(of right: [Double]) -> [Double] {
        var x = right
        entries.withUnsafeBufferPointer { entries in
            for row in 0..<size {
                let start = row * (row + 1) / 2
                for column in 0..<row { x[row] -= entries[start + column] * x[column] }
                x[row] /= entries[start + row]
            }
            for row in (0..<size).reversed() {
                let start = row * (row + 1) / 2
                x[row] /= entries[start + row]
                for column in 0..<row { x[column] -= entries[start + column] * x[row] }
            }
        }
        return x
    }

    /// rightᵀ·(L·Lᵀ)⁻¹·right, of the factor L: the sum of squares of L⁻¹·right.
    package func inverseForm(of right: [Double]) -> Double {
        var x = right
        entries.withUnsafeBufferPointer { entries in
            for row in 0..<size {
                let start = row * (row + 1) / 2
                for column in 0..<row { x[row] -= entries[start + column] * x[column] }
                x[row] /= entries[start + row]
            }
        }
        return x.reduce(0) { $0 + $1 * $1 }
    }

    /// The diagonal of (L·Lᵀ)⁻¹, of the factor L: the sums of squares of the columns of L⁻¹.
    ///
    /// - Complexity: size³/3 operations.
    package func inverseDiagonal(progress: (_ column: Int) -> Void) -> [Double] {
        entries.withUnsafeBufferPointer { entries in
            guard let base = entries.baseAddress else { return [] }
            return (0..<size).map { first in
                if first % 64 == 63 { progress(first + 1) }
                // Column `first` of L⁻¹, which is zero above its diagonal.
                var column = [Double](repeating: 0, count: size - first)
                return column.withUnsafeMutableBufferPointer { column -> Double in
                    guard let x = column.baseAddress else { return 0 }
                    var sum = 0.0
                    for row in first..<size {
                        let start = base + row * (row + 1) / 2
                        let right: Double = row == first ? 1 : 0
                        let entry = (right - dot(start + first, x, count: row - first)) / start[row]
                        x[row - first] = entry
                        sum += entry * entry
                    }
                    return sum
                }
            }
        }
    }
}

/// Σ left·right, in sixteen sums side by side, which the processor adds at once.
@inline(__always)
func dot(_ left: UnsafePointer<Double>, _ right: UnsafePointer<Double>, count: Int) -> Double {
    var (first, second) = (SIMD8<Double>(repeating: 0), SIMD8<Double>(repeating: 0))
    var index = 0
    let (left8, right8) = (UnsafeRawPointer(left), UnsafeRawPointer(right))
    while index + 16 <= count {
        let offset = 8 * index
        first +=
            left8.loadUnaligned(fromByteOffset: offset, as: SIMD8<Double>.self)
            * right8.loadUnaligned(fromByteOffset: offset, as: SIMD8<Double>.self)
        second +=
            left8.loadUnaligned(fromByteOffset: offset + 64, as: SIMD8<Double>.self)
            * right8.loadUnaligned(fromByteOffset: offset + 64, as: SIMD8<Double>.self)
        index += 16
    }
    var sum = (first + second).sum()
    while index < count {
        sum += left[index] * right[index]
        index += 1
    }
    return sum
}
