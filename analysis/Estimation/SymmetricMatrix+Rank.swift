extension SymmetricMatrix {
    /// Rows that depend on no others, and how the others depend on them.
    ///
    /// By a Cholesky factorisation that takes the largest remaining pivot next, the first of equal ones, and ends where that is
    /// below a share of the first.
    ///
    /// - Returns: as many rows as the rank, in the order of their pivots; and for each other row a list of it and the rows
    ///   that it is a combination of.
    /// - Complexity: size²·rank/2 operations.
    func independentRows(tolerance: Double) -> (independent: [Int], combinations: [[Int]]) {
        var order = Array(0..<size), factor: [[Double]] = [], pivots = order.map { self[$0, $0] }
        let limit = tolerance * (pivots.max() ?? 0)
        var columns = [[Double]](repeating: [], count: size)
        while factor.count < size {
            let rank = factor.count
            guard
                let next = (rank..<size).max(by: {
                    pivots[order[$0]] < pivots[order[$1]]
                        || (pivots[order[$0]] == pivots[order[$1]] && order[$0] > order[$1])
                }),
                pivots[order[next]] > limit
            else { break }
            order.swapAt(rank, next)
            let chosen = order[rank], root = pivots[chosen].squareRoot(), own = columns[chosen]
            for place in rank + 1..<size {
                let other = order[place]
                let entry = (self[other, chosen] - dot(columns[other], own, count: rank)) / root
                columns[other].append(entry)
                pivots[other] -= entry * entry
            }
            columns[chosen].append(root)
            factor.append(columns[chosen])
        }
        let independent = Array(order[..<factor.count])
        let combinations = order[factor.count...].map { row in
            // Lᵀ·c = the row's entries against the factor's rows: solved from the last backwards.
            var coefficients = columns[row]
            for index in coefficients.indices.reversed() {
                coefficients[index] /= factor[index][index]
                for earlier in 0..<index { coefficients[earlier] -= factor[index][earlier] * coefficients[index] }
            }
            return [row] + coefficients.indices.filter { abs(coefficients[$0]) > 1e-6 }.map { independent[$0] }
        }
        return (independent, combinations)
    }
}
