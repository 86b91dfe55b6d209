import Estimation
import Foundation
import LocalPrivacy
import Mechanisms
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("Estimates from a sketch")
struct SketchEstimateTests {
    @Test("count a report once for its own value, and for another what the rows in which they meet exceed 1/m by")
    func expectedCounts() throws {
        for (rows, width, epsilon, seed) in [(4, 8, 1000, 0), (1, 2, 500, 3), (8, 4, 4000, 17)]
            as [(Int32, Int32, Int, UInt64)]
        {
            let under = try SketchUnderTest(
                rows: rows, width: width, epsilon: epsilon, reportsAbsence: true, hashSeed: seed)
            let (sketch, inputs) = (under.sketch, under.sketch.auditedInputs)
            let single = try sketch.allReports.map { report in
                var aggregate = sketch.makeAggregate(of: under.definition)
                sketch.absorb(report, into: &aggregate)
                return try under.estimates(inputs, aggregate).map(\.count)
            }
            for (item, held) in inputs.enumerated() {
                let chances = sketch.allReports.map { report in
                    sketch.likelihood(of: report, given: item).words.reversed().reduce(0.0) { $0 * 0x1p64 + Double($1) }
                        * pow(2, -Double(sketch.likelihoodBitCount))
                }
                for (place, candidate) in inputs.enumerated() {
                    let expected = zip(single, chances).reduce(0) { $0 + $1.0[place] * $1.1 }
                    let share = 1 / Double(width)
                    let truth = item == place ? 1 : (try under.meetings(held, candidate) - share) / (1 - share)
                    #expect(abs(expected - truth) < 1e-9, "\(held) for \(candidate): \(expected), not \(truth)")
                }
            }
        }
    }

    @Test("are unbiased over hash functions: over seeds, two values meet in one of m rows")
    func meetingsOverSeeds() throws {
        let (rows, width, seeds) = (16, 8, 500)
        let meetings = try (0..<seeds).reduce(0) { sum, seed in
            let under = try SketchUnderTest(
                rows: Int32(rows), width: Int32(width), epsilon: 1000, hashSeed: UInt64(seed))
            return sum
                + Int((try under.meetings(SketchUnderTest.text(1), SketchUnderTest.text(2)) * Double(rows)).rounded())
        }
        #expect(
            BinomialTest().accepts(successes: meetings, of: rows * seeds, probability: 1 / Double(width)))
    }

    @Test(
        "have the variance of all noise and all hash functions, by enumerating the places of every value in every row")
    func varianceIsExact() throws {
        let under = try SketchUnderTest(rows: 2, width: 2, epsilon: 2000)
        let (cell, support, k, m) = (under.sketch.cellSupport, under.sketch.support, 2, 2)
        for held in [[5, 0, 0, 0], [0, 7, 0, 0], [3, 4, 2, 1], [0, 1, 1, 1], [2, 9, 9, 0]] {
            let total = held.reduce(0, +)
            // Places of four values in two rows of two: 2⁸ tables, each as likely as another; value 0 is the candidate.
            var (mean, square, noise) = (0.0, 0.0, 0.0)
            for table in 0..<256 {
                func place(_ value: Int, _ row: Int) -> Int { table >> (2 * value + row) & 1 }
                var (expected, variance) = (0.0, 0.0)
                for (value, count) in held.enumerated() {
                    let met = Double((0..<k).count { place(value, $0) == place(0, $0) }) / Double(k)
                    let chance = cell.spurious + cell.gap * met
                    expected += Double(count) * chance
                    variance += Double(count) * chance * (1 - chance)
                }
                mean += expected / 256
                square += expected * expected / 256
                noise += variance / 256
            }
            let pairs = held.reduce(0) { $0 + $1 * ($1 - 1) }
            let collisions = HashCollisions(rowCount: k, width: m, cell: cell, equalPairCount: Double(pairs))
            let model = SupportModel(
                reportCount: total, support: support, noise: .independent, collisions: collisions)
            let frequency = Double(held[0]) / Double(total)
            #expect(abs(mean / (Double(total) * (support.spurious + frequency * support.gap)) - 1) < 1e-12, "\(held)")
            #expect(abs(model.variance(frequency: frequency) / (noise + square - mean * mean) - 1) < 1e-9, "\(held)")
        }
    }

    @Test("count the pairs of equal values without bias, summed over all reports of two and three devices")
    func equalPairsAreUnbiased() throws {
        let under = try SketchUnderTest(rows: 1, width: 2, epsilon: 1000)
        let sketch = under.sketch, reports = sketch.allReports
        let places = try (0..<2).map { sketch.row(0).place(of: try under.key(sketch.auditedInputs[$0])) }
        try #require(places[0] != places[1])
        for held in [[0, 0], [0, 1], [0, 0, 1], [1, 1, 1], [0, 1, 1]] {
            var expected = 0.0
            for choice in 0..<Int(pow(Double(reports.count), Double(held.count))) {
                var (aggregate, chance, rest) = (sketch.makeAggregate(of: under.definition), 1.0, choice)
                for item in held {
                    let report = reports[rest % reports.count]
                    rest /= reports.count
                    sketch.absorb(report, into: &aggregate)
                    let words = sketch.likelihood(of: report, given: item).words
                    chance *= words.reversed().reduce(0.0) { $0 * 0x1p64 + Double($1) } * 0x1p-128
                }
                let fraction = HashCollisions.equalPairFraction(in: aggregate, cell: sketch.cellSupport)
                expected += try #require(fraction) * chance
            }
            // The two values never meet in this row, so that the share of places is that of values, not 1/m apart.
            let pairs = Double(held.count * (held.count - 1))
            let equal = Double(held.flatMap { first in held.filter { $0 == first } }.count - held.count) / pairs
            #expect(abs(expected - (equal - 0.5) / 0.5) < 1e-9, "\(held): \(expected)")
        }
        #expect(
            HashCollisions.equalPairFraction(
                in: try under.aggregate(
                    holding: [(SketchUnderTest.text(1), 1)], seed: 1), cell: sketch.cellSupport) == nil)
    }

    @Test("have intervals that cover for every hash function drawn; without the collisions' variance they do not")
    func coverage() throws {
        // A few frequent values in few rows, so that collisions make most of the variance. A candidate for each seed, so
        // that what is counted is independent.
        let (runs, held) = (240, [240, 180, 120, 60] + Array(repeating: 3, count: 100))
        let total = held.reduce(0, +)
        var (covered, coveredWithout, detected) = (0, 0, 0)
        for run in 0..<runs {
            let under = try SketchUnderTest(rows: 32, width: 16, epsilon: 8000, hashSeed: 0x5EED_0000 + UInt64(run))
            let counts = held.enumerated().map { (input: SketchUnderTest.text($0.offset), count: $0.element) }
            let aggregate = try under.aggregate(holding: counts, seed: 0x5CE7_1000 + UInt64(run))
            // Every third candidate is held by nobody.
            let value = run % 3 == 0 ? 1000 : run % held.count
            let truth = run % 3 == 0 ? 0 : Double(held[value]) / Double(total)
            let estimate = try under.estimates([SketchUnderTest.text(value)], aggregate)[0]
            covered += estimate.interval.contains(truth) ? 1 : 0
            let supported = Double(total) * under.sketch.support.spurious + estimate.count * under.sketch.support.gap
            let without = SupportModel(reportCount: total, support: under.sketch.support, noise: .independent)
                .estimate(supportCount: Int(supported.rounded()), confidence: .standard, detectionThreshold: 0.05)
            coveredWithout += without.interval.contains(truth) ? 1 : 0
            detected += value == 1000 && estimate.isDetected ? 1 : 0
        }
        // One-sided Chernoff–KL: intervals that cover in 94 of 100 cases fail once in 10⁹ times.
        let limit = log(1e9)
        func fails(_ successes: Int) -> Bool {
            Double(successes) / Double(runs) < 0.94
                && BinomialTest.divergence(successes: successes, of: runs, probability: 0.94) > limit
        }
        let absent = runs / 3, unlikely = BinomialTest.divergence(successes: detected, of: absent, probability: 0.06)
        #expect(!fails(covered), "\(covered) of \(runs)")
        #expect(fails(coveredWithout), "\(coveredWithout) of \(runs)")
        #expect(
            Double(detected) / Double(absent) <= 0.06 || unlikely <= limit,
            "\(detected) of \(absent) detected that nobody holds")
    }

    @Test("of many candidates are those of each, in their order, whatever block they fall into")
    func blocks() throws {
        let under = try SketchUnderTest(rows: 32, width: 64, epsilon: 4000, reportsAbsence: true)
        let aggregate = try under.aggregate(
            holding: [(SketchUnderTest.text(5000), 300), (.absent, 200), (.text([]), 100)], seed: 0x5CE7_0003)
        let candidates = (0..<9000).map(SketchUnderTest.text) + [.absent, .text([])]
        let supports = try candidates.map { candidate in
            let key = try under.key(candidate)
            return (0..<32).reduce(0) { sum, row in
                sum + Int(aggregate.cells[row * 64 + under.sketch.row(row).place(of: key)])
            }
        }
        let support = under.sketch.support
        let expected = supports.map { (Double($0) - 600 * support.spurious) / support.gap }
        var told: [Int] = []
        let reports = PooledReports(aggregate, on: UTCDay(containing: 0))
        let estimates = try under.sketch.estimates(of: candidates, from: reports, confidence: .standard) {
            done, total in
            told.append(done)
            #expect(total == candidates.count)
        }
        #expect(estimates.map(\.count) == expected)
        #expect(told.last == candidates.count && told == told.sorted())
        #expect(estimates[5000].isDetected && estimates[9000].isDetected)
    }

    @Test("are refused for candidates of another domain; of no reports there are none")
    func refusals() throws {
        let under = try SketchUnderTest(rows: 4, width: 8, epsilon: 1000)
        let aggregate = try under.aggregate(holding: [(SketchUnderTest.text(1), 5)], seed: 1)
        let long = MechanismInput.text([UInt8](repeating: 65, count: 255))
        for foreign in [.item(0), .place(0), .absent, long] as [MechanismInput] {
            #expect(throws: EstimationError.candidateOutOfDomain(position: 1)) {
                try under.estimates([SketchUnderTest.text(1), foreign], aggregate)
            }
        }
        let none = under.sketch.makeAggregate(of: under.definition)
        #expect(try under.estimates([SketchUnderTest.text(1)], none).isEmpty)
        #expect(try under.estimates([], aggregate).isEmpty)
    }
}
