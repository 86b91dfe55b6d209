internal import Estimation
internal import SecureRandomness

/// The random filters of one run: which rows each value and each absent candidate sets.
///
/// Drawn afresh for each run and not hashed, so that no family depends on the luck of one set of filters.
struct RegressionFilters: Sendable {
    let family: RegressionFamily
    /// For each value, then each absent candidate: cohorts times hashes rows, cohort after cohort.
    let rows: [Int32]

    init(_ family: RegressionFamily, from noise: inout StudyNoise) {
        self.family = family
        let hashes = family.hashCount, bits = family.bitCount
        var rows = [Int32]()
        let valueCount = family.valueCount + family.absentCount
        rows.reserveCapacity(valueCount * family.cohortCount * hashes)
        for _ in 0..<valueCount {
            for cohort in 0..<family.cohortCount {
                for _ in 0..<hashes { rows.append(Int32(cohort * bits + noise.index(below: bits))) }
            }
        }
        self.rows = rows
    }

    /// The rows of a value or absent candidate.
    subscript(place: Int) -> ArraySlice<Int32> {
        let count = family.cohortCount * family.hashCount
        return rows[place * count..<(place + 1) * count]
    }
}

/// What a collector counted in one run of a family, and what is true.
struct RegressionRun: Sendable {
    let family: RegressionFamily
    /// Of each cohort.
    let cohortSizes: [Int]
    /// Of each row k·cohort + bit.
    let setCounts: [Int]
    /// The fraction of reports about each value.
    let shares: [Double]
    /// The rows of the candidates, each once.
    let candidates: CandidateRows
    let design: FilterDesign
    /// The fraction of reports about each candidate.
    let truths: [Double]

    /// A run: its noise is named by the family and the run.
    init(_ family: RegressionFamily, run: Int) {
        var noise = StudyNoise(study: "regtest \(family.name)", run: run)
        self.init(RegressionFilters(family, from: &noise), from: &noise)
    }

    /// Counts of reports through these filters.
    ///
    /// Values are multinomial, and those of a value over cohorts again. Given the values, each bit of a cohort is the sum of
    /// two binomial numbers, independent of other bits: as exact as report by report.
    ///
    /// - Complexity: a binomial draw for each value and cohort and two for each row.
    init(_ filters: RegressionFilters, from noise: inout StudyNoise) {
        let family = filters.family, bits = family.bitCount, cohortCount = family.cohortCount
        let held = noise.multinomial(family.reportCount, weights: family.shares)
        let even = [Double](repeating: 1, count: cohortCount)
        var sizes = [Int](repeating: 0, count: cohortCount)
        var holders = [Int](repeating: 0, count: family.rowCount)
        for (value, count) in held.enumerated() {
            let spread = noise.multinomial(count, weights: even), rows = filters[value]
            for cohort in 0..<cohortCount {
                sizes[cohort] += spread[cohort]
                let own = rows.dropFirst(cohort * family.hashCount).prefix(family.hashCount)
                // Two hashes may give one bit, which the filter then sets once.
                for (place, row) in own.enumerated() where !own.prefix(place).contains(row) {
                    holders[Int(row)] += spread[cohort]
                }
            }
        }
        let (clear, set) = (family.clearProbability, family.setProbability)
        setCounts = holders.enumerated().map { row, count in
            noise.binomial(count, set) + noise.binomial(sizes[row / bits] - count, clear)
        }
        cohortSizes = sizes
        let shares = held.map { Double($0) / Double(family.reportCount) }
        var design = FilterDesign(bitCount: bits, cohortCount: cohortCount, hashCount: family.hashCount)
        var candidates = CandidateRows(rowCount: family.rowCount)
        let places = family.candidatePlaces
        design.reserveCapacity(places.count)
        for place in places {
            design.append(rows: filters[place])
            candidates.append(rows: filters[place])
        }
        truths = places.map { $0 < family.valueCount ? shares[$0] : 0 }
        (self.family, self.shares, self.design, self.candidates) = (family, shares, design, candidates)
    }

    /// The counts as the decoder takes them.
    var counts: FilterCounts {
        FilterCounts(
            bitCount: family.bitCount, cohortSizes: cohortSizes, setCounts: setCounts, clear: family.clearProbability,
            set: family.setProbability)
    }

    /// The fraction of reports about values that are no candidates.
    var missingShare: Double { max(0, 1 - truths.reduce(0, +)) }
}
