import SecureRandomness
import TestSupport
import Testing

@testable import Studies

@Suite("Other decoders")
struct RegressionBaselineTests {
    private struct Vector: Decodable {
        let bits: Int, cohorts: Int
        let clear: Double, set: Double
        let sizes: [Int], counts: [Int]
        let candidates: [[Int32]]
        let found: [String: [Double?]]

        var rows: CandidateRows {
            var rows = CandidateRows(rowCount: bits * cohorts)
            for candidate in candidates { rows.append(rows: candidate) }
            return rows
        }

        var targets: FilterTargets {
            FilterTargets(cohortSizes: sizes, setCounts: counts, clear: clear, set: set)
        }
    }

    @Test("find what an independent computation finds, by trying every support and by EM")
    func baselines() throws {
        for vector in try Fixtures.json("regression/baselines.json", as: [Vector].self) {
            let fits = BaselineFits(vector.targets, candidates: vector.rows, background: 1 / Double(vector.bits))
            let found = fits.found(by: RegressionBaseline.allCases)
            #expect(found.count == RegressionBaseline.allCases.count)
            for (baseline, values) in found {
                let expected = try #require(vector.found[baseline.rawValue])
                // A fit by descent stops short of the last digits, that of the likelihood at 10⁻⁵.
                let tolerance = baseline == .binomialLikelihood ? 1e-5 : 1e-4 * (expected.compactMap { $0 }.max() ?? 1)
                let agree = zip(values, expected).allSatisfy { value, expected in
                    switch (value, expected) {
                    case (nil, nil): true
                    case (let value?, let expected?): abs(value - expected) <= tolerance
                    default: false
                    }
                }
                #expect(
                    agree && values.count == expected.count,
                    "\(baseline): \(values) for \(expected), \(vector.bits) bits")
            }
        }
    }

    @Test("leave least squares out where candidates are as many as rows")
    func tooManyCandidates() {
        var rows = CandidateRows(rowCount: 8)
        for row in 0..<8 { rows.append(rows: [Int32(row)]) }
        let targets = FilterTargets(
            cohortSizes: [100, 100], setCounts: [50, 50, 50, 50, 50, 50, 50, 50], clear: 0.25, set: 0.75)
        let found = BaselineFits(targets, candidates: rows, background: 0.25).found(by: [.leastSquaresBonferroni])
        #expect(found.isEmpty)
    }

    /// Three candidates on bits of their own in each of four cohorts, the first of which every report has.
    private static func scene(absentCount: Int) -> (FilterTargets, CandidateRows) {
        let targets = FilterTargets(
            cohortSizes: [1000, 1000, 1000, 1000],
            setCounts: (0..<64).map { $0 % 16 == 0 ? 745 + $0 / 16 : 246 + $0 % 9 }, clear: 0.25, set: 0.75)
        var noise = StudyNoise(seed: 0x5eed_0610)
        var rows = CandidateRows(rowCount: 64)
        rows.append(rows: (0..<4).map { Int32(16 * $0) })
        for _ in 0..<absentCount {
            rows.append(rows: (0..<4).map { Int32(16 * $0 + 1 + noise.index(below: 15)) })
        }
        return (targets, rows)
    }

    @Test("of which the reference finds what is plain, also behind its lasso")
    func reference() {
        for absentCount in [10, 80] {
            let (targets, rows) = Self.scene(absentCount: absentCount)
            var noise = StudyNoise(seed: 0x5eed_0611)
            let found = ReferenceDecoder(targets, candidates: rows)
                .found(from: &noise)
            #expect(found.count == rows.count)
            #expect((found[0] ?? 0) > 0.9 && (found[0] ?? 2) <= 1.0001)
            #expect(found.dropFirst().compactMap { $0 }.reduce(0, +) < 0.1)
        }
    }

    @Test("of which the lasso attains the conditions of Karush, Kuhn and Tucker")
    func lasso() {
        let (targets, rows) = Self.scene(absentCount: 80)
        let weights = (0..<64).map { 1 + Double($0 % 3) }
        for hasIntercept in [false, true] {
            let lasso = NonNegativeLasso(rows, weights: weights, hasIntercept: hasIntercept)
            let penalty = 0.05
            let fit = lasso.solution(
                targets: targets.fractions, penalties: [Double](repeating: penalty, count: rows.count), tolerance: 1e-9)
            var residuals = zip(targets.fractions, rows.fitted(fit)).map { $0 - $1 }
            if hasIntercept {
                let mean = zip(residuals, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
                residuals = residuals.map { $0 - mean }
            }
            let slopes = rows.sums(of: zip(residuals, weights).map { $0 * $1 }).map { $0 - penalty }
            #expect(fit.contains { $0 > 0 } && fit.contains(0))
            for (slope, coefficient) in zip(slopes, fit) {
                #expect(coefficient > 0 ? abs(slope) < 0.02 : slope < 0.02, "\(slope) at \(coefficient)")
            }
        }
    }

    @Test("have a Gram matrix that counts the weight of shared rows")
    func gram() {
        var rows = CandidateRows(rowCount: 4)
        rows.append(rows: [0, 1, 1])
        rows.append(rows: [1, 3])
        #expect(rows.rows == [0, 1, 1, 3])
        #expect(rows.weightedGram([1, 2, 4, 8]) == [3, 2, 2, 10])
        #expect(rows.sums(of: [1, 2, 4, 8]) == [3, 10] && rows.fitted([1, 0.5]) == [1, 1.5, 0, 0.5])
    }
}
