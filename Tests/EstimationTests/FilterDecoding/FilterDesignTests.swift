import TestSupport
import Testing

@testable import Estimation

@Suite("A filter design is the matrix of zeros and ones that it stands for")
struct FilterDesignTests {
    private static func examples() -> [FilterExample] {
        var noise = SeededNoise(seed: 0xD0)
        return [(1, 1, 1), (8, 1, 3), (4, 2, 5), (5, 3, 4), (3, 7, 2)].map { bits, hashes, cohorts in
            FilterExample(
                bits: bits, hashes: hashes, cohortSizes: [Int](repeating: 10, count: cohorts), candidates: 23,
                noise: &noise)
        }
    }

    @Test(
        "sums over a candidate's rows and over a row's candidates are products with it, colliding hashes counted once")
    func sums() {
        var noise = SeededNoise(seed: 0xD1)
        for example in Self.examples() {
            let (design, matrix) = (example.design, example.matrix)
            func vectors(_ count: Int) -> [SIMD2<Double>] {
                (0..<count).map { _ in .random(in: -1...1, using: &noise) }
            }
            let (ofRows, ofCandidates) = (vectors(design.rowCount), vectors(design.candidateCount))
            let overRows = design.sumsOverRows(of: ofRows)
            let overCandidates = design.sumsOverCandidates(of: ofCandidates)
            for (candidate, column) in matrix.enumerated() {
                let expected = zip(column, ofRows).reduce(SIMD2<Double>.zero) { $0 + $1.0 * $1.1 }
                let difference = overRows[candidate] - expected
                #expect(max(abs(difference.x), abs(difference.y)) < 1e-13)
                #expect(design.distinctRows(of: candidate).sorted() == column.indices.filter { column[$0] == 1 })
            }
            for row in 0..<design.rowCount {
                let expected = zip(matrix, ofCandidates).reduce(SIMD2<Double>.zero) { $0 + $1.0[row] * $1.1 }
                let difference = overCandidates[row] - expected
                #expect(max(abs(difference.x), abs(difference.y)) < 1e-13)
            }
        }
    }

    @Test("the share of bits that a text sets is that of all choices of its hashes")
    func fillShare() {
        for example in Self.examples() where example.hashCount <= 3 {
            let (bits, hashes) = (example.bitCount, example.hashCount)
            var (set, choices) = (0, 1)
            for _ in 0..<hashes { choices *= bits }
            for choice in 0..<choices {
                var (left, distinct) = (choice, Set<Int>())
                for _ in 0..<hashes {
                    distinct.insert(left % bits)
                    left /= bits
                }
                set += distinct.count
            }
            #expect(isNear(example.design.fillShare, Double(set) / Double(choices * bits), 1e-14))
        }
    }

    @Test("candidates are equal where they set the same bits of the cohorts that report, however their hashes do")
    func equalCandidates() {
        for hashes in 1...3 {
            var noise = SeededNoise(seed: 0xD2 + UInt64(hashes))
            let example = FilterExample(
                bits: 2, hashes: hashes, cohortSizes: [5, 0, 5], candidates: 40, noise: &noise)
            for isUsed in [[true, true, true], [true, false, true], [false, true, false], [false, false, false]] {
                var byBits: [[Bool]: [Int]] = [:]
                for (candidate, column) in example.matrix.enumerated() {
                    byBits[column.indices.map { isUsed[$0 / 2] && column[$0] == 1 }, default: []].append(candidate)
                }
                let expected = byBits.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
                #expect(example.design.equalCandidates(inCohorts: isUsed) == expected, "\(hashes) hashes, \(isUsed)")
            }
        }
    }

    @Test("a selection has the chosen candidates' rows in their order")
    func selection() {
        for example in Self.examples() {
            let design = example.design, chosen = [7, 2, 19]
            let selected = design.selecting(chosen)
            #expect(selected.candidateCount == 3)
            #expect((0..<3).allSatisfy { selected.distinctRows(of: $0) == design.distinctRows(of: chosen[$0]) })
        }
    }

    @Test(
        "unbiased deviations give back the share that sets each bit, whatever the noise, and rows of no report are left out"
    )
    func rows() {
        var noise = SeededNoise(seed: 0xD5)
        let sizes = [1_000_000, 0, 4_000_000], shares = [0.5, 0.25, 0.125]
        let example = FilterExample(bits: 8, hashes: 2, cohortSizes: sizes, candidates: 3, noise: &noise)
        for (clear, set) in [(0.25, 0.75), (0.0, 1.0), (0.75, 0.25), (0.5, 0.625)] {
            let counts = example.expectedCounts(shares: shares, clear: clear, set: set)
            let rows = FilterRows(counts, center: 0.25), variances = rows.variances { _ in 0 }
            #expect(rows.used == Array(0..<8) + Array(16..<24) && counts.reportCount == 5_000_000)
            for row in 0..<24 {
                let share = zip(example.matrix, shares).reduce(0) { $0 + $1.0[row] * $1.1 }
                let isUsed = rows.used.contains(row), size = Double(sizes[row / 8])
                #expect(isNear(rows.deviations[row], isUsed ? share - 0.25 : 0, 1e-9, of: 1))
                let reported = clear + (set - clear) / 4
                let variance = reported * (1 - reported) / ((set - clear) * (set - clear) * size)
                #expect(isUsed ? isNear(variances[row], variance, 1e-12) : variances[row] == .infinity)
            }
        }
    }
}
