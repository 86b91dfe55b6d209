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
            let (estimates, remarks) = try mechanism.remarkedEstimates(
                of: fixture.candidates.map { .text(Array($0.utf8)) }, from: reports, confidence: .standard
            ) { _, _ in }
            try #require(estimates.count == fixture.candidates.count)
            let isInsufficient = remarks.map { $0.isInsufficient } == true
            for (place, estimate) in estimates.enumerated() {
                let (frequency, error) = (fixture.frequencies[place], fixture.standardErrors[place])
                #expect(abs(estimate.frequency - frequency) < 1e-9)
                #expect(abs(estimate.standardError / error - 1) < 1e-9)
                #expect(abs(estimate.count - frequency * Double(reports.reportCount)) < 1e-4)
                #expect(estimate.interval.contains(estimate.frequency))
                let z = estimate.count / error
                #expect(abs(estimate.pValue - erfc(z / 2.0.squareRoot()) / 2) < 1e-9)
                #expect(
                    estimate.isDetected == (estimate.pValue <= 0.05 / Double(estimates.count) && !isInsufficient))
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
        let simulation = try RapporSimulation(bits: 32, hashes: 2, cohorts: 4, texts: texts)
        let mechanism = simulation.mechanism
        // In each cohort all texts with the same counts; p* and q* are 9/16 and 11/16.
        var counts = mechanism.makeAggregate(of: Fingerprint(value: 5))
        let size = texts.reduce(0) { $0 + $1.count }
        for cohort in 0..<4 {
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

    @Test("refuse candidates that are no texts, by their positions, and more than a matrix of few cohorts holds")
    func candidatesAreRefused() throws {
        let simulation = try RapporSimulation(bits: 256, hashes: 2, cohorts: 1, texts: [([65], 100)])
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
        // 255·256/2 + 256 filters there are; of 5,000 texts 4,640 have one that no earlier one has.
        guard case .tooManyCandidates(let count, limit: 4_096) = error((0..<5_000).map(text)) else {
            Issue.record("5,000 candidates on one cohort are accepted")
            return
        }
        #expect((4_097...5_000).contains(count))
    }

    @Test("name groups of candidates that no bit tells apart, and estimate the others")
    func groupsAreNamed() throws {
        let simulation = try RapporSimulation(bits: 2, hashes: 1, cohorts: 2, texts: [([65], 100)])
        var noise = SeededNoise(seed: 0x5eed_0303)
        let reports = try simulation.reports(days: 1, from: &noise)
        func text(_ number: Int) -> MechanismInput { .text(Array("\(number)".utf8)) }
        func groups(_ candidates: [MechanismInput]) throws -> [[Int]] {
            let (estimates, remarks) = try simulation.mechanism.remarkedEstimates(
                of: candidates, from: reports, confidence: .standard
            ) { _, _ in }
            let groups = remarks.map { $0.indistinguishable } ?? [], hidden = Set(groups.joined())
            for (position, estimate) in estimates.enumerated() {
                #expect(estimate.count.isNaN == hidden.contains(position))
                #expect(!hidden.contains(position) || (!estimate.isDetected && estimate.interval.lowerBound == 0))
            }
            return groups
        }
        // Two cohorts of two bits, one set in each: the four possible filters have rank three.
        var filters: [[[Int]]: MechanismInput] = [:]
        for number in 0..<100 {
            let bits = try (0..<2).map { try simulation.mechanism.filter.bits(of: Array("\(number)".utf8), cohort: $0) }
            filters[bits] = text(number)
        }
        let distinct = filters.keys.sorted { $0.description < $1.description }.compactMap { filters[$0] }
        try #require(distinct.count == 4)
        #expect(try groups(distinct) == [[0, 1, 2, 3]])
        #expect(try groups(Array(distinct[..<3])).isEmpty)
        #expect(try groups([distinct[0], distinct[1], distinct[0]]) == [[0, 2]])
    }

    @Test("of no reports or of no candidates there are none, and progress is told to its end")
    func emptyAndProgress() throws {
        let simulation = try RapporSimulation(bits: 32, hashes: 2, cohorts: 2, texts: [([65], 3000)])
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
