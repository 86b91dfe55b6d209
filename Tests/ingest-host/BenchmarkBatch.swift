internal import Foundation
internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat

/// A batch as a device sends it, and the metric set that admits it: one report for each pair of a metric and one of the
/// last 28 days.
struct BenchmarkBatch {
    let metricSet: MetricSet
    let batch: Batch

    private static let dayCount = 28

    init(reportCount: Int, payloadByteCount: Int) throws {
        let metricCount = (reportCount + Self.dayCount - 1) / Self.dayCount
        let metrics = try (1...metricCount).map { try Self.metric(UInt32($0), payloadByteCount: payloadByteCount) }
        metricSet = try MetricSet(
            project: "benchmark", dayCeiling: try PrivacyBudget(thousandths: 16_000),
            lifetimeCeiling: try PrivacyBudget(thousandths: 1_000_000), enrolmentDelayHours: 0, metrics: metrics)
        let today = UTCDay(containing: Int64(time(nil)))
        let records = (0..<reportCount).map { index in
            let metric = metrics[index % metricCount]
            return ReportRecord(
                metric: metric.identifier.value, period: today.advanced(by: -(index / metricCount)),
                fingerprint: metric.fingerprint,
                payload: (0..<payloadByteCount).map { UInt8(truncatingIfNeeded: index &* 31 &+ $0 &* 7) })
        }
        guard let identifier = BatchIdentifier(bytes: [UInt8](repeating: 0, count: BatchIdentifier.byteCount)) else {
            preconditionFailure("the identifier has its length")
        }
        batch = try Batch(identifier: identifier, reports: records)
    }

    /// Every pattern of the payload's bits is a report.
    private static func metric(_ identifier: UInt32, payloadByteCount: Int) throws -> MetricDefinition {
        var fields = MetricDefinition.Fields()
        (fields.identifier, fields.version, fields.name) = (identifier, 1, "carrier_\(identifier)")
        fields.summary = "Which carrier flew?"
        fields.domain = .category((1..<payloadByteCount * 8).map { "carrier_\($0)" })
        fields.lifetime = .budget(try PrivacyBudget(thousandths: 10_000))
        (fields.minimumReports, fields.owner) = (1000, "ops@airline.example")
        fields.expiry = .never(reason: "A metric of a benchmark")
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 200), valueCount: payloadByteCount * 8 - 1, reportsAbsence: true)
        return try MetricDefinition(fields, mechanism: try OptimizedUnaryEncoding.make(declared: declared))
    }
}
