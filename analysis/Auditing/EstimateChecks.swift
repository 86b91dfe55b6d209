internal import Estimation
internal import Foundation
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat

/// What the analyst makes of many small populations whose values are known.
struct EstimateChecks {
    private(set) var findings: [AuditFinding] = []

    private static let batchCount = 400
    /// ln(1/α) of the tails of the ratio of variances.
    private static let varianceTail = 18.4
    private static let confidence = ConfidenceLevel.standard
    /// From so many expected reports on that are not as most are, over all batches, the sums of a batch are near enough to
    /// normal for the tails above: ten a batch, which add a twentieth to the variance of a sample's variance.
    private static let leastEventCount = 4000.0
    /// Where no model says how many they are, the greatest excess kurtosis of the estimates that is judged: that of one a
    /// batch. Of 400 normal ones it is four standard deviations.
    private static let excessLimit = 1.0

    init<M: LocalRandomizer>(of subject: AuditSubject<M>, _ settings: AuditSettings) throws {
        if let oracle = subject.mechanism as? any FrequencyOracle {
            try check(oracle, subject, settings)
        } else if let oracle = subject.mechanism as? any MeanOracle {
            try check(oracle, subject, settings)
        } else if let oracle = subject.mechanism as? any HistogramOracle {
            try check(oracle, subject, settings)
        } else {
            let words =
                subject.mechanism is any PairRandomizer
                ? "a pair has no estimator of its own: audit its halves as metrics, and see `dither associate`"
                : "the mechanism has no estimator"
            findings.append(AuditFinding(.reportsAreCounted, .warned, words))
        }
    }

    /// The estimates of one quantity over all batches.
    private struct Series {
        var truth: Double
        var name: String
        var estimates: [Double] = []
        var variances: [Double] = []
        var coverCount = 0
        /// How many reports of all batches are expected not to be as most are; `nil` without a model.
        var eventCount: Double?

        mutating func append(_ estimate: Double, _ standardError: Double, _ interval: ClosedRange<Double>) {
            estimates.append(estimate)
            variances.append(standardError * standardError)
            if interval.contains(truth) { coverCount += 1 }
        }

        var mean: Double { estimates.reduce(0, +) / Double(estimates.count) }
        var statedVariance: Double { variances.reduce(0, +) / Double(variances.count) }

        func moment(_ power: Double) -> Double {
            let mean = mean
            return estimates.reduce(0) { $0 + pow(abs($1 - mean), power) } / Double(estimates.count)
        }

        /// Whether the ratio of variances has the tails of normal estimates.
        var isNearNormal: Bool {
            if let eventCount { return eventCount >= EstimateChecks.leastEventCount }
            let variance = moment(2)
            return variance > 0 && moment(4) / (variance * variance) - 3 <= EstimateChecks.excessLimit
        }
    }

    private static func batchSize(_ settings: AuditSettings) -> Int { max(100, min(600, settings.trialCount / 100)) }

    /// Six tenths of a population hold one value, three tenths another, the rest a third.
    private static func population<Element>(_ size: Int, of values: [Element]) -> [Element] {
        (0..<size).map { place in
            let share = Double(place) / Double(size)
            return values[share < 0.6 ? 0 : share < 0.9 || values.count < 3 ? 1 : 2]
        }
    }

    private mutating func check<O: FrequencyOracle, M: LocalRandomizer>(
        _ oracle: O, _ subject: AuditSubject<M>, _ settings: AuditSettings
    ) throws {
        let inputs = subject.attackedInputs
        guard inputs.count > 1 else { return }
        guard case .items(let valueCount) = oracle.configuration.domain,
            valueCount <= AuditSubject<M>.supportedItemLimit
        else {
            // Tables of hashes, filters and many values are estimated as wholes; what they count is checked.
            let counted = try count(oracle, subject, Self.population(1000, of: inputs), settings.noise(6_000_000))
            findings.append(Self.countFinding(counted == 1000, 1000))
            return
        }
        let size = Self.batchSize(settings)
        let values = Self.population(size, of: inputs)
        var candidates = Array(inputs.prefix(3))
        // A value that nobody holds.
        if let unheld = (0..<min(valueCount, 8)).map(MechanismInput.item).first(where: { !candidates.contains($0) }) {
            candidates.append(unheld)
        }
        if !oracle.estimatesAbsence { candidates.removeAll { $0 == .absent } }
        let chosen = candidates
        let results = try settings.concurrently(Self.batchCount) { batch in
            var aggregate = oracle.makeAggregate(of: Fingerprint(value: 0))
            let counted = try Self.tally(oracle, subject, values, settings.noise(6_000_000 + UInt64(batch)), &aggregate)
            let reports = PooledReports(aggregate, on: UTCDay(containing: 0))
            return (counted, try oracle.estimates(of: chosen, from: reports, confidence: Self.confidence) { _, _ in })
        }
        let pure = oracle as? any PureFrequencyOracle
        var series = chosen.map { candidate in
            let held = Double(values.count { $0 == candidate })
            return Series(
                truth: held / Double(size), name: candidate.words,
                eventCount: pure.map { pure in
                    let (own, other) = (pure.truthfulSupport, pure.spuriousSupport)
                    return Double(Self.batchCount)
                        * (held * own * (1 - own) + (Double(size) - held) * other * (1 - other))
                })
        }
        for (_, estimates) in results where estimates.count == series.count {
            for (place, estimate) in estimates.enumerated() {
                series[place].append(estimate.frequency, estimate.standardError / Double(size), estimate.interval)
            }
        }
        findings.append(Self.countFinding(results.allSatisfy { $0.0 == size }, size))
        judge(series, settings, errorsMayBeLarge: false)
    }

    private mutating func check<O: MeanOracle, M: LocalRandomizer>(
        _ oracle: O, _ subject: AuditSubject<M>, _ settings: AuditSettings
    ) throws {
        let (size, end) = (Self.batchSize(settings), InputDomain.rangeEnd)
        let values = Self.population(size, of: [0, end, end / 4].map { MechanismInput.place($0) })
        let results = try settings.concurrently(Self.batchCount) { batch in
            var aggregate = oracle.makeAggregate(of: Fingerprint(value: 0))
            let counted = try Self.tally(oracle, subject, values, settings.noise(6_000_000 + UInt64(batch)), &aggregate)
            let reports = PooledReports(aggregate, on: UTCDay(containing: 0))
            return (counted, oracle.meanPlace(from: reports, confidence: Self.confidence))
        }
        let places = values.map { value in
            guard case .place(let place) = value else { return 0.0 }
            return Double(place) / Double(end)
        }
        var series = Series(truth: places.reduce(0, +) / Double(size), name: "the mean")
        for case (_, let estimate?) in results {
            series.append(estimate.mean, estimate.standardError, estimate.interval)
        }
        findings.append(Self.countFinding(results.allSatisfy { $0.0 == size }, size))
        judge([series], settings, errorsMayBeLarge: true)
    }

    private mutating func check<O: HistogramOracle, M: LocalRandomizer>(
        _ oracle: O, _ subject: AuditSubject<M>, _ settings: AuditSettings
    ) throws {
        let (size, end, count) = (Self.batchSize(settings), InputDomain.rangeEnd, oracle.bucketCount)
        let places = Self.population(size, of: [0, end, end / 4])
        let results = try settings.concurrently(Self.batchCount) { batch in
            var aggregate = oracle.makeAggregate(of: Fingerprint(value: 0))
            let values = places.map { MechanismInput.place($0) }
            let counted = try Self.tally(oracle, subject, values, settings.noise(6_000_000 + UInt64(batch)), &aggregate)
            let reports = PooledReports(aggregate, on: UTCDay(containing: 0))
            return (counted, oracle.histogram(from: reports, confidence: Self.confidence))
        }
        func bucket(_ place: UInt64) -> Int { min(Int(place * UInt64(count) / end), count - 1) }
        // The buckets that are held, and one that nobody holds, if there is one.
        let held = Set(places.map(bucket)),
            watched = held.union((0..<count).first { !held.contains($0) }.map { [$0] } ?? [])
        let series = watched.sorted().map { watchedBucket in
            var series = Series(
                truth: Double(places.count { bucket($0) == watchedBucket }) / Double(size),
                name: "bucket \(watchedBucket)")
            for (_, estimates) in results where estimates.count == count {
                let estimate = estimates[watchedBucket]
                series.append(estimate.frequency, estimate.standardError / Double(size), estimate.interval)
            }
            return series
        }
        findings.append(Self.countFinding(results.allSatisfy { $0.0 == size }, size))
        judge(series, settings, errorsMayBeLarge: true)
    }

    private static func countFinding(_ holds: Bool, _ size: Int) -> AuditFinding {
        AuditFinding(
            .reportsAreCounted, holds: holds,
            holds ? "\(size) reports count as \(size)" : "\(size) reports do not count as \(size)")
    }

    private func count<O: ReportCounter, M: LocalRandomizer>(
        _ oracle: O, _ subject: AuditSubject<M>, _ values: [MechanismInput], _ noise: AuditNoise
    ) throws -> Int {
        var aggregate = oracle.makeAggregate(of: Fingerprint(value: 0))
        return try Self.tally(oracle, subject, values, noise, &aggregate)
    }

    /// Counts one report of each value as a store hands them over, and gives how many that made.
    private static func tally<O: ReportCounter, M: LocalRandomizer>(
        _ oracle: O, _ subject: AuditSubject<M>, _ values: [MechanismInput], _ noise: AuditNoise,
        _ aggregate: inout O.Aggregate
    ) throws -> Int {
        let agent = subject.start()
        for value in values {
            guard let payload = try agent(value, try subject.device(noise), noise) else { continue }
            let stored = oracle.stored(payload: payload)
            try oracle.tally(stored.rest.span, partition: stored.partition, into: &aggregate)
        }
        guard !noise.hasFailed else { throw AuditError.noRandomness }
        return aggregate.reportCount
    }

    private mutating func judge(_ series: [Series], _ settings: AuditSettings, errorsMayBeLarge: Bool) {
        let count = Double(Self.batchCount)
        var (biased, variance, misses): (String?, String?, String?) = (nil, nil, nil)
        var unjudged: [String] = []
        let test = CountTest(comparisons: series.count, errorRate: settings.checkErrorRate)
        let (spread, rest) = (
            2 * (Self.varianceTail / (count - 1)).squareRoot(), 2 * Self.varianceTail / (count - 1)
        )
        for quantity in series {
            guard quantity.estimates.count == Self.batchCount else {
                biased = biased ?? "\(quantity.name) has no estimate"
                continue
            }
            let (mean, stated) = (quantity.mean, quantity.statedVariance)
            let squares = quantity.moment(2) * count / (count - 1)
            // Where reports that lie are rare, a sample without one shows no error at all; the formula knows of them.
            let error = (max(squares, stated.isFinite ? stated : 0) / count).squareRoot()
            let bias = mean - quantity.truth
            if abs(bias) > StratifiedDependence.limit * error + 1e-9 {
                biased =
                    biased
                    ?? String(format: "%@: %.4f on average where %.4f is true", quantity.name, mean, quantity.truth)
            }
            let ratio = squares / stated
            if !quantity.isNearNormal {
                unjudged.append(quantity.name)
            } else if ratio > 1 + spread + rest || (ratio < 1 - spread && !errorsMayBeLarge) {
                variance =
                    variance ?? String(format: "%@: %.2f times what the standard errors say", quantity.name, ratio)
            }
            let isShort = Double(quantity.coverCount) < Self.confidence.probability * count
            if isShort,
                !test.accepts(quantity.coverCount, of: Self.batchCount, probability: Self.confidence.probability)
            {
                misses =
                    misses ?? "\(quantity.name): \(quantity.coverCount) of \(Self.batchCount) intervals at 95 % cover"
            }
        }
        let sound = "over \(Self.batchCount) populations"
        findings += [
            AuditFinding(.estimatesAreUnbiased, holds: biased == nil, biased ?? sound),
            AuditFinding(
                .varianceFollowsFormula, holds: variance == nil,
                variance
                    ?? (unjudged.isEmpty
                        ? sound : sound + "; too few events to judge \(unjudged.joined(separator: ", "))")),
            AuditFinding(.intervalsCover, holds: misses == nil, misses ?? sound),
        ]
    }
}
