import Estimation
import Foundation
import LocalPrivacy
import Mechanisms
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

/// Whether the tests run that take a release build its minutes: `make thorough`.
let isThorough = ProcessInfo.processInfo.environment["DITHER_THOROUGH"] != nil

@Suite("Published figures, by simulation of every report", .enabled(if: isThorough))
struct PublishedFiguresTests {
    @Test("a sketch of a million strings has the error of its formula, and intervals that cover")
    func sketch() throws {
        let (rows, width, total) = (65_536.0, 1024.0, 1_000_000)
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 4000), domain: .text, reportsAbsence: false,
            parameters: ["rows": DeclaredNumber(65_536), "width": DeclaredNumber(1024)])
        let weights = (1...1000).map { pow(Double($0), -1.1) }
        let sum = weights.reduce(0, +)
        var counts = weights.map { Int(Double(total) * $0 / sum) }
        counts[0] += total - counts.reduce(0, +)
        let texts = counts.indices.map { MechanismInput.text(Array("string \($0)".utf8)) }
        let squares = counts.reduce(0.0) { $0 + Double($1) * Double($1) }
        let half = exp(2.0), noise = half / ((half - 1) * (half - 1)) + (1 - 1 / width) / width
        var (errors, formula, covered) = (0.0, 0.0, 0)
        for seed in 1...5 as ClosedRange<UInt64> {
            var configuration = try CountMeanSketch.Configuration(declared: declared)
            configuration.hashSeed = seed
            let sketch = try CountMeanSketch(configuration: configuration)
            var source = SeededNoise(seed: 0x5eed_0320 + seed)
            var reports = PooledReports(
                sketch.makeAggregate(of: Fingerprint(value: 1)), on: UTCDay(containing: 0))
            try reports.count(on: UTCDay(containing: 0)) { aggregate in
                for (text, count) in zip(texts, counts) {
                    let key = try sketch.input(from: text, on: DeviceContext(permanentNoise: nil))
                    for _ in 0..<count { sketch.absorb(sketch.randomize(key, using: &source), into: &aggregate) }
                }
            }
            let estimates = try sketch.estimates(of: texts, from: reports, confidence: .standard) { _, _ in }
            for (count, estimate) in zip(counts, estimates) {
                errors += pow(estimate.count - Double(count), 2)
                let others = squares - Double(count) * Double(count)
                formula += pow(width / (width - 1), 2) * (Double(total) * noise + others / (rows * width))
                covered += estimate.interval.contains(Double(count) / Double(total)) ? 1 : 0
            }
        }
        let ratio = (errors / formula).squareRoot()
        print("sketch: root mean square error \(ratio) of the formula, \(covered) of 5000 intervals cover")
        // 5,000 squares of nearly independent normal errors: their root mean square has a standard deviation of 1 %.
        #expect((0.95...1.05).contains(ratio))
        #expect((0.94...0.96).contains(Double(covered) / 5000))
    }

    @Test("the one-bit mean of 300,000 air times deviates by 1.36 minutes over 10,000 runs, less than Laplace noise")
    func mean() throws {
        let oracle = try OneBitMean(
            configuration: try OneBitMean.Configuration(
                declared: MechanismDeclaration(
                    epsilon: try Epsilon(thousandths: 1000), domain: .range, reportsAbsence: false)))
        guard let range = NumberRange(low: 0, high: 720) else { preconditionFailure("720 is above 0") }
        let rows = try Fixtures.rows("numbers/air_times.csv").map {
            (value: try #require(Double($0[0])), count: try #require(Int($0[1])))
        }
        let total = rows.reduce(0) { $0 + $1.count }
        let truth = rows.reduce(0) { $0 + $1.value * Double($1.count) } / Double(total)
        var source = SeededNoise(seed: 0x5eed_0330), (squares, covered) = (0.0, 0)
        let (runCount, day) = (10_000, UTCDay(containing: 0))
        for _ in 0..<runCount {
            var ones = 0
            for row in rows {
                let threshold = oracle.onesNumerator(of: range.place(of: row.value))
                for _ in 0..<row.count { ones += source.next() < threshold ? 1 : 0 }
            }
            var reports = PooledReports(oracle.makeAggregate(of: Fingerprint(value: 1)), on: day)
            reports.count(on: day) { aggregate in
                for _ in 0..<ones { oracle.absorb(CategoryReport(category: 1), into: &aggregate) }
                for _ in ones..<total { oracle.absorb(CategoryReport(category: 0), into: &aggregate) }
            }
            let mean = try #require(oracle.meanPlace(from: reports, confidence: .standard)).scaled(low: 0, width: 720)
            squares += (mean.mean - truth) * (mean.mean - truth)
            covered += mean.interval.contains(truth) ? 1 : 0
        }
        let deviation = (squares / Double(runCount)).squareRoot()
        print("one-bit mean: standard deviation \(deviation) minutes, \(covered) of \(runCount) intervals cover")
        #expect(abs(deviation / 1.36 - 1) <= 0.05)
        #expect(deviation < 720 * 2.0.squareRoot() / Double(total).squareRoot())
        #expect(covered >= 9_400)
    }
}
