internal import Estimation
internal import Foundation
internal import LocalPrivacy
internal import Mechanisms
internal import ReportFormat
internal import Synchronization

/// Texts and how often each occurs, the most frequent first.
struct TextCounts: Sendable {
    let texts: [String], counts: [Int]
    let label: String

    var total: Int { counts.reduce(0, +) }
    var squareSum: Double { counts.reduce(0.0) { $0 + Double($1) * Double($1) } }

    /// 830 texts with frequencies in proportion to 1/rank, as many as the emoji of the published study.
    static func zipf(total: Int, itemCount: Int = 830) -> TextCounts {
        let weights = (1...itemCount).map { 1 / Double($0) }, sum = weights.reduce(0, +)
        var counts = weights.map { Int(Double(total) * $0 / sum) }
        counts[0] += total - counts.reduce(0, +)
        return TextCounts(
            texts: counts.indices.map { "word \($0 + 1)" }, counts: counts,
            label: "Zipf list (\(itemCount) words, frequency ∝ 1/rank)")
    }

    /// The flights of each route.
    static func routes(_ flights: FlightData) -> TextCounts {
        let ranked = flights.routeCounts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return TextCounts(
            texts: ranked.map(\.key), counts: ranked.map(\.value), label: "flights by route (\(ranked.count) routes)")
    }
}

/// The errors of a sketch over several runs.
struct SketchOutcome: Sendable {
    /// For each run, the estimated count of each text.
    let estimates: [[Double]]
    let truth: TextCounts
    /// The root mean square over texts of the formula's standard error.
    let formula: Double
    /// The same without collisions.
    let noiseDeviation: Double

    var errors: [Double] {
        estimates.flatMap { run in zip(run, truth.counts).map { $0 - Double($1) } }
    }
    var rootMeanSquare: Double { Moments(errors).rootMeanSquare }
    /// For each run, the root mean square error over the formula's.
    var ratios: Moments {
        Moments(
            estimates.map { run in
                Moments(zip(run, truth.counts).map { $0 - Double($1) }).rootMeanSquare / formula
            })
    }

    /// How many of the most frequent texts are among as many with the largest estimates.
    func recall(ofTop count: Int) -> Moments {
        Moments(
            estimates.map { run in
                let found = run.indices.sorted { run[$0] > run[$1] }.prefix(count)
                return Double(found.count { $0 < count }) / Double(count)
            })
    }

    /// 4.2 standard errors, above which none of a few hundred texts gets by chance.
    var floor: Double { 4.2 * noiseDeviation }
    /// How many texts truly are above the floor.
    var trulyAboveFloor: Int { truth.counts.count { Double($0) > floor } }
    /// How many truly are above 4.2 of the errors that were measured.
    var aboveMeasuredFloor: Int { truth.counts.count { Double($0) > 4.2 * rootMeanSquare } }
    /// How many estimates are expected above the floor with normal errors: more than truly are, since of a list that falls
    /// ever more slowly more texts are just below the floor than just above.
    var expectedAboveFloor: Double {
        truth.counts.reduce(0) { $0 + NormalDistribution.upperTail(from: (floor - Double($1)) / formula) }
    }
    /// How many estimates are.
    var aboveFloor: Moments { Moments(estimates.map { run in Double(run.count { $0 > floor }) }) }
}

extension Laboratory {
    /// A count mean sketch of every report of these texts, at ε = 4, by the mechanism and estimator that ship.
    func countMeanSketch(_ truth: TextCounts, rows: Int, width: Int, runs: Int) throws -> SketchOutcome {
        try sketch(truth, rows: rows, width: width, runs: runs) { declared, seed in
            var configuration = try CountMeanSketch.Configuration(declared: declared)
            configuration.hashSeed = seed
            return try CountMeanSketch(configuration: configuration)
        }
    }

    /// A Hadamard count mean sketch of the same.
    func hadamardSketch(_ truth: TextCounts, rows: Int, width: Int, runs: Int) throws -> SketchOutcome {
        try sketch(truth, rows: rows, width: width, runs: runs) { declared, seed in
            var configuration = try HadamardCountMeanSketch.Configuration(declared: declared)
            configuration.hashSeed = seed
            return try HadamardCountMeanSketch(configuration: configuration)
        }
    }

    /// Simulated once, whichever experiments look at it.
    private func sketch<Sketch: SketchOracle>(
        _ truth: TextCounts, rows: Int, width: Int, runs: Int,
        make: @Sendable (MechanismDeclaration, _ seed: UInt64) throws -> Sketch
    ) throws -> SketchOutcome {
        try remembered("\(Sketch.identifier), \(truth.label), \(truth.total), \(rows) × \(width)") { name in
            let declared = try MechanismDeclaration.study(
                thousandths: 4000, domain: .text, counts: ["rows": rows, "width": width])
            let inputs = truth.texts.map { MechanismInput.text(Array($0.utf8)) }
            let estimates = try parallelRuns(runs) { index in
                let sketch = try make(declared, UInt64(index + 1))
                var noise = StudyNoise(study: name, run: index)
                var reports = PooledReports.ofOnePeriod(sketch.makeAggregate(of: .study))
                try reports.count(on: .first) { aggregate in
                    for (input, count) in zip(inputs, truth.counts) {
                        let value = try sketch.input(from: input, on: DeviceContext(permanentNoise: nil))
                        for _ in 0..<count { sketch.absorb(sketch.randomize(value, using: &noise), into: &aggregate) }
                    }
                }
                return try sketch.estimates(of: inputs, from: reports, confidence: .standard) { _, _ in }.map(\.count)
            }
            return SketchOutcome(
                estimates: estimates, truth: truth, cell: try make(declared, 0).cellSupport, rows: rows, width: width)
        }
    }

    private func remembered(_ name: String, _ make: (String) throws -> SketchOutcome) throws -> SketchOutcome {
        if let known = sketches.withLock({ $0[name] }) { return known }
        let outcome = try make(name)
        sketches.withLock { $0[name] = outcome }
        return outcome
    }
}

extension SketchOutcome {
    /// By the variance of [Apple17]: of a report q(1 − q)/(p − q)² and (1/m)(1 − 1/m), and of collisions.
    fileprivate init(
        estimates: [[Double]], truth: TextCounts, cell: SupportProbabilities, rows: Int, width: Int
    ) {
        let scale = Double(width) / Double(width - 1), total = Double(truth.total), items = Double(truth.counts.count)
        let places = 1 / Double(width) * (1 - 1 / Double(width))
        let noise = total * (cell.spurious * (1 - cell.spurious) / (cell.gap * cell.gap) + places)
        let collisions = truth.squareSum * (1 - 1 / items) / (Double(rows) * Double(width))
        self.init(
            estimates: estimates, truth: truth, formula: scale * (noise + collisions).squareRoot(),
            noiseDeviation: scale * noise.squareRoot())
    }
}
