import CollectorService
import MetricDefinitions
import ReportFormat
import Synchronization
import TestSupport
import Testing

/// The day on which the tests take place.
let testDay = UTCDay(containing: 1_790_000_000)

/// A clock that stands where a test puts it.
final class TestClock: Sendable {
    private let day: Mutex<UTCDay>

    init(_ day: UTCDay = testDay) { self.day = Mutex(day) }

    func set(_ day: UTCDay) { self.day.withLock { $0 = day } }

    var clock: CollectorClock { CollectorClock { self.day.withLock { $0.startInSeconds + 3_600 } } }
}

/// An identifier that differs for each number.
func batchIdentifier(_ number: Int) throws -> BatchIdentifier {
    var noise = SeededNoise(seed: UInt64(number) &+ 0xBA7C)
    return try #require(BatchIdentifier(bytes: noise.bytes(count: BatchIdentifier.byteCount)))
}

/// A report that ``MetricSet/metric(_:)`` of the set would take.
func report(
    _ metricSet: MetricSet, metric: UInt32 = 1, day: UTCDay = testDay, payload: [UInt8] = [1]
) throws -> ReportRecord {
    let definition = try #require(metricSet.metric(metric))
    return ReportRecord(metric: metric, period: day, fingerprint: definition.fingerprint, payload: payload)
}

/// A sound batch of one report of metric 1.
func simpleBatch(_ metricSet: MetricSet, number: Int, day: UTCDay = testDay, payload: UInt8 = 1) throws -> Batch {
    try Batch(
        identifier: try batchIdentifier(number), reports: [try report(metricSet, day: day, payload: [payload])])
}
