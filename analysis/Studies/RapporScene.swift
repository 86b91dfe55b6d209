internal import Estimation
internal import LocalPrivacy
internal import Mechanisms
internal import ReportFormat

/// A population of texts, the RAPPOR that reports them, and a list of candidates.
struct RapporScene: Sendable {
    let mechanism: Rappor
    /// The texts that occur, and how likely each is.
    let texts: [[UInt8]], weights: [Double]
    let candidates: [[UInt8]]
    /// The position of each candidate among ``texts``; `nil` for one that never occurs.
    let places: [Int?]
    /// The bits that each text sets in each cohort, each once.
    let textBits: [[[Int]]]
    /// The rows that each candidate sets: k·cohort + bit, each once.
    let candidateRows: [[Int]]
    /// The same with a row for each hash, as the decoder takes them.
    let design: FilterDesign

    /// Values of these weights, of which some may be left out of the candidates, and so many more that never occur.
    ///
    /// - Parameter prefix: what their names start with. `v` gives v1, v2, …, the names of google/rappor's own tests and so
    ///   the same filters; another gives other filters.
    init(
        bits: Int, hashes: Int, cohorts: Int, f: Int64, p: Int64, q: Int64, weights: [Double], absentCount: Int,
        prefix: String = "v", isCandidate: (Int) -> Bool = { _ in true }
    ) throws {
        let counts = ["bits": bits, "hashes": hashes, "cohorts": cohorts].mapValues { DeclaredNumber(Int32($0)) }
        let noise = ["f": f, "p": p, "q": q].mapValues { DeclaredNumber(billionths: $0 * 10_000_000) }
        mechanism = try Rappor(
            configuration: Rappor.Configuration(
                declared: MechanismDeclaration(
                    domain: .text, reportsAbsence: false, parameters: counts.merging(noise) { first, _ in first })))
        self.weights = weights
        func name(_ number: Int) -> [UInt8] { Array("\(prefix)\(number)".utf8) }
        texts = (1...weights.count).map(name)
        let numbers = (1...weights.count + absentCount).filter { $0 > weights.count || isCandidate($0) }
        candidates = numbers.map(name)
        places = numbers.map { $0 <= weights.count ? $0 - 1 : nil }
        let filter = mechanism.filter
        func setBits(_ text: [UInt8]) throws -> [[Int]] {
            try (0..<cohorts).map { try Set(filter.bits(of: text, cohort: $0)).sorted() }
        }
        textBits = try texts.map(setBits)
        candidateRows = try candidates.map { text in
            try setBits(text).enumerated().flatMap { cohort, set in set.map { cohort * bits + $0 } }
        }
        var design = FilterDesign(bitCount: bits, cohortCount: cohorts, hashCount: hashes)
        for text in candidates {
            design.append(
                rows: try (0..<cohorts).flatMap { cohort in
                    try filter.bits(of: text, cohort: cohort).map { Int32(cohort * bits + $0) }
                })
        }
        self.design = design
    }

    var bitCount: Int { mechanism.shape.bitCount }
    var rowCount: Int { mechanism.cohortCount * bitCount }
}

/// What the devices of one run truly held, and the counts of the bits that they sent.
struct RapporRun: Sendable {
    /// The fraction of reports about each text.
    let truths: [Double]
    let counts: BitCounts
    /// The reports of each device.
    let reportsPerDevice: Int

    /// The reports as a collector pools them: a period for each report of a device, so that the estimator takes the worst
    /// overlap of permanent responses.
    ///
    /// The estimator looks at the periods' sizes and at the sums over all periods, which is why the first may hold all
    /// bits.
    func pooledByPeriod() -> PooledReports<BitCounts> {
        var pooled = PooledReports.ofOnePeriod(
            BitCounts(of: .study, cohortCount: counts.cohortSizes.count, bitCount: counts.bitCount))
        let bitCount = counts.bitCount, none = [Int](repeating: 0, count: bitCount)
        for period in 0..<reportsPerDevice {
            pooled.count(on: UTCDay(containing: Int64(period) * 86_400)) { aggregate in
                for (cohort, size) in counts.cohortSizes.enumerated() {
                    let bits = Array(counts.setCounts[cohort * bitCount..<(cohort + 1) * bitCount])
                    aggregate.add(
                        reportCount: size / reportsPerDevice, setCounts: period == 0 ? bits : none, cohort: cohort)
                }
            }
        }
        return pooled
    }
}

extension RapporScene {
    /// One report of each of so many devices, spread over cohorts at random.
    func run(devices: Int, from noise: inout StudyNoise) -> RapporRun {
        let held = noise.multinomial(devices, weights: weights)
        let even = [Double](repeating: 1, count: mechanism.cohortCount)
        let spread = held.map { noise.multinomial($0, weights: even) }
        let units = (0..<mechanism.cohortCount).map { cohort in [spread.map { $0[cohort] }] }
        return RapporRun(
            truths: held.map { Double($0) / Double(devices) }, counts: counts(of: units, from: &noise),
            reportsPerDevice: 1)
    }

    /// Several reports of each of so many devices, each about a value of its own draw, as google/rappor's tests make
    /// them; devices take cohorts in turn. Reports of a device about equal values share their permanent response.
    func run(devices: Int, reportsEach: Int, from noise: inout StudyNoise) -> RapporRun {
        let table = AliasTable(weights: weights), cohortCount = mechanism.cohortCount
        var held = [Int](repeating: 0, count: weights.count), own = held
        // units[cohort][c − 1][text]: how many devices have c reports about the text.
        var units = [[[Int]]](
            repeating: [[Int]](repeating: held, count: reportsEach), count: cohortCount)
        for device in 0..<devices {
            let values = (0..<reportsEach).map { _ in table.place(from: &noise) }
            for value in values { own[value] += 1 }
            for value in values where own[value] > 0 {
                units[device % cohortCount][own[value] - 1][value] += 1
                held[value] += own[value]
                own[value] = 0
            }
        }
        return RapporRun(
            truths: held.map { Double($0) / Double(devices * reportsEach) }, counts: counts(of: units, from: &noise),
            reportsPerDevice: reportsEach)
    }

    /// The bits' counts, drawn bit by bit of a cohort and not report by report: given the values, bits are independent.
    ///
    /// - Parameter units: for each cohort and c, how many permanent responses to each text are reported c times.
    private func counts(of units: [[[Int]]], from noise: inout StudyNoise) -> BitCounts {
        let rule = mechanism.response.rule
        let (flip, clear, set) = (Double(rule.flip) * 0x1p-64, Double(rule.clear) * 0x1p-64, Double(rule.set) * 0x1p-64)
        var counts = BitCounts(of: .study, cohortCount: mechanism.cohortCount, bitCount: bitCount)
        for (cohort, byRepetition) in units.enumerated() {
            var setCounts = [Int](repeating: 0, count: bitCount), reportCount = 0
            for (index, responses) in byRepetition.enumerated() {
                let repetitions = index + 1, total = responses.reduce(0, +)
                guard total > 0 else { continue }
                reportCount += total * repetitions
                var holders = [Int](repeating: 0, count: bitCount)
                for (text, count) in responses.enumerated() where count > 0 {
                    for bit in textBits[text][cohort] { holders[bit] += count }
                }
                for bit in 0..<bitCount {
                    let permanent =
                        noise.binomial(holders[bit], 1 - flip) + noise.binomial(total - holders[bit], flip)
                    setCounts[bit] +=
                        noise.binomial(repetitions * permanent, set)
                        + noise.binomial(repetitions * (total - permanent), clear)
                }
            }
            counts.add(reportCount: reportCount, setCounts: setCounts, cohort: cohort)
        }
        return counts
    }
}
