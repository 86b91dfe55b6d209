/// Which rows each candidate sets: the Bloom filters of all candidates in all cohorts.
///
/// A row is a bit of a cohort, cohort·k + bit, both from 0 and the least significant bit first. Only the rows' indices are
/// kept, four bytes for each hash of a candidate in a cohort: 100,000 candidates with 2 hashes in 64 cohorts take 51 MB.
public struct FilterDesign: Sendable {
    /// k: the bits of a filter.
    public let bitCount: Int
    /// m: the cohorts.
    public let cohortCount: Int
    /// h: the bits that a candidate sets in each cohort; two may coincide.
    public let hashCount: Int
    /// How many candidates there are.
    public private(set) var candidateCount = 0

    /// The rows of each candidate, cohort after cohort. A bit that a cohort's earlier hash has set already is ``rowCount``,
    /// a row beyond all, so that every candidate has equally many and each row counts once.
    private var rows: [Int32] = []

    /// A design without candidates.
    public init(bitCount: Int, cohortCount: Int, hashCount: Int) {
        precondition(bitCount > 0 && cohortCount > 0 && hashCount > 0, "a filter has bits, cohorts and hashes")
        precondition(bitCount * cohortCount < Int(Int32.max), "a row's index fits into 32 bits")
        (self.bitCount, self.cohortCount, self.hashCount) = (bitCount, cohortCount, hashCount)
    }

    /// m·k.
    public var rowCount: Int { bitCount * cohortCount }

    /// m·h.
    var rowsPerCandidate: Int { cohortCount * hashCount }

    /// Makes room for so many candidates, so that they take no more than they need.
    public mutating func reserveCapacity(_ candidateCount: Int) {
        rows.reserveCapacity(candidateCount * rowsPerCandidate)
    }

    /// Adds a candidate that sets these rows: m·h of them, those of the first cohort first. Hashes that coincide repeat a row.
    public mutating func append(rows candidate: some Sequence<Int32>) {
        let start = rows.count
        for row in candidate {
            let cohort = (rows.count - start) / hashCount
            precondition(
                cohort < cohortCount && Int(row) / bitCount == cohort && row >= 0, "a hash sets a bit of its own cohort"
            )
            let isRepeated = rows[(start + cohort * hashCount)...].contains(row)
            rows.append(isRepeated ? Int32(rowCount) : row)
        }
        precondition(rows.count == start + rowsPerCandidate, "a candidate has a row for each hash in each cohort")
        candidateCount += 1
    }

    /// The share of a cohort's bits that one random text sets: 1 − (1 − 1/k)^h.
    var fillShare: Double {
        var clear = 1.0
        for _ in 0..<hashCount { clear *= 1 - 1 / Double(bitCount) }
        return 1 - clear
    }

    /// The distinct rows that a candidate sets, rising within each cohort's hashes.
    func distinctRows(of candidate: Int) -> [Int] {
        rows[candidate * rowsPerCandidate..<(candidate + 1) * rowsPerCandidate].lazy
            .map { Int($0) }.filter { $0 < rowCount }
    }

    /// The design of some of the candidates.
    func selecting(_ candidates: [Int]) -> FilterDesign {
        var design = FilterDesign(bitCount: bitCount, cohortCount: cohortCount, hashCount: hashCount)
        design.reserveCapacity(candidates.count)
        for candidate in candidates {
            design.rows += rows[candidate * rowsPerCandidate..<(candidate + 1) * rowsPerCandidate]
        }
        design.candidateCount = candidates.count
        return design
    }
}

extension FilterDesign {
    /// Xᵀu of two vectors over rows at once: for each candidate the sum over the rows that it sets.
    ///
    /// - Parameter vectors: one entry for each row, and a last one of zero.
    /// - Complexity: one load for each row of a candidate.
    func sumsOverRows(of vectors: [SIMD2<Double>]) -> [SIMD2<Double>] {
        precondition(vectors.count == rowCount + 1, "there is an entry for each row, and a last one")
        let perCandidate = rowsPerCandidate
        return [SIMD2<Double>](unsafeUninitializedCapacity: candidateCount) { sums, count in
            rows.withUnsafeBufferPointer { rows in
                vectors.withUnsafeBufferPointer { vectors in
                    for candidate in 0..<candidateCount {
                        var (even, odd) = (SIMD2<Double>.zero, SIMD2<Double>.zero)
                        var place = candidate * perCandidate
                        let end = place + perCandidate
                        while place + 1 < end {
                            even += vectors[Int(rows[place])]
                            odd += vectors[Int(rows[place + 1])]
                            place += 2
                        }
                        if place < end { even += vectors[Int(rows[place])] }
                        sums[candidate] = even + odd
                    }
                }
            }
            count = candidateCount
        }
    }

    /// Xv of two vectors over candidates at once: for each row the sum over the candidates that set it; and a last entry
    /// that means nothing.
    ///
    /// - Complexity: one addition for each row of a candidate.
    func sumsOverCandidates(of vectors: [SIMD2<Double>]) -> [SIMD2<Double>] {
        precondition(vectors.count == candidateCount, "there is an entry for each candidate")
        var sums = [SIMD2<Double>](repeating: .zero, count: rowCount + 1)
        let perCandidate = rowsPerCandidate
        sums.withUnsafeMutableBufferPointer { sums in
            rows.withUnsafeBufferPointer { rows in
                vectors.withUnsafeBufferPointer { vectors in
                    for candidate in 0..<candidateCount where vectors[candidate] != .zero {
                        let vector = vectors[candidate]
                        for place in candidate * perCandidate..<(candidate + 1) * perCandidate {
                            sums[Int(rows[place])] += vector
                        }
                    }
                }
            }
        }
        return sums
    }

    /// Groups of candidates that set the same rows as each other, of two and more; each group and the groups rising.
    func equalCandidates(inCohorts isUsed: [Bool]) -> [[Int]] {
        // A hash of the rows first, so that only those that agree in it are compared.
        var places: [UInt64: [Int]] = [:]
        places.reserveCapacity(candidateCount)
        for candidate in 0..<candidateCount {
            var hash: UInt64 = 0
            forEachUsedRow(of: candidate, isUsed) {
                hash = (hash ^ UInt64(truncatingIfNeeded: $0)) &* 0x9E37_79B9_7F4A_7C15 ^ hash >> 29
            }
            places[hash, default: []].append(candidate)
        }
        var groups: [[Int]] = []
        for candidates in places.values where candidates.count > 1 {
            var byRows: [[Int]: [Int]] = [:]
            for candidate in candidates {
                var used: [Int] = []
                forEachUsedRow(of: candidate, isUsed) { used.append($0) }
                byRows[used, default: []].append(candidate)
            }
            groups += byRows.values.filter { $0.count > 1 }
        }
        return groups.sorted { $0[0] < $1[0] }
    }

    /// The rows that a candidate sets in the cohorts that are used, rising, each once.
    private func forEachUsedRow(of candidate: Int, _ isUsed: [Bool], _ body: (Int) -> Void) {
        for cohort in 0..<cohortCount where isUsed[cohort] {
            let start = candidate * rowsPerCandidate + cohort * hashCount
            if hashCount == 1 {
                body(Int(rows[start]))
            } else if hashCount == 2 {
                body(Int(min(rows[start], rows[start + 1])))
                body(Int(max(rows[start], rows[start + 1])))
            } else {
                for row in rows[start..<start + hashCount].sorted() { body(Int(row)) }
            }
        }
    }
}
