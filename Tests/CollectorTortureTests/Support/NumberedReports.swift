import Foundation
import LocalPrivacy
import Mechanisms
import MetricDefinitions
import ReportFormat
import TestSupport

/// Batches whose reports say which they are, so that each can be counted in a store: batch n holds the reports with the
/// serial numbers 8n to 8n + 7, of eight days.
struct NumberedReports: Sendable {
    static let reportsPerBatch: UInt64 = 8
    static let payloadByteCount = 128

    let metricSet: MetricSet
    let today: UTCDay
    private let fingerprint: Fingerprint

    init() throws {
        let metric = try Self.metric()
        metricSet = try testMetricSet(metrics: [metric])
        today = UTCDay(containing: Int64(time(nil)))
        fingerprint = metric.fingerprint
    }

    /// A metric of 1,024 bits, every pattern of which is a report.
    private static func metric() throws -> MetricDefinition {
        var fields = MetricDefinition.Fields()
        (fields.identifier, fields.version, fields.name) = (1, 1, "carrier")
        fields.summary = "Which carrier flew?"
        fields.domain = .category((1..<payloadByteCount * 8).map { "carrier_\($0)" })
        fields.lifetime = .budget(try PrivacyBudget(thousandths: 100_000))
        (fields.minimumReports, fields.owner) = (1000, "ops@airline.example")
        fields.expiry = .never(reason: "A metric of the tests")
        let declared = MechanismDeclaration(
            epsilon: try Epsilon(thousandths: 2000), valueCount: payloadByteCount * 8 - 1, reportsAbsence: true)
        return try MetricDefinition(fields, mechanism: try OptimizedUnaryEncoding.make(declared: declared))
    }

    /// The bytes of a batch.
    func batch(_ number: UInt64) throws -> [UInt8] {
        let records = (0..<Self.reportsPerBatch).map { index in
            ReportRecord(
                metric: 1, period: day(of: index), fingerprint: fingerprint,
                payload: Self.payload(number * Self.reportsPerBatch + index))
        }
        return try Batch(identifier: Self.identifier(number), reports: records).encoded
    }

    /// The day that a report of this serial number is about.
    func day(of serial: UInt64) -> UTCDay { today.advanced(by: -Int(serial % Self.reportsPerBatch)) }

    static func identifier(_ number: UInt64) throws -> BatchIdentifier {
        guard let identifier = BatchIdentifier(bytes: bytes(of: [mixed(number), number])) else {
            throw TortureFailure("an identifier has 16 bytes")
        }
        return identifier
    }

    /// The serial number, and words that follow from it.
    static func payload(_ serial: UInt64) -> [UInt8] {
        bytes(of: [serial] + (1..<UInt64(payloadByteCount / 8)).map { mixed(serial &+ $0 << 48) })
    }

    /// The serial number of a payload; `nil` if it is none of ``payload(_:)``.
    static func serial(of payload: [UInt8]) -> UInt64? {
        guard payload.count == payloadByteCount else { return nil }
        let serial = payload[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return self.payload(serial) == payload ? serial : nil
    }

    private static func bytes(of words: [UInt64]) -> [UInt8] {
        words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }

    /// SplitMix64's finalizer.
    private static func mixed(_ word: UInt64) -> UInt64 {
        var word = word &+ 0x9E37_79B9_7F4A_7C15
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}

/// What keeps a torture from being carried out, or from being survived.
struct TortureFailure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}

/// Whether the long forms are asked for.
let isThorough = ProcessInfo.processInfo.environment["DITHER_THOROUGH"] != nil

/// Whether what this machine does not allow fails instead of being left out.
let mustBeComplete = ProcessInfo.processInfo.environment["CI"] == "1"
