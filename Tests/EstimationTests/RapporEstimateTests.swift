import Estimation
import Foundation
import LocalPrivacy
import Mechanisms
import ReportFormat
import TestSupport
import Testing

@Suite("Estimates of RAPPOR")
struct RapporEstimateTests {
    struct Case: Decodable {
        var bits: Int, hashes: Int, cohorts: Int, f: String, p: String, q: String
        var candidates: [String], cohortSizes: [Int], setCounts: [Int], dayCounts: [Int]
        var frequencies: [Double], standardErrors: [Double]

        func mechanism() throws -> Rappor {
            var declaration = try JSONDecoder().decode(
                MechanismFixture.Declaration.self, from: Data(#"{"values": 0, "reportsAbsence": true}"#.utf8))
            declaration.domain = "text"
            declaration.parameters = [
                "bits": "\(bits)", "hashes": "\(hashes)", "cohorts": "\(cohorts)", "f": f, "p": p, "q": q,
            ]
            return try declaration.mechanism(Rappor.self)
        }

        /// The counts, the cohorts dealt out to the days in turn.
        func reports() throws -> PooledReports<BitCounts> {
            let none = BitCounts(of: Fingerprint(value: 5), cohortCount: cohorts, bitCount: bits)
            var pooled = PooledReports(none, on: UTCDay(containing: 0))
            for cohort in 0..<cohorts {
                var part = none
                let rows = cohort * bits..<(cohort + 1) * bits
                part.add(reportCount: cohortSizes[cohort], setCounts: Array(setCounts[rows]), cohort: cohort)
                let day = dayCounts.count > 1 ? cohort % dayCounts.count : 0
                try pooled.merge(PooledReports(part, on: UTCDay(containing: Int64(day) * 86_400)))
            }
            return pooled
        }
    }

    @Test("are those of an independent script in exact fractions, of one day and of several")
    func scriptAgrees() throws {
        for fixture in try Fixtures.json("vectors/rappor_estimates.json", as: [Case].self) {
            let (mechanism, reports) = (try fixture.mechanism(), try fixture.reports())
            try #require(reports.countsByDay.values.sorted() == fixture.dayCounts.sorted())
            let estimates = try mechanism.estimates(
                of: fixture.candidates.map { .text(Array($0.utf8)) }, from: reports, confidence: .standard
            ) { _, _ in }
            try #require(estimates.count == fixture.candidates.count)
            for (place, estimate) in estimates.enumerated() {
                let (frequency, error) = (fixture.frequencies[place], fixture.standardErrors[place])
                #expect(abs(estimate.frequency - frequency) < 1e-9)
                #expect(abs(estimate.standardError / error - 1) < 1e-9)
                #expect(abs(estimate.count - frequency * Double(reports.reportCount)) < 1e-4)
                let half = 1.959963984540054 * error / Double(reports.reportCount)
                #expect(abs(estimate.interval.lowerBound - (frequency - half)) < 1e-9)
                #expect(abs(estimate.interval.upperBound - (frequency + half)) < 1e-9)
                let z = estimate.count / error
                #expect(abs(estimate.pValue - erfc(z / 2.0.squareRoot()) / 2) < 1e-9)
                #expect(estimate.isDetected == (estimate.pValue <= 0.05 / Double(estimates.count)))
            }
        }
    }

    @Test("of sums have variances that agree with those of their parts and of each other")
    func sums() throws {
        for fixture in try Fixtures.json("vectors/rappor_estimates.json", as: [Case].self) {
            let (mechanism, reports) = (try fixture.mechanism(), try fixture.reports())
            let inputs = fixture.candidates.map { MechanismInput.text(Array($0.utf8)) }
            let parts = try mechanism.estimates(of: inputs, from: reports, confidence: .standard) { _, _ in }
            let pairs = parts.indices.dropLast().map { [$0, $0 + 1] }
            let all = Array(parts.indices)
            let sums = try mechanism.sums(
                of: all.map { [$0] } + pairs + [all], among: inputs, from: reports, confidence: .standard
            ) { _, _ in }
            for (single, part) in zip(sums, parts) {
                #expect(abs(single.estimate.standardError / part.standardError - 1) < 1e-9)
                #expect(abs(single.estimate.frequency - part.frequency) < 1e-12 && !single.isBound)
            }
            // Var(a + b) lies within (σ_a ± σ_b)², and that of the whole is the sum over pairs of their covariances.
            for (pair, sum) in zip(pairs, sums.dropFirst(all.count)) {
                let (one, other) = (parts[pair[0]].standardError, parts[pair[1]].standardError)
                let error = sum.estimate.standardError
                #expect(error <= (one + other) * (1 + 1e-12) && error >= abs(one - other) * (1 - 1e-12))
            }
            guard all.count == 3, let whole = sums.last?.estimate.standardError else { continue }
            let outer = try mechanism.sums(of: [[0, 2]], among: inputs, from: reports, confidence: .standard) { _, _ in
            }
            let twos = sums[3..<5].map(\.estimate.standardError) + outer.map(\.estimate.standardError)
            let expected =
                twos.reduce(0) { $0 + $1 * $1 } - parts.reduce(0) { $0 + $1.standardError * $1.standardError }
            #expect(abs(whole * whole / expected - 1) < 1e-9)
        }
    }

    @Test("are the frequencies themselves where every count is what is expected of it")
    func exactCountsGiveExactFrequencies() throws {
        let texts: [(text: [UInt8], count: Int)] = (0..<12).map { (Array("value \($0)".utf8), 16 * ($0 + 1)) }
        let simulation = try RapporSimulation(bits: 32, hashes: 2, cohorts: 8, texts: texts)
        let mechanism = simulation.mechanism
        // In each cohort all texts with the same counts; p* and q* are 9/16 and 11/16.
        var counts = mechanism.makeAggregate(of: Fingerprint(value: 5))
        let size = texts.reduce(0) { $0 + $1.count }
        for cohort in 0..<8 {
            var setCounts = [Int](repeating: size * 9 / 16, count: 32)
            for (text, count) in texts {
                for bit in Set(try mechanism.filter.bits(of: text, cohort: cohort)) { setCounts[bit] += count / 8 }
            }
            counts.add(reportCount: size, setCounts: setCounts, cohort: cohort)
        }
        let estimates = try mechanism.estimates(
            of: texts.map { .text($0.text) } + [.text([])],
            from: PooledReports(counts, on: UTCDay(containing: 0)), confidence: .standard
        ) { _, _ in }
        for (estimate, truth) in zip(estimates, texts.map { Double($0.count) / Double(size) } + [0]) {
            #expect(abs(estimate.frequency - truth) < 1e-12)
        }
    }

    @Test("refuse candidates that are no texts, that are too many, or that no bit tells apart, by their positions")
    func candidatesAreRefused() throws {
        let simulation = try RapporSimulation(bits: 2, hashes: 1, cohorts: 2, texts: [([65], 100)])
        var noise = SeededNoise(seed: 0x5eed_0301)
        let reports = try simulation.reports(days: 1, from: &noise)
        func error(_ candidates: [MechanismInput]) -> EstimationError? {
            do throws(EstimationError) {
                _ = try simulation.mechanism.estimates(of: candidates, from: reports, confidence: .standard) { _, _ in }
            } catch { return error }
            return nil
        }
        func text(_ number: Int) -> MechanismInput { .text(Array("\(number)".utf8)) }
        #expect(error([text(0), .absent]) == .candidateOutOfDomain(position: 1))
        #expect(error([.item(0)]) == .candidateOutOfDomain(position: 0))
        #expect(error([text(0), .text([UInt8](repeating: 65, count: 255))]) == .candidateOutOfDomain(position: 1))
        #expect(error((0..<5).map(text)) == .tooManyCandidates(count: 5, limit: 4))
        #expect(error([text(3), text(1), text(3)]) == .indistinguishable(positions: [0, 2]))
        // Two cohorts of two bits, one set in each: the four possible filters have rank three.
        var filters: [[[Int]]: MechanismInput] = [:]
        for number in 0..<100 {
            let bits = try (0..<2).map { try simulation.mechanism.filter.bits(of: Array("\(number)".utf8), cohort: $0) }
            filters[bits] = text(number)
        }
        try #require(filters.count == 4)
        #expect(error(Array(filters.values)) == .indistinguishable(positions: [3]))
    }

    @Test("of no reports or of no candidates there are none, and progress is told to its end")
    func emptyAndProgress() throws {
        let simulation = try RapporSimulation(bits: 32, hashes: 2, cohorts: 2, texts: [([65], 300)])
        let mechanism = simulation.mechanism
        let none = PooledReports(mechanism.makeAggregate(of: Fingerprint(value: 5)), on: UTCDay(containing: 0))
        #expect(try mechanism.estimates(of: [.text([65])], from: none, confidence: .standard) { _, _ in }.isEmpty)
        var noise = SeededNoise(seed: 0x5eed_0302), steps: [Int] = [], totals: Set<Int> = []
        let reports = try simulation.reports(days: 1, from: &noise)
        #expect(try mechanism.estimates(of: [], from: reports, confidence: .standard) { _, _ in }.isEmpty)
        let one = try mechanism.estimates(of: [.text([65])], from: reports, confidence: .standard) {
            steps.append($0)
            totals.insert($1)
        }
        #expect(one.count == 1 && one[0].isDetected)
        #expect(steps == steps.sorted() && totals == [steps.last ?? 0])
    }
}
