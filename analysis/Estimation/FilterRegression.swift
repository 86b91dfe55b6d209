/// Least squares of the counts of bits on the candidates that set them.
///
/// A row is a bit of a cohort; the design is 1 where a candidate sets the bit. Rows of equal cohorts share a weight until
/// a first fit is known.
struct FilterRegression: Sendable {
    /// The rows that each candidate sets, each once.
    private let rows: [[Int]]
    /// The candidates that set each row, rising.
    private let candidates: [[Int]]

    /// A regression on candidates that set these rows of so many.
    init(rows: [[Int]], rowCount: Int) {
        self.rows = rows
        var candidates = [[Int]](repeating: [], count: rowCount)
        for (candidate, rows) in rows.enumerated() {
            for row in rows { candidates[row].append(candidate) }
        }
        self.candidates = candidates
    }

    /// Candidates that set the same rows as others.
    var duplicates: [Int] {
        var first: [[Int]: Int] = [:], positions: Set<Int> = []
        for (candidate, rows) in rows.enumerated() {
            if let other = first[rows] { positions.formUnion([other, candidate]) } else { first[rows] = candidate }
        }
        return positions.sorted()
    }

    /// What each row is expected to hold when candidates have these frequencies.
    func fitted(_ frequencies: [Double]) -> [Double] {
        candidates.map { $0.reduce(0) { $0 + frequencies[$1] } }
    }

    /// The normal matrix XᵀWX.
    ///
    /// - Complexity: for each row the square of the candidates that set it.
    func normalMatrix(weights: [Double]) -> SymmetricMatrix {
        var matrix = SymmetricMatrix(size: rows.count)
        for (row, setting) in candidates.enumerated() where !setting.isEmpty { matrix.add(weights[row], at: setting) }
        return matrix
    }

    /// The moments XᵀWy.
    func moments(of values: [Double], weights: [Double]) -> [Double] {
        rows.map { $0.reduce(0) { $0 + weights[$1] * values[$1] } }
    }
}
