import Estimation
import Foundation
import TestSupport
import Testing

@Suite("Joint distributions of two variables are those of greatest likelihood")
struct AssociationTests {
    struct Vectors: Decodable {
        let cases: [Case]
        let tails: [Tail]

        struct Case: Decodable, Sendable, CustomTestStringConvertible {
            let name: String
            let first: [[Double]]
            let second: [[Double]]
            let reports: [[Int]]
            let frequencies: [Double]
            let standardErrors: [Double]
            let intervals: [[Double]]
            let statistic: Double
            let degreesOfFreedom: Int
            let pValue: Double

            var testDescription: String { name }

            func association(_ order: [[Int]]? = nil) throws -> AssociationEstimate {
                var tables = AssociationReports(first: .init(rows: first), second: .init(rows: second))
                for report in order ?? reports { tables.append(first: report[1], second: report[2], cohort: report[0]) }
                return try #require(AssociationEstimate(of: tables))
            }
        }

        struct Tail: Decodable {
            let statistic: Double
            let degreesOfFreedom: Int
            let probability: Double
        }
    }

    static let expected: Vectors = {
        // Safe because a fixture that cannot be read fails every test here, with its reason.
        try! Fixtures.json("vectors/associations.json")
    }()

    @Test("shares, errors, intervals and the test are those of an independent computation", arguments: expected.cases)
    func independent(_ one: Vectors.Case) throws {
        let found = try one.association()
        #expect(found.isConverged)
        #expect(found.hasErrors)
        #expect(found.reportCount == one.reports.count)
        for (cell, share) in found.shares.enumerated() {
            let (first, second) = cell.quotientAndRemainder(dividingBy: found.secondCount)
            #expect(found[first, second] == share)
            // The gap of a thousandth of a unit leaves that of an error's root.
            let slack = 0.05 * one.standardErrors[cell]
            #expect(abs(share.frequency - one.frequencies[cell]) < slack, "cell \(cell)")
            #expect(abs(share.standardError / one.standardErrors[cell] - 1) < 0.02, "cell \(cell)")
            #expect(abs(share.interval.lowerBound - one.intervals[cell][0]) < 2 * slack, "cell \(cell)")
            #expect(abs(share.interval.upperBound - one.intervals[cell][1]) < 2 * slack, "cell \(cell)")
        }
        #expect(abs(found.independence.statistic / one.statistic - 1) < 1e-3)
        #expect(found.independence.degreesOfFreedom == one.degreesOfFreedom)
        #expect(abs(log(found.independence.pValue / one.pValue)) < 2e-3 * one.statistic)
    }

    /// Two truth values of which each is reported right with probability 5/8; errors near 0.09, so that shares come out as 0.
    @Test("intervals cover where errors are as large as shares, though some pairs come out as 0")
    func smallShares() throws {
        let truth = [0.42, 0.28, 0.18, 0.12], runs = 400
        let rows = [[log(0.625), log(0.375)], [log(0.375), log(0.625)]]
        var noise = SeededNoise(seed: 0xA550), covered = [0, 0, 0, 0], borders = 0
        for _ in 0..<runs {
            var reports = AssociationReports(first: .init(rows: rows), second: .init(rows: rows))
            for _ in 0..<2000 {
                let word = noise.next(), place = Double(word >> 40) * 0x1p-24
                let cell = place < truth[0] ? 0 : place < truth[0] + truth[1] ? 1 : place < 1 - truth[3] ? 2 : 3
                // Of eight values of three bits, three are lies.
                let (first, second) = (word & 7 < 3 ? 1 : 0, word >> 3 & 7 < 3 ? 1 : 0)
                reports.append(first: cell / 2 ^ first, second: cell % 2 ^ second, cohort: 0)
            }
            let found = try #require(AssociationEstimate(of: reports))
            for cell in 0..<4 where found.shares[cell].interval.contains(truth[cell]) { covered[cell] += 1 }
            borders += found.shares.contains { $0.frequency == 0 } ? 1 : 0
        }
        // Chernoff and Kullback–Leibler at 10⁻⁹ for four tests: fewer are not as many as are promised.
        let test = BinomialTest(comparisons: 4)
        for cell in 0..<4 {
            let enough = covered[cell] >= runs * 95 / 100
            #expect(
                enough || test.accepts(successes: covered[cell], of: runs, probability: 0.95),
                "cell \(cell): \(covered)")
        }
        #expect(borders > runs / 20, "\(borders) runs with a pair at 0")
    }

    @Test("shares add up to 1, and a value's share is that of its pairs", arguments: expected.cases)
    func marginals(_ one: Vectors.Case) throws {
        let found = try one.association()
        #expect(abs(found.shares.reduce(0) { $0 + $1.frequency } - 1) < 1e-12)
        for (first, share) in found.firstMarginal.enumerated() {
            let sum = (0..<found.secondCount).reduce(0) { $0 + found[first, $1].frequency }
            #expect(abs(share.frequency - sum) < 1e-12)
            #expect(share.interval.contains(share.frequency))
        }
        for (second, share) in found.secondMarginal.enumerated() {
            let sum = (0..<found.firstCount).reduce(0) { $0 + found[$1, second].frequency }
            #expect(abs(share.frequency - sum) < 1e-12)
            let errors = (0..<found.firstCount).reduce(0) { $0 + found[$1, second].standardError }
            #expect(share.standardError <= errors)
        }
    }

    @Test("the order of reports and of the two variables changes nothing", arguments: expected.cases)
    func exchange(_ one: Vectors.Case) throws {
        let found = try one.association(), reversed = try one.association(one.reports.reversed())
        #expect(found.shares == reversed.shares)
        var tables = AssociationReports(first: .init(rows: one.second), second: .init(rows: one.first))
        for report in one.reports { tables.append(first: report[2], second: report[1], cohort: report[0]) }
        let exchanged = try #require(AssociationEstimate(of: tables))
        for first in 0..<found.firstCount {
            for second in 0..<found.secondCount {
                #expect(abs(found[first, second].frequency - exchanged[second, first].frequency) < 2e-3)
            }
        }
        #expect(abs(found.independence.statistic - exchanged.independence.statistic) < 1e-6 * (1 + one.statistic))
    }

    @Test("where the inverse of the noise gives shares, it gives those of greatest likelihood")
    func inverse() throws {
        // Both of two values, each reported truly with 3/4: the inverse of its matrix is (3/2, −1/2; −1/2, 3/2).
        let table = [[log(0.75), log(0.25)], [log(0.25), log(0.75)]], counts = [[310, 190], [220, 280]]
        var tables = AssociationReports(first: .init(rows: table), second: .init(rows: table))
        for (first, row) in counts.enumerated() {
            for (second, count) in row.enumerated() {
                for _ in 0..<count { tables.append(first: first, second: second, cohort: 0) }
            }
        }
        let found = try #require(AssociationEstimate(of: tables)), weights = [[1.5, -0.5], [-0.5, 1.5]]
        for first in 0..<2 {
            for second in 0..<2 {
                var share = 0.0
                for i in 0..<2 {
                    for j in 0..<2 { share += weights[first][i] * weights[second][j] * Double(counts[i][j]) / 1000 }
                }
                #expect(abs(found[first, second].frequency - share) < 1e-5)
            }
        }
    }

    @Test("over all exchanges of a cohort's reports the statistic's mean is its degrees of freedom")
    func exchanges() throws {
        let first = [[0, -1.0, -3], [-2, 0, -0.5], [-1, -1.5, 0], [-0.2, -0.1, 0], [0, -2.5, -0.3]]
        let second = [[0.0, -1], [-2, 0], [0, -0.4], [-0.8, 0]]
        let cohorts = [(firsts: [0, 1, 2, 4], seconds: [0, 1, 2, 3]), (firsts: [3, 1, 0], seconds: [3, 1, 0])]
        var sum = 0.0, count = 0.0
        for one in Self.orders(of: cohorts[0].seconds) {
            for other in Self.orders(of: cohorts[1].seconds) {
                var tables = AssociationReports(first: .init(rows: first), second: .init(rows: second))
                for (cohort, seconds) in [one, other].enumerated() {
                    for (kind, otherKind) in zip(cohorts[cohort].firsts, seconds) {
                        tables.append(first: kind, second: otherKind, cohort: cohort)
                    }
                }
                let test = try #require(AssociationEstimate(of: tables)).independence
                #expect(test.degreesOfFreedom == 2)
                sum += test.statistic
                count += 1
            }
        }
        #expect(count == 144)
        #expect(abs(sum / count - 2) < 1e-9)
    }

    private static func orders(of items: [Int]) -> [[Int]] {
        guard let first = items.first else { return [[]] }
        return orders(of: Array(items.dropFirst())).flatMap { order in
            (0...order.count).map { Array(order[..<$0]) + [first] + Array(order[$0...]) }
        }
    }

    @Test("tails of chi-square are those of sums of Poisson probabilities")
    func tails() {
        for tail in Self.expected.tails {
            let found = ChiSquaredDistribution(degreesOfFreedom: tail.degreesOfFreedom).upperTail(from: tail.statistic)
            #expect(abs(found / tail.probability - 1) < 5e-9, "\(tail)")
        }
    }

    @Test("no reports give no estimate, one variable of a single value no test, and equal candidates no errors")
    func degenerate() throws {
        let two = [[0.0, -1], [-1, 0]]
        let none = AssociationReports(first: .init(rows: two), second: .init(rows: two))
        #expect(AssociationEstimate(of: none) == nil)
        var single = AssociationReports(first: .init(rows: two), second: .init(rows: [[0]]))
        for index in 0..<9 { single.append(first: index % 2, second: 0, cohort: 0) }
        let test = try #require(AssociationEstimate(of: single)).independence
        #expect(test.degreesOfFreedom == 0 && test.pValue == 1)
        let equal = [[0.0, 0, -1], [-1, -1, 0]]
        var alike = AssociationReports(first: .init(rows: equal), second: .init(rows: two))
        for index in 0..<40 { alike.append(first: index % 2, second: index / 2 % 2, cohort: 0) }
        let found = try #require(AssociationEstimate(of: alike))
        #expect(!found.hasErrors && found.isConverged)
        #expect(found.shares.map(\.interval) == Array(repeating: 0...1, count: 6))
        #expect(found.independence.degreesOfFreedom == 1)
    }
}

extension ReportLikelihoods {
    init(rows: [[Double]]) {
        self.init(valueCount: rows[0].count)
        for row in rows { _ = append(logLikelihoods: row) }
    }
}
