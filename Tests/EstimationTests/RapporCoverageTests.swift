import Estimation
import Foundation
import Mechanisms
import ReportFormat
import TestSupport
import Testing

/// Intervals against the truth that a simulation knows. The tolerance is Chernoff–KL at 10⁻⁹, as for independent
/// intervals; those of one run are all but uncorrelated.
@Suite("Intervals of RAPPOR")
struct RapporCoverageTests {
    /// How many intervals covered, and how many of the values that were called detected.
    struct Coverage {
        var covered = 0, intervals = 0, coveredDetected = 0, detected = 0, falselyDetected = 0, squares = 0.0

        var fraction: Double { Double(covered) / Double(intervals) }
    }

    private static func coverage(
        _ simulation: RapporSimulation, candidates: [[UInt8]], days: Int = 1, runs: Int, narrowedTo factor: Double = 1
    ) throws -> Coverage {
        let total = simulation.deviceCount
        let truths = Dictionary(
            uniqueKeysWithValues: simulation.texts.map { ($0.text, Double($0.count) / Double(total)) })
        var noise = SeededNoise(seed: 0x5eed_0310), coverage = Coverage()
        for _ in 0..<runs {
            let reports = try simulation.reports(days: days, from: &noise)
            let estimates = try simulation.mechanism.estimates(
                of: candidates.map { .text($0) }, from: reports, confidence: .standard
            ) { _, _ in }
            for (candidate, estimate) in zip(candidates, estimates) {
                guard let truth = truths[candidate] else {
                    coverage.falselyDetected += estimate.isDetected ? 1 : 0
                    continue
                }
                let half = (estimate.interval.upperBound - estimate.interval.lowerBound) / 2 * factor
                let isCovered = abs(estimate.frequency - truth) <= half
                coverage.intervals += 1
                coverage.covered += isCovered ? 1 : 0
                coverage.detected += estimate.isDetected ? 1 : 0
                coverage.coveredDetected += isCovered && estimate.isDetected ? 1 : 0
                let z = (estimate.frequency - truth) * Double(reports.reportCount) / estimate.standardError
                coverage.squares += z * z
            }
        }
        return coverage
    }

    private static func destinations() throws -> [(text: [UInt8], count: Int)] {
        try Fixtures.rows("vectors/destinations.csv").map { (Array($0[0].utf8), try #require(Int($0[1]))) }
    }

    /// The airports of the example, of which four destinations are missing.
    private static func airports() throws -> [[UInt8]] {
        let file = Fixtures.packageRoot.appending(path: "clients/examples/flights/airports.csv")
        let lines = String(decoding: try Data(contentsOf: file), as: UTF8.self).split(separator: "\n").dropFirst()
        return lines.map { Array($0.prefix { $0 != "," }.utf8) }
    }

    @Test("cover the destinations of a year's flights as often as they say, though four are no candidates")
    func flights() throws {
        let destinations = try Self.destinations(), airports = try Self.airports()
        try #require(destinations.count == 105 && airports.count == 1458)
        let occurring = Set(destinations.map(\.text))
        let candidates = airports.filter(occurring.contains) + airports.filter { !occurring.contains($0) }.prefix(59)
        try #require(candidates.count == 160)
        let simulation = try RapporSimulation(bits: 32, hashes: 2, cohorts: 16, texts: destinations)
        let coverage = try Self.coverage(simulation, candidates: candidates, runs: 12)
        let test = BinomialTest(comparisons: 2)
        #expect(coverage.intervals == 12 * 101)
        #expect(test.accepts(successes: coverage.covered, of: coverage.intervals, probability: 0.95), "\(coverage)")
        // 59 absent candidates in 12 runs, each detected with probability 0.05 / 160: nine or more with 10⁻¹¹.
        #expect(coverage.falselyDetected < 9, "\(coverage)")
        // Intervals three tenths too narrow are told from right ones.
        let narrow = try Self.coverage(simulation, candidates: candidates, runs: 12, narrowedTo: 0.7)
        #expect(!test.accepts(successes: narrow.covered, of: narrow.intervals, probability: 0.95), "\(narrow)")
    }

    @Test("cover when thirty days are pooled and every device keeps its permanent responses")
    func thirtyDays() throws {
        let texts: [(text: [UInt8], count: Int)] = (0..<40).map { (Array("value \($0)".utf8), 20 * ($0 % 8)) }
        let simulation = try RapporSimulation(bits: 32, hashes: 2, cohorts: 4, texts: texts)
        let coverage = try Self.coverage(simulation, candidates: texts.map(\.text), days: 30, runs: 40)
        let test = BinomialTest(comparisons: 2)
        #expect(test.accepts(successes: coverage.covered, of: coverage.intervals, probability: 0.95), "\(coverage)")
        // Errors of independent reports would be about a third of the right ones.
        let narrow = try Self.coverage(
            simulation, candidates: texts.map(\.text), days: 30, runs: 40, narrowedTo: 1 / 2.0)
        #expect(!test.accepts(successes: narrow.covered, of: narrow.intervals, probability: 0.95), "\(narrow)")
    }

    @Test(
        "cover when a week is pooled, two fifths of the devices report no event, and a sixth texts that are no candidates"
    )
    func weekWithAbsence() throws {
        let texts: [(text: [UInt8], count: Int)] = (0..<120).map {
            (Array("value \($0)".utf8), $0 < 60 ? 12_000 / ($0 + 3) : 100)
        }
        let devices = texts.reduce(0) { $0 + $1.count }
        let simulation = try RapporSimulation(
            bits: 32, hashes: 2, cohorts: 16, texts: texts, absentCount: devices * 2 / 3)
        let unheld = (0..<60).map { Array("nobody's \($0)".utf8) }
        let coverage = try Self.coverage(simulation, candidates: texts[..<60].map(\.text) + unheld, days: 7, runs: 5)
        let test = BinomialTest(comparisons: 2)
        #expect(test.accepts(successes: coverage.covered, of: coverage.intervals, probability: 0.95), "\(coverage)")
        // 60 absent candidates in 5 runs, each detected with probability 0.05 / 120 at most: seven or more with 10⁻¹⁰.
        #expect(coverage.falselyDetected < 7, "\(coverage)")
    }

    @Test("cover all 1,458 airports in fifty runs, also where detected alone", .enabled(if: isThorough))
    func thorough() throws {
        for (bits, cohorts) in [(128, 64), (64, 256)] {
            let simulation = try RapporSimulation(
                bits: bits, hashes: 2, cohorts: cohorts, texts: try Self.destinations())
            let coverage = try Self.coverage(simulation, candidates: try Self.airports(), runs: 50)
            print("\(bits) bits, \(cohorts) cohorts: \(coverage)")
            #expect((0.94...0.96).contains(coverage.fraction), "\(coverage)")
            #expect(Double(coverage.coveredDetected) >= 0.93 * Double(coverage.detected), "\(coverage)")
        }
    }
}
