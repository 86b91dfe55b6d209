internal import Estimation
internal import Foundation
internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions

/// Microsoft's mechanisms for numbers, on minutes that flights were in the air, in a range of half a day.
enum NumberStudies {
    static let experiments = [
        Experiment("W1", "One-bit mean of flights' minutes in the air", needsFlights: true, oneBitMean),
        Experiment("W2", "One-bit mean memoized with rounding and perturbed output", needsFlights: true, memoizedMean),
        Experiment("W3", "d-bit flip: histograms of 32 buckets", BucketStudies.flips),
    ]

    static let largest = 720.0

    /// The first numbers that were recorded, counted, and how many there are.
    struct Minutes: Sendable {
        let counts: [(minutes: Int, count: Int)]
        let total: Int
        let mean: Double

        init(_ laboratory: Laboratory) {
            counts = (laboratory.flights?.airTimeCounts ?? [:]).sorted { $0.key < $1.key }
                .map { (minutes: $0.key, count: $0.value) }
            let total = counts.reduce(0) { $0 + $1.count }
            mean = counts.reduce(0.0) { $0 + Double($1.minutes) * Double($1.count) } / Double(max(1, total))
            self.total = total
        }

        /// The mean over reports of a function of the minutes.
        func average(_ of: (Int) -> Double) -> Double {
            counts.reduce(0.0) { $0 + of($1.minutes) * Double($1.count) } / Double(total)
        }
    }

    static func place(of minutes: Int) throws -> UInt64 {
        guard let range = NumberRange(low: 0, high: largest) else { throw StudyError.flightsMissing(experiment: "W1") }
        return range.place(of: Double(minutes))
    }

    private static func oneBitMean(_ laboratory: Laboratory) throws -> [StudyRow] {
        let minutes = Minutes(laboratory), runCount = laboratory.count(10_000, small: 40)
        return try [100, 500, 1000, 2000].map { thousandths in
            let oracle = try OneBitMean.study(thousandths: thousandths), epsilon = Double(thousandths) / 1000
            let ones = try minutes.counts.map { oracle.onesProbability(at: try place(of: $0.minutes)) }
            let blocks = 20
            let runs = try parallelRuns(blocks) { block in
                var noise = StudyNoise(study: "W1 \(thousandths)", run: block)
                return try (0..<runCount / blocks).compactMap { _ in
                    var sum = 0
                    for (entry, probability) in zip(minutes.counts, ones) {
                        sum += noise.binomial(entry.count, probability)
                    }
                    return try oracle.estimate(ones: sum, of: minutes.total)?.scaled(low: 0, width: largest)
                }
            }.flatMap { $0 }
            let errors = Moments(runs.map { $0.mean - minutes.mean })
            // The variance that follows from the integers that are sampled.
            let gap = oracle.onesProbability(at: InputDomain.rangeEnd) - oracle.onesProbability(at: 0)
            let bits = zip(minutes.counts, ones).reduce(0.0) { $0 + Double($1.0.count) * $1.1 * (1 - $1.1) }
            let formula = largest * bits.squareRoot() / (gap * Double(minutes.total))
            let bound = largest / (2 * Double(minutes.total)).squareRoot() / gap * log(2 / 0.05).squareRoot()
            let laplace = largest * 2.0.squareRoot() / (epsilon * Double(minutes.total).squareRoot())
            let bounded = Double(errors.sorted.count { abs($0) <= bound }) / Double(errors.count)
            let covered = Double(runs.count { $0.interval.contains(minutes.mean) }) / Double(runs.count)
            let beatsLaplace = StudyCondition(
                "less than Laplace noise", errors.rootMeanSquare, digits: 3, holds: errors.rootMeanSquare < laplace)
            return StudyRow(
                id: "W1",
                what: "ε \(shortest(epsilon)), \(grouped(minutes.total)) numbers of 0–720 minutes; "
                    + "\(grouped(runCount)) runs",
                published:
                    "standard deviation \(significant(formula, 4)) min (formula), within \(significant(bound, 3)) "
                    + "with 95 %; Laplace \(significant(laplace, 3))",
                ours:
                    "\(significant(errors.rootMeanSquare, 4)) min, mean error \(significant(errors.mean, 2)); bound held "
                    + "\(decimal(100 * bounded, 1)) %, our 95 % intervals cover \(decimal(100 * covered, 1)) %",
                conditions: [
                    .ratio("standard deviation / formula", errors.rootMeanSquare / formula, withinPercent: 7),
                    .init("bound held ≥ 95 %", 100 * bounded, digits: 3, holds: bounded >= 0.95),
                ] + (thousandths <= 1000 ? [beatsLaplace] : []))
        }
    }

    /// Numbers rounded at random to an end of the range, one permanent bit for each end, which flips with γ = 0.2.
    private static func memoizedMean(_ laboratory: Laboratory) throws -> [StudyRow] {
        let minutes = Minutes(laboratory), runCount = laboratory.count(10_000, small: 40)
        // γ is the fresh flip, of 0.2; its loss of 0.57 together with the permanent bit's is below the declared 0.999.
        let oracle = try MemoizedOneBitMean(
            configuration: MemoizedOneBitMean.Configuration(
                segmentCount: 1, epsilonThousandths: 999, permanentEpsilonThousandths: 1000,
                permanentLieThreshold: OneBitMean.study(thousandths: 1000).configuration.lieThreshold,
                instantaneousLieThreshold: UInt64(0.2 * 0x1p64)))
        let permanentLie = Double(oracle.configuration.permanentLieThreshold) * 0x1p-64
        let flip = Double(oracle.configuration.instantaneousLieThreshold) * 0x1p-64
        let means = try parallelRuns(runCount) { index in
            var noise = StudyNoise(study: "W2", run: index), ones = 0
            for entry in minutes.counts {
                let up = noise.binomial(entry.count, Double(entry.minutes) / largest)
                let permanent = noise.binomial(up, 1 - permanentLie) + noise.binomial(entry.count - up, permanentLie)
                ones += noise.binomial(permanent, 1 - flip) + noise.binomial(entry.count - permanent, flip)
            }
            let counts = try SupportCounts.counting([minutes.total - ones, ones], as: .study)
            return oracle.meanPlace(from: .ofOnePeriod(counts), confidence: .standard)?
                .scaled(low: 0, width: largest).mean ?? .nan
        }
        let errors = Moments(means.map { $0 - minutes.mean }), gap = (1 - 2 * permanentLie) * (1 - 2 * flip)
        let shown = minutes.average { value in
            let one = (1 - gap) / 2 + gap * Double(value) / largest
            return one * (1 - one)
        }
        let formula = largest * (shown / Double(minutes.total)).squareRoot() / gap
        return [
            StudyRow(
                id: "W2",
                what: "ε 1, γ 0.2, rounding to the range's ends, \(grouped(minutes.total)) numbers of 0–720 minutes; "
                    + "\(grouped(runCount)) runs",
                published: "standard deviation 2.34 min at 300,000; formula here \(significant(formula, 3))",
                ours: "\(significant(errors.rootMeanSquare, 3)) min, mean error \(significant(errors.mean, 2))",
                conditions: [
                    .ratio("standard deviation / 2.34", errors.rootMeanSquare / 2.34, withinPercent: 10),
                    .init("|mean error| < 0.5", errors.mean, digits: 2, holds: abs(errors.mean) < 0.5),
                ])
        ]
    }
}
