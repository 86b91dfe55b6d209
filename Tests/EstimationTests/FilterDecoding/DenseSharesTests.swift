import Foundation
import TestSupport
import Testing

@testable import Estimation

@Suite("A regression with the whole matrix is weighted least squares, and names what it cannot tell")
struct DenseSharesTests {
    private static func solve(_ matrix: [[Double]]) -> [[Double]] {
        let size = matrix.count
        var rows = matrix.enumerated().map { place, row in row + (0..<size).map { $0 == place ? 1.0 : 0 } }
        for pivot in 0..<size {
            let best = (pivot..<size).max { abs(rows[$0][pivot]) < abs(rows[$1][pivot]) } ?? pivot
            rows.swapAt(pivot, best)
            rows[pivot] = rows[pivot].map { $0 / rows[pivot][pivot] }
            for other in 0..<size where other != pivot {
                let factor = rows[other][pivot]
                rows[other] = zip(rows[other], rows[pivot]).map { $0 - factor * $1 }
            }
        }
        return rows.map { Array($0[size...]) }
    }

    @Test("with one bit a value each share is its bit's own estimate, with its own variance")
    func oneBitEach() throws {
        let texts = (0..<6).map { [Int32($0)] }
        let example = FilterExample(bits: 6, hashes: 1, cohortSizes: [20_000], texts: texts)
        let setCounts = [9_000, 7_100, 5_000, 5_600, 5_000, 5_021]
        let counts = FilterCounts(bitCount: 6, cohortSizes: [20_000], setCounts: setCounts, clear: 0.25, set: 0.75)
        let decoding = try FilterDecoder().decode(counts, design: example.design)
        #expect(decoding.indistinguishable.isEmpty && decoding.iterationCount == 0 && !decoding.isInsufficient)
        var sum = 0.0
        for (share, count) in zip(decoding.shares, setCounts) {
            let estimate = (Double(count) / 20_000 - 0.25) / 0.5, reported = Double(count) / 20_000
            sum += estimate
            #expect(isNear(share.unbiased, estimate, 1e-12, of: 1))
            #expect(isNear(share.standardError, (reported * (1 - reported) / 20_000).squareRoot() / 0.5, 1e-9))
            #expect(share.isDetected == (share.unbiased > 2.3939797998185104 * share.standardError))
        }
        #expect(isNear(decoding.unknownShare, 1 - sum, 1e-12, of: 1))
        let all = decoding.shares.reduce(0) { $0 + $1.standardError * $1.standardError }
        #expect(isNear(decoding.varianceOfSum(of: Array(0..<6)), all, 1e-9))
    }

    @Test("shares and standard errors are those of the normal equations, weighted by what was fitted before")
    func normalEquations() {
        var noise = SeededNoise(seed: 0xDE0)
        for (sizes, candidates) in [([9_000, 0, 5_000, 8_000], 5), ([7_000, 3_000], 12), ([40_000], 3)] {
            let example = FilterExample(
                bits: 8, hashes: 2, cohortSizes: sizes, candidates: candidates, missing: 1, noise: &noise)
            let shares = (0..<candidates).map { 0.4 / Double($0 + 1) / Double(candidates) } + [0.2]
            let counts = example.simulatedCounts(shares: shares, noise: &noise)
            let center = sizes.count > 1 ? example.design.fillShare : 0
            let rows = FilterRows(counts, center: center)
            let dense = DenseShares(design: example.design, rows: rows) { _, _ in }
            let columns = example.matrix.map { column in rows.used.map { column[$0] - center } }
            var fitted = [Double](repeating: 0, count: rows.used.count), estimates: [Double] = []
            var inverse: [[Double]] = [], squares = 0.0
            for _ in 0..<3 {
                let weights = rows.used.enumerated().map { place, row in
                    let reported = 0.25 + 0.5 * min(1, max(0, center + fitted[place]))
                    return 0.25 * Double(sizes[row / 8]) / (reported * (1 - reported))
                }
                inverse = Self.solve(
                    columns.map { left in
                        columns.map { right in weights.indices.reduce(0) { $0 + weights[$1] * left[$1] * right[$1] } }
                    })
                let moments = columns.map { column in
                    weights.indices.reduce(0) { $0 + weights[$1] * column[$1] * rows.deviations[rows.used[$1]] }
                }
                estimates = inverse.map { zip($0, moments).reduce(0) { $0 + $1.0 * $1.1 } }
                fitted = weights.indices.map { place in
                    zip(estimates, columns).reduce(0) { $0 + $1.0 * $1.1[place] }
                }
                squares = weights.indices.reduce(0) {
                    let residual = rows.deviations[rows.used[$1]] - fitted[$1]
                    return $0 + weights[$1] * residual * residual
                }
            }
            let freedom = rows.used.count - candidates
            let dispersion = squares / Double(max(1, freedom)), factor = freedom > 20 ? max(1, dispersion) : 1
            for candidate in 0..<candidates {
                #expect(isNear(dense.estimates[candidate], estimates[candidate], 1e-9, of: 0.1))
                #expect(isNear(dense.variances[candidate], inverse[candidate][candidate] * factor, 1e-9))
            }
            let spread = 2 / (9 * Double(freedom)), deviations = (cbrt(dispersion) - 1 + spread) / spread.squareRoot()
            #expect(isNear(dense.misfitDeviations, deviations, 1e-8, of: 1))
            let some = [0, candidates - 1]
            let sum = some.reduce(0) { total, left in some.reduce(total) { $0 + inverse[left][$1] } }
            #expect(isNear(dense.varianceOfSum(of: some), sum * factor, 1e-9))
        }
    }

    @Test(
        "in one cohort, strings that are no candidates are a background where texts have two bits, and none where one"
    )
    func missingInOneCohort() throws {
        var noise = SeededNoise(seed: 0xDE2)
        // Each other report is about a string of its own: 30 % of the reports, and with two bits each candidate shares some.
        let shares = [0.3, 0.2, 0.1, 0.1, 0, 0, 0, 0]
        let example = FilterExample(bits: 64, hashes: 2, cohortSizes: [400_000], candidates: 8, noise: &noise)
        let counts = example.simulatedCounts(shares: shares, noise: &noise)
        let decoding = try FilterDecoder().decode(counts, design: example.design)
        // Sums of independent normal errors stay within 6.5 standard errors but for a chance of 10⁻¹⁰ each.
        for (share, truth) in zip(decoding.shares, shares) {
            #expect(abs(share.unbiased - truth) < 6.5 * share.standardError && (share.isDetected || truth == 0))
        }
        // Without centring each candidate would have b₀ · 0.3 more, and these strings 0.075 less.
        #expect(abs(decoding.unknownShare - 0.3) < 0.05)
        let single = FilterExample(bits: 64, hashes: 1, cohortSizes: [400_000], texts: (0..<8).map { [Int32($0)] })
        let own = single.expectedCounts(shares: shares, clear: 0.25, set: 0.75)
        let basic = try FilterDecoder().decode(own, design: single.design)
        for (share, truth) in zip(basic.shares, shares) { #expect(isNear(share.unbiased, truth, 1e-5, of: 1)) }
    }

    @Test("candidates of which one is a combination of others are a group, and the rest are estimated")
    func combinations() throws {
        // Bits 0 and 1, 2 and 3 are as much as 0 and 2, 1 and 3; bit 0 alone is none of their combinations.
        let texts: [[Int32]] = [[0, 1], [2, 3], [0, 2], [1, 3], [0, 0]]
        let example = FilterExample(bits: 4, hashes: 2, cohortSizes: [100_000], texts: texts)
        let counts = example.expectedCounts(shares: [0.3, 0, 0, 0.2, 0.25], clear: 0.25, set: 0.75)
        let decoding = try FilterDecoder().decode(counts, design: example.design)
        #expect(decoding.indistinguishable == [[0, 1, 2, 3]])
        for share in decoding.shares[..<4] {
            #expect(share.share.isNaN && share.standardError == .infinity && !share.isDetected && share.pValue == 1)
        }
        #expect(isNear(decoding.shares[4].unbiased, 0.25, 1e-4) && decoding.shares[4].isDetected)
    }

    @Test("candidates with equal filters are a group whose parts are at most what their sum can be")
    func equalFilters() throws {
        let texts: [[Int32]] = [[0], [1], [0], [2], [1], [0]]
        let example = FilterExample(bits: 4, hashes: 1, cohortSizes: [100_000], texts: texts)
        let counts = example.expectedCounts(shares: [0.1, 0.2, 0.1, 0.3, 0, 0.1], clear: 0.25, set: 0.75)
        let decoding = try FilterDecoder().decode(counts, design: example.design)
        #expect(decoding.indistinguishable == [[0, 2, 5], [1, 4]])
        #expect(decoding.shares.map(\.isDetected) == [false, false, false, true, false, false])
        for (candidate, sum) in [(0, 0.3), (1, 0.2), (2, 0.3), (4, 0.2), (5, 0.3)] {
            let interval = decoding.shares[candidate].interval
            #expect(interval.lowerBound == 0 && interval.upperBound > sum && interval.upperBound < sum + 0.02)
        }
        #expect(isNear(decoding.unknownShare, 0.2, 1e-4))
    }

    private static func rank(_ vectors: [[Double]]) -> Int {
        var (rows, rank) = (vectors, 0)
        for column in rows.first?.indices ?? 0..<0 {
            guard let pivot = (rank..<rows.count).max(by: { abs(rows[$0][column]) < abs(rows[$1][column]) }),
                abs(rows[pivot][column]) > 1e-9
            else { continue }
            rows.swapAt(rank, pivot)
            for other in rows.indices where other > rank {
                let factor = rows[other][column] / rows[rank][column]
                rows[other] = zip(rows[other], rows[rank]).map { $0 - factor * $1 }
            }
            rank += 1
        }
        return rank
    }

    @Test(
        "independent rows are as many as the rank, and each other row is a combination of exactly those that are listed"
    )
    func independentRows() {
        var noise = SeededNoise(seed: 0xDE1)
        for (size, rank) in [(1, 0), (1, 1), (6, 1), (7, 3), (12, 11), (12, 12), (30, 9)] {
            let parts = (0..<rank).map { _ in (0..<rank).map { _ in Double(Int.random(in: -4...4, using: &noise)) } }
            let factors = (0..<size).map { place in
                (0..<rank).map {
                    place < rank
                        ? ($0 == place ? 1.0 : 0) : Double(Int.random(in: -1...1, using: &noise)) * Double($0 % 2)
                }
            }
            // Every row is a combination of `rank` vectors; which of the rows are simple ones is shuffled.
            let vectors = factors.map { factor in
                (0..<max(rank, 1)).map { column in
                    zip(factor, parts).reduce(0.0) { $0 + $1.0 * $1.1[column] }
                }
            }.shuffled(using: &noise)
            let gram = SymmetricMatrix(size: size) { row, column in
                zip(vectors[row], vectors[column]).reduce(0) { $0 + $1.0 * $1.1 }
            }
            let (independent, combinations) = gram.independentRows(tolerance: 1e-8)
            let expected = Self.rank(vectors)
            #expect(independent.count == expected && Self.rank(independent.map { vectors[$0] }) == expected)
            #expect(Set(independent + combinations.map { $0[0] }).count == size)
            for combination in combinations {
                let chosen = combination.map { vectors[$0] }
                #expect(Self.rank(chosen) == combination.count - 1, "\(size), \(rank): \(combination)")
                for left in chosen.indices {
                    let others = chosen.indices.filter { $0 != left }.map { chosen[$0] }
                    #expect(Self.rank(others) == combination.count - 1, "\(size), \(rank): \(combination)")
                }
            }
        }
    }
}
