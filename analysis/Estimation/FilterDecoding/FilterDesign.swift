/// Which rows each candidate sets: the Bloom filters of all candidates in all cohorts.
///
/// A row is a bit of a cohort, cohort·k + bit, both from 0 and the least significant bit first. Only the bits' indices are
/// kept, two bytes for each hash of a candidate in a cohort: 100,000 candidates with 2 hashes in 64 cohorts take 26 MB.
public struct FilterDesign: Sendable {
    /// k: the bits of a filter, at most ``largestBitCount``.
    public let bitCount: Int
    /// m: the cohorts.
    public let cohortCount: Int
    /// h: the bits that a candidate sets in each cohort; two may coincide.
    public let hashCount: Int
    /// How many candidates there are.
    public private(set) var candidateCount = 0

    /// The most bits a filter can have.
    public static let largestBitCount = Int(UInt16.max)

    /// The bits of each candidate, cohort after cohort. A bit that a cohort's earlier hash has set already is k, one beyond
    /// all, so that every candidate has equally many and each row counts once.
    private var bits: [UInt16] = []

    /// A design without candidates.
    public init(bitCount: Int, cohortCount: Int, hashCount: Int) {
        precondition(bitCount > 0 && cohortCount > 0 && hashCount > 0, "a filter has bits, cohorts and hashes")
        precondition(bitCount <= Self.largestBitCount, "a bit's index fits into 16 bits")
        precondition(bitCount * cohortCount < Int(Int32.max), "a row's index fits into 32 bits")
        (self.bitCount, self.cohortCount, self.hashCount) = (bitCount, cohortCount, hashCount)
    }

    /// m·k.
    public var rowCount: Int { bitCount * cohortCount }

    /// m·h.
    var rowsPerCandidate: Int { cohortCount * hashCount }

    /// Makes room for so many candidates, so that they take no more than they need.
    public mutating func reserveCapacity(_ candidateCount: Int) {
        bits.reserveCapacity(candidateCount * rowsPerCandidate)
    }

    /// Adds a candidate that sets these rows: m·h of them, those of the first cohort first. Hashes that coincide repeat a row.
    public mutating func append(rows candidate: some Sequence<Int32>) {
        let start = bits.count
        for row in candidate {
            let cohort = (bits.count - start) / hashCount, bit = Int(row) - cohort * bitCount
            precondition(cohort < cohortCount && (0..<bitCount).contains(bit), "a hash sets a bit of its own cohort")
            let isRepeated = bits[(start + cohort * hashCount)...].contains(UInt16(bit))
            bits.append(UInt16(isRepeated ? bitCount : bit))
        }
        precondition(bits.count == start + rowsPerCandidate, "a candidate has a row for each hash in each cohort")
        candidateCount += 1
    }

    /// The share of a cohort's bits that one random text sets: 1 − (1 − 1/k)^h.
    var fillShare: Double {
        var clear = 1.0
        for _ in 0..<hashCount { clear *= 1 - 1 / Double(bitCount) }
        return 1 - clear
    }

    /// The distinct rows that a candidate sets, those of the first cohort first.
    func distinctRows(of candidate: Int) -> [Int] {
        let start = candidate * rowsPerCandidate
        return (0..<rowsPerCandidate).compactMap { place in
            let bit = Int(bits[start + place])
            return bit < bitCount ? place / hashCount * bitCount + bit : nil
        }
    }

    /// The design of some of the candidates.
    package func selecting(_ candidates: [Int]) -> FilterDesign {
        var design = FilterDesign(bitCount: bitCount, cohortCount: cohortCount, hashCount: hashCount)
        design.reserveCapacity(candidates.count)
        for candidate in candidates {
            design.bits += bits[candidate * rowsPerCandidate..<(candidate + 1) * rowsPerCandidate]
        }
        design.candidateCount = candidates.count
        return design
    }
}

extension FilterDesign {
    /// Xᵀu of two vectors over rows at once: for each candidate the sum over the rows that it sets.
    ///
    /// - Complexity: one load for each row of a candidate.
    func sumsOverRows(of vectors: [SIMD2<Double>]) -> [SIMD2<Double>] {
        precondition(vectors.count == rowCount, "there is an entry for each row")
        // Each cohort gets an entry more, of zero, for bits that are set already.
        var padded: [SIMD2<Double>] = []
        padded.reserveCapacity(rowCount + cohortCount)
        for start in stride(from: 0, to: rowCount, by: bitCount) {
            padded += vectors[start..<start + bitCount]
            padded.append(.zero)
        }
        let (perCandidate, hashCount, width) = (rowsPerCandidate, hashCount, bitCount + 1)
        return [SIMD2<Double>](unsafeUninitializedCapacity: candidateCount) { sums, count in
            bits.withUnsafeBufferPointer { bits in
                padded.withUnsafeBufferPointer { padded in
                    for candidate in 0..<candidateCount {
                        var sum = SIMD2<Double>.zero
                        var place = candidate * perCandidate, base = 0
                        for _ in 0..<cohortCount {
                            for _ in 0..<hashCount {
                                sum += padded[base + Int(bits[place])]
                                place += 1
                            }
                            base += width
                        }
                        sums[candidate] = sum
                    }
                }
            }
            count = candidateCount
        }
    }

    /// Xv of two vectors over candidates at once: for each row the sum over the candidates that set it.
    ///
    /// - Complexity: one addition for each row of a candidate.
    func sumsOverCandidates(of vectors: [SIMD2<Double>]) -> [SIMD2<Double>] {
        precondition(vectors.count == candidateCount, "there is an entry for each candidate")
        let (perCandidate, hashCount, width) = (rowsPerCandidate, hashCount, bitCount + 1)
        // Each cohort has an entry more, for bits that are set already.
        var padded = [SIMD2<Double>](repeating: .zero, count: rowCount + cohortCount)
        padded.withUnsafeMutableBufferPointer { padded in
            bits.withUnsafeBufferPointer { bits in
                vectors.withUnsafeBufferPointer { vectors in
                    for candidate in 0..<candidateCount where vectors[candidate] != .zero {
                        let vector = vectors[candidate]
                        var place = candidate * perCandidate, base = 0
                        for _ in 0..<cohortCount {
                            for _ in 0..<hashCount {
                                padded[base + Int(bits[place])] += vector
                                place += 1
                            }
                            base += width
                        }
                    }
                }
            }
        }
        return (0..<cohortCount).flatMap { padded[$0 * width..<($0 + 1) * width - 1] }
    }

    /// Groups of candidates that set the same rows as each other, of two and more; each group and the groups rising.
    package func equalCandidates(inCohorts isUsed: [Bool]) -> [[Int]] {
        // A hash of the bits first, so that only those that agree in it are compared.
        let hashes = (0..<candidateCount).map { candidate in
            var hash: UInt64 = 0
            forEachUsedBit(of: candidate, isUsed) {
                hash = (hash ^ UInt64($0)) &* 0x9E37_79B9_7F4A_7C15 ^ hash >> 29
            }
            return hash
        }
        let order = (0..<candidateCount).sorted { (hashes[$0], $0) < (hashes[$1], $1) }
        var groups: [[Int]] = [], first = 0
        while first < order.count {
            let end = order[first...].firstIndex { hashes[$0] != hashes[order[first]] } ?? order.count
            defer { first = end }
            guard end - first > 1 else { continue }
            var byBits: [[UInt16]: [Int]] = [:]
            for candidate in order[first..<end] {
                var used: [UInt16] = []
                forEachUsedBit(of: candidate, isUsed) { used.append($0) }
                byBits[used, default: []].append(candidate)
            }
            groups += byBits.values.filter { $0.count > 1 }
        }
        return groups.sorted { $0[0] < $1[0] }
    }

    /// The bits that a candidate sets in the cohorts that are used, rising within each, and k for each repetition.
    private func forEachUsedBit(of candidate: Int, _ isUsed: [Bool], _ body: (UInt16) -> Void) {
        for cohort in 0..<cohortCount where isUsed[cohort] {
            let start = candidate * rowsPerCandidate + cohort * hashCount
            if hashCount == 1 {
                body(bits[start])
            } else if hashCount == 2 {
                body(min(bits[start], bits[start + 1]))
                body(max(bits[start], bits[start + 1]))
            } else {
                for bit in bits[start..<start + hashCount].sorted() { body(bit) }
            }
        }
    }
}
