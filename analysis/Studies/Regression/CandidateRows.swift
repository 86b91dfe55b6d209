/// Which rows each candidate sets, each row once: the columns of a matrix of zeros and ones.
///
/// Four bytes for each row of a candidate: 100,000 candidates with 2 hashes in 64 cohorts take 52 MB.
public struct CandidateRows: Sendable {
    /// The rows that there are.
    public let rowCount: Int
    /// Where the rows of each candidate start in ``rows``; one more entry than candidates.
    private(set) var starts = [0]
    private(set) var rows: [Int32] = []

    /// No candidates.
    public init(rowCount: Int) { self.rowCount = rowCount }

    /// Candidates of these rows.
    init(_ candidates: some Sequence<[Int]>, rowCount: Int) {
        self.init(rowCount: rowCount)
        for candidate in candidates { append(rows: candidate.map { Int32($0) }) }
    }

    /// How many candidates there are.
    public var count: Int { starts.count - 1 }

    var indices: Range<Int> { 0..<count }

    /// Adds a candidate. Rows that repeat, which hashes of one cohort do next to each other, count once.
    public mutating func append(rows candidate: some Sequence<Int32>) {
        let start = rows.count
        for row in candidate {
            let isKnown = (max(start, rows.count - 16)..<rows.count).contains { rows[$0] == row }
            if !isKnown { rows.append(row) }
        }
        starts.append(rows.count)
    }

    /// The rows of a candidate.
    public subscript(candidate: Int) -> ArraySlice<Int32> { rows[starts[candidate]..<starts[candidate + 1]] }

    /// These candidates alone.
    func chosen(_ candidates: [Int]) -> CandidateRows {
        var chosen = CandidateRows(rowCount: rowCount)
        for candidate in candidates {
            chosen.rows.append(contentsOf: self[candidate])
            chosen.starts.append(chosen.rows.count)
        }
        return chosen
    }

    /// For each candidate the sum of `values` over its rows.
    func sums(of values: [Double]) -> [Double] {
        values.withUnsafeBufferPointer { values in indices.map { sum(of: values, over: $0) } }
    }

    /// The sum of `values` over the rows of a candidate.
    @inline(__always)
    func sum(of values: UnsafeBufferPointer<Double>, over candidate: Int) -> Double {
        rows.withUnsafeBufferPointer { rows in
            // Four sums, so that an addition does not wait for the one before.
            var sums = SIMD4<Double>.zero
            var place = starts[candidate]
            let end = starts[candidate + 1]
            while place + 4 <= end {
                sums += SIMD4(
                    values[Int(rows[place])], values[Int(rows[place + 1])], values[Int(rows[place + 2])],
                    values[Int(rows[place + 3])])
                place += 4
            }
            while place < end {
                sums.x += values[Int(rows[place])]
                place += 1
            }
            return (sums.x + sums.y) + (sums.z + sums.w)
        }
    }

    /// For each row the sum of the coefficients of the candidates that set it.
    public func fitted(_ coefficients: [Double]) -> [Double] {
        var fitted = [Double](repeating: 0, count: rowCount)
        fitted.withUnsafeMutableBufferPointer { fitted in
            rows.withUnsafeBufferPointer { rows in
                for candidate in 0..<count where coefficients[candidate] != 0 {
                    for place in starts[candidate]..<starts[candidate + 1] {
                        fitted[Int(rows[place])] += coefficients[candidate]
                    }
                }
            }
        }
        return fitted
    }

    /// Σ weights over the rows that two candidates share: a symmetric matrix, row after row.
    ///
    /// - Complexity: rows times the square of the candidates that set one.
    func weightedGram(_ weights: [Double]) -> [Double] {
        var setting = [[Int32]](repeating: [], count: rowCount)
        for candidate in 0..<count { for row in self[candidate] { setting[Int(row)].append(Int32(candidate)) } }
        let size = count
        var gram = [Double](repeating: 0, count: size * size)
        gram.withUnsafeMutableBufferPointer { gram in
            for (row, candidates) in setting.enumerated() where weights[row] != 0 {
                let weight = weights[row]
                candidates.withUnsafeBufferPointer { candidates in
                    for first in candidates.indices {
                        let start = Int(candidates[first]) * size
                        for second in 0...first { gram[start + Int(candidates[second])] += weight }
                    }
                }
            }
            for row in 0..<size { for column in 0..<row { gram[column * size + row] = gram[row * size + column] } }
        }
        return gram
    }
}
