import Estimation
import TestSupport
import Testing

@testable import Studies

@Suite("Regression test families")
struct RegressionFamilyTests {
    private struct Vector: Decodable {
        let name: String
        let bits: Int, hashes: Int, cohorts: Int, reports: Int, values: Int, candidates: Int, first: Int, last: Int
        let p: Double, q: Double, f: Double, firstShare: Double, lastShare: Double
    }

    @Test("are those of an independent list, in every parameter")
    func parameters() throws {
        let vectors = try Fixtures.json("regression/families.json", as: [Vector].self)
        #expect(Set(vectors.map(\.name)) == Set(RegressionFamily.all.map(\.name)))
        #expect(vectors.count == RegressionFamily.all.count)
        for vector in vectors {
            let family = try #require(RegressionFamily.all.first { $0.name == vector.name })
            #expect(
                [family.bitCount, family.hashCount, family.cohortCount, family.reportCount, family.valueCount]
                    == [vector.bits, vector.hashes, vector.cohorts, vector.reports, vector.values], "\(vector.name)")
            #expect(
                [family.noise.clear, family.noise.set, family.noise.flip] == [vector.p, vector.q, vector.f],
                "\(vector.name)")
            let shares = family.shares, places = family.candidatePlaces
            #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
            #expect(abs(shares[0] / vector.firstShare - 1) < 1e-9, "\(vector.name)")
            #expect(abs(shares[shares.count - 1] / vector.lastShare - 1) < 1e-9, "\(vector.name)")
            #expect(places.count == vector.candidates && places.first == vector.first, "\(vector.name)")
            #expect(places.last { $0 < family.valueCount } == vector.last, "\(vector.name)")
        }
    }

    @Test("set a bit with p* and q*")
    func probabilities() throws {
        let family = try #require(RegressionFamily.all.first { $0.name == "demo_unif_1M" })
        // ½·½·(¼ + ¾) + ½·¼ and ½·½·(¼ + ¾) + ½·¾.
        #expect(abs(family.clearProbability - 0.375) < 1e-15 && abs(family.setProbability - 0.625) < 1e-15)
    }
}

@Suite("Runs of a regression test family")
struct RegressionRunTests {
    /// Two values and an absent candidate; the second value is in the dictionary, the first is not.
    private static func family(cohorts: Int, reports: Int, bits: Int = 2, hashes: Int = 2) -> RegressionFamily {
        RegressionFamily(
            "test", .zipf, bits: bits, hashes: hashes, cohorts: cohorts, noise: (0.5, 0.25, 0.75), absent: 1,
            missesEveryTenth: false, reports: reports, values: 2, missingHeaviest: 1)
    }

    @Test("count reports as if each were drawn: every count has its binomial distribution")
    func distribution() {
        // A report is about the first value with 2/3, in either cohort with ½, and sets a bit with p* = 3/8 or q* = 5/8.
        let family = Self.family(cohorts: 2, reports: 5), runCount = 20_000
        var noise = StudyNoise(seed: 0x5eed_0601)
        let filters = RegressionFilters(family, from: &noise)
        var tallies = [[Int]](repeating: [Int](repeating: 0, count: 6), count: 6)
        for _ in 0..<runCount {
            let run = RegressionRun(filters, from: &noise)
            for (row, count) in run.setCounts.enumerated() { tallies[row][count] += 1 }
            for (cohort, size) in run.cohortSizes.enumerated() { tallies[4 + cohort][size] += 1 }
        }
        let test = BinomialTest(comparisons: 6 * 6)
        for (row, tally) in tallies.enumerated() {
            let holding = [0, 1].reduce(0.0) { sum, value in
                row < 4 && filters[value].contains(Int32(row)) ? sum + (value == 0 ? 2 : 1) / 3.0 : sum
            }
            let chance = row < 4 ? (0.375 + 0.25 * holding) / 2 : 0.5
            #expect(test.worstBreach(counts: tally, probabilities: Self.binomial(5, chance)) == nil, "\(row)")
            // Bits that ignore the values, or cohorts of unequal size, would be seen.
            #expect(test.worstBreach(counts: tally, probabilities: Self.binomial(5, chance + 0.05)) != nil, "\(row)")
        }
    }

    private static func binomial(_ trials: Int, _ chance: Double) -> [Double] {
        var densities = [1.0]
        for _ in 0..<trials {
            var next = [Double](repeating: 0, count: densities.count + 1)
            for (count, density) in densities.enumerated() {
                next[count] += density * (1 - chance)
                next[count + 1] += density * chance
            }
            densities = next
        }
        return densities
    }

    @Test("have filters whose hashes fall on every bit equally often")
    func filters() {
        let family = Self.family(cohorts: 400, reports: 1, bits: 6)
        var noise = StudyNoise(seed: 0x5eed_0602)
        let filters = RegressionFilters(family, from: &noise)
        var tally = [Int](repeating: 0, count: 6)
        for place in 0..<3 {
            for (index, row) in filters[place].enumerated() {
                #expect(Int(row) / 6 == index / 2)
                tally[Int(row) % 6] += 1
            }
        }
        #expect(
            BinomialTest(comparisons: 6).worstBreach(
                counts: tally, probabilities: [Double](repeating: 1 / 6.0, count: 6)) == nil)
    }

    @Test("hold what is true of the candidates, and the rest as missing")
    func truths() {
        let run = RegressionRun(Self.family(cohorts: 8, reports: 3000, bits: 64), run: 0)
        #expect(run.truths == [run.shares[1], 0])
        #expect(abs(run.missingShare - run.shares[0]) < 1e-12)
        #expect(run.cohortSizes.reduce(0, +) == 3000 && run.design.candidateCount == 2)
        #expect(run.candidates.count == 2 && run.candidates.rowCount == 512)
    }

    @Test("are the same again from the same seed, and others from another")
    func seeds() {
        let family = Self.family(cohorts: 8, reports: 3000, bits: 64)
        let run = RegressionRun(family, run: 3)
        #expect(run.setCounts == RegressionRun(family, run: 3).setCounts)
        #expect(run.candidates.rows == RegressionRun(family, run: 3).candidates.rows)
        #expect(run.setCounts != RegressionRun(family, run: 4).setCounts)
        #expect(run.candidates.rows != RegressionRun(family, run: 4).candidates.rows)
    }

    @Test("are judged by what is found, missed and made up")
    func judgement() {
        let judgement = RegressionJudgement(
            [0.5, nil, 0.1, nil], truths: [0.45, 0.2, 0, 0], missingShare: 0.35)
        #expect(judgement.detected == 1 && judgement.missed == 1 && judgement.falselyDetected == 1)
        #expect(abs(judgement.totalVariation - (0.05 + 0.2 + 0.1 + 0.35) / 2) < 1e-12)
        #expect(judgement.falseShare == 0.5)
        #expect(RegressionJudgement([nil], truths: [1], missingShare: 0).falseShare == 0)
    }
}
