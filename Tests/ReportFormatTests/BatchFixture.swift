import Foundation
import ReportFormat
import TestSupport
import Testing

/// A batch as an independent script wrote it: the bytes, and what they say.
struct BatchFixture {
    struct Report: Decodable {
        var metric: UInt32, day: UInt32, fingerprint: String, payload: String
    }

    struct Fields: Decodable {
        var identifier: String, reports: [Report]
    }

    var name: String
    var bytes: [UInt8]
    var batch: Batch

    init(named name: String) throws {
        self.name = name
        bytes = try Fixtures.bytes("reports/valid/\(name).bin")
        let fields = try Fixtures.json("reports/valid/\(name).json", as: Fields.self)
        let identifier = try #require(hexadecimalBytes(fields.identifier))
        let reports = try fields.reports.map { report in
            let fingerprint = try #require(hexadecimalBytes(report.fingerprint))
            return ReportRecord(
                metric: report.metric, period: try #require(UTCDay(index: report.day)),
                fingerprint: Fingerprint(value: fingerprint.reversed().reduce(0) { $0 << 8 | UInt64($1) }),
                payload: try #require(hexadecimalBytes(report.payload)))
        }
        batch = try Batch(identifier: try #require(BatchIdentifier(bytes: identifier)), reports: reports)
    }

    static func all() throws -> [BatchFixture] {
        try Fixtures.names(in: "reports/valid").filter { $0.hasSuffix(".bin") }.map {
            try BatchFixture(named: String($0.dropLast(4)))
        }
    }
}

/// Bytes that are no batch, and the error that says so.
struct MalformedBatchFixture: Decodable {
    var hexadecimal: String, zeros: Int, error: String
    var byteCount: Int?, offset: Int?, count: Int?, version: UInt8?

    func bytes() throws -> [UInt8] {
        try #require(hexadecimalBytes(hexadecimal)) + [UInt8](repeating: 0, count: zeros)
    }

    func expectedError() throws -> BatchError {
        switch error {
        case "notASizeClass": .notASizeClass(byteCount: try #require(byteCount))
        case "wrongMagic": .wrongMagic
        case "unsupportedVersion": .unsupportedVersion(try #require(version))
        case "reservedByteSet": .reservedByteSet(offset: try #require(offset))
        case "reportCountOutOfRange": .reportCountOutOfRange(try #require(count))
        case "periodOutOfRange": .periodOutOfRange(offset: try #require(offset))
        case "payloadByteCountOutOfRange":
            .payloadByteCountOutOfRange(offset: try #require(offset), byteCount: try #require(byteCount))
        case "truncated": .truncated(offset: try #require(offset))
        case "notCanonical": .notCanonical(offset: try #require(offset))
        default: throw UnknownError(name: error)
        }
    }

    struct UnknownError: Error {
        var name: String
    }
}
