import Estimation
import LocalPrivacy
import Mechanisms
import ReportFormat
import TestSupport

/// Counts of bits as devices with given texts make them, drawn bit by bit of a cohort and not report by report.
///
/// Given the texts, the bits of a report are independent, so a count is a sum of two binomial draws: of the reports whose
/// text sets the bit and of the others. With f 0.5, p 0.5 and q 0.75 all probabilities are sixteenths, and the draws exact.
struct RapporSimulation {
    let mechanism: Rappor
    let texts: [(text: [UInt8], count: Int)]
    /// The devices that report no event, which sets no bit.
    let absentCount: Int

    init(
        bits: Int, hashes: Int, cohorts: Int, texts: [(text: [UInt8], count: Int)], absentCount: Int = 0
    ) throws {
        let counts = ["bits": bits, "hashes": hashes, "cohorts": cohorts].mapValues { DeclaredNumber(Int32($0)) }
        let noise: [String: DeclaredNumber] = [
            "f": DeclaredNumber(billionths: 500_000_000), "p": DeclaredNumber(billionths: 500_000_000),
            "q": DeclaredNumber(billionths: 750_000_000),
        ]
        let declared = MechanismDeclaration(
            domain: .text, reportsAbsence: true, parameters: counts.merging(noise) { first, _ in first })
        mechanism = try Rappor(configuration: .init(declared: declared))
        (self.texts, self.absentCount) = (texts, absentCount)
    }

    /// The devices.
    var deviceCount: Int { texts.reduce(absentCount) { $0 + $1.count } }

    /// The reports of so many days, on each of which every device reports, with devices spread over cohorts at random.
    func reports(days: Int, from noise: inout SeededNoise) throws -> PooledReports<BitCounts> {
        let (cohortCount, bitCount) = (mechanism.cohortCount, mechanism.shape.bitCount)
        var holders = [Int](repeating: 0, count: cohortCount * bitCount),
            sizes = [Int](repeating: 0, count: cohortCount)
        for (text, count) in texts {
            var split = [Int](repeating: 0, count: cohortCount)
            for _ in 0..<count { split[Int(noise.next() >> 32) & (cohortCount - 1)] += 1 }
            for cohort in 0..<cohortCount where split[cohort] > 0 {
                sizes[cohort] += split[cohort]
                for bit in Set(try mechanism.filter.bits(of: text, cohort: cohort)) {
                    holders[cohort * bitCount + bit] += split[cohort]
                }
            }
        }
        for _ in 0..<absentCount { sizes[Int(noise.next() >> 32) & (cohortCount - 1)] += 1 }
        // Permanent responses are drawn once, with f/2 = 1/4, and fresh ones every day.
        let permanent = holders.indices.map { row in
            binomial(holders[row], quarters: 3, from: &noise)
                + binomial(sizes[row / bitCount] - holders[row], quarters: 1, from: &noise)
        }
        let none = BitCounts(of: Fingerprint(value: 5), cohortCount: cohortCount, bitCount: bitCount)
        var pooled = PooledReports(none, on: UTCDay(containing: 0))
        for day in 0..<days {
            var counts = none
            for cohort in 0..<cohortCount {
                let setCounts = (0..<bitCount).map { bit in
                    let set = permanent[cohort * bitCount + bit]
                    return binomial(set, quarters: 3, from: &noise)
                        + binomial(sizes[cohort] - set, quarters: 2, from: &noise)
                }
                counts.add(reportCount: sizes[cohort], setCounts: setCounts, cohort: cohort)
            }
            try pooled.merge(PooledReports(counts, on: UTCDay(containing: Int64(day) * 86_400)))
        }
        return pooled
    }

    private func binomial(_ trials: Int, quarters: Int, from noise: inout SeededNoise) -> Int {
        var (count, left) = (0, trials)
        while left > 0 {
            let (first, second) = (noise.next(), quarters == 2 ? 0 : noise.next())
            let lanes = quarters == 1 ? first & second : first | second
            count += (left >= 64 ? lanes : lanes & (1 << UInt64(left) - 1)).nonzeroBitCount
            left -= 64
        }
        return count
    }
}
