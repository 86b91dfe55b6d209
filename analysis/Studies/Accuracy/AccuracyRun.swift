internal import Estimation
internal import Foundation
internal import Mechanisms
internal import ReportFormat
internal import SecureRandomness

/// What came out of a cell.
public struct AccuracyResult: Sendable {
    /// The cell.
    public let cell: AccuracyCell
    /// The mean squared error of a frequency, over values and runs.
    public let measuredError: Double
    /// The same by the formula.
    public let theoreticalError: Double
    /// Where the ratio of both lies but for a probability of ``AccuracyTable/missProbability`` shared by all cells.
    public let band: ClosedRange<Double>
    /// The intervals of 95 % that cover.
    public let coveredCount: Int
    /// All intervals.
    public let intervalCount: Int
    /// The same for values that at least 1 in 32 devices holds.
    public let coveredHeavyCount: Int
    public let heavyCount: Int

    /// Measured over theoretical mean squared error.
    public var ratio: Double { measuredError / theoreticalError }
    public var coverage: Double { Double(coveredCount) / Double(intervalCount) }
    /// `nil` where no value is held by so many.
    public var heavyCoverage: Double? { heavyCount > 0 ? Double(coveredHeavyCount) / Double(heavyCount) : nil }

    /// Whether ratio and coverage are where they have to be.
    public var holds: Bool { band.contains(ratio) && AccuracyTable.coverageBand.contains(coverage) }
}

extension AccuracyCell {
    /// Lets every device of every run report, counts and estimates: the whole way of a report but for the wire.
    ///
    /// - Parameter cellCount: how many cells share the probability of leaving a band.
    /// - Throws: ``EstimationError`` or ``EncodingError``, where libcrypto lacks an algorithm.
    public func measure(among cellCount: Int) throws -> AccuracyResult {
        guard let oracle = mechanism as? any ForeseeableOracle else {
            preconditionFailure("a cell is about an oracle")
        }
        return try measure(oracle, cellCount: cellCount)
    }

    private func measure<Oracle: ForeseeableOracle>(_ oracle: Oracle, cellCount: Int) throws -> AccuracyResult {
        let holders = spread.holders(of: deviceCount, valueCount: valueCount)
        let truths = holders.map { Double($0) / Double(deviceCount) }
        let candidates = candidates
        var squares = 0.0, covered = 0, coveredHeavy = 0
        for run in 0..<runCount {
            var noise = StudyNoise(study: "accuracy/\(title)/\(epsilonThousandths)/\(valueCount)/\(spread)", run: run)
            let aggregate = try reports(of: oracle, about: candidates, holders: holders, using: &noise)
            let estimates = try oracle.estimates(
                of: candidates, from: PooledReports(aggregate, on: UTCDay(containing: 0)), confidence: .standard
            ) { _, _ in }
            for (estimate, truth) in zip(estimates, truths) {
                squares += (estimate.frequency - truth) * (estimate.frequency - truth)
                guard estimate.interval.contains(truth) else { continue }
                covered += 1
                if truth >= Self.heavyFrequency { coveredHeavy += 1 }
            }
        }
        let intervals = runCount * valueCount
        let variances = variances(of: oracle, truths: truths)
        return AccuracyResult(
            cell: self, measuredError: squares / Double(intervals),
            theoreticalError: variances.reduce(0, +) / Double(valueCount),
            band: AccuracyTable.band(variances: variances, runCount: runCount, cellCount: cellCount),
            coveredCount: covered, intervalCount: intervals, coveredHeavyCount: coveredHeavy,
            heavyCount: runCount * truths.count { $0 >= Self.heavyFrequency })
    }

    private static let heavyFrequency = 1.0 / 32

    private func variances(of oracle: some ForeseeableOracle, truths: [Double]) -> [Double] {
        let squares = truths.reduce(0) { $0 + $1 * $1 }
        return truths.map { truth in
            oracle.scaledVariance(frequency: truth) / Double(deviceCount)
                + oracle.collisionVariance * (squares - truth * truth)
        }
    }

    private func reports<Oracle: ForeseeableOracle>(
        of oracle: Oracle, about candidates: [MechanismInput], holders: [Int], using noise: inout StudyNoise
    ) throws -> Oracle.Aggregate {
        var aggregate = oracle.makeAggregate(of: Fingerprint(value: 1))
        for (candidate, count) in zip(candidates, holders) {
            // Without memory a value is the same for all devices, and what it is hashed to is found once.
            let shared = isMemoized ? nil : try oracle.input(from: candidate, on: DeviceContext(permanentNoise: nil))
            for _ in 0..<count {
                let value = try shared ?? oracle.input(from: candidate, on: Self.device(using: &noise))
                oracle.absorb(oracle.randomize(value, using: &noise), into: &aggregate)
            }
        }
        return aggregate
    }

    private var isMemoized: Bool { mechanism is any LongitudinalRandomizer }

    /// A device with a secret of its own.
    static func device(using noise: inout StudyNoise) throws -> DeviceContext {
        guard let secret = SecretKey(copying: (0..<4).flatMap { _ in littleEndianBytes(noise.next()) }) else {
            preconditionFailure("a secret has 32 bytes")
        }
        return DeviceContext(
            permanentNoise: try PermanentNoise(
                secret: secret, metric: 1, definitionHash: [UInt8](repeating: 0, count: 32)))
    }

    private static func littleEndianBytes(_ word: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
    }
}
