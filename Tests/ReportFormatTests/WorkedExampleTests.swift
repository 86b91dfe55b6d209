import Foundation
import MetricDefinitions
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

/// The page that describes the format, with its hex dump and the tables that annotate bytes.
private struct FormatPage {
    /// One line of a table that annotates bytes.
    struct Field {
        var name: String
        var firstByte: Int
        var bytes: [UInt8]
        /// What the page says that the bytes mean, in backticks.
        var says: [String]
    }

    private let lines: [Substring]

    init() throws {
        let url = Fixtures.packageRoot.appending(path: "docs/report-format.md")
        lines = String(decoding: try Data(contentsOf: url), as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
    }

    /// The bytes of the worked example: lines of an offset, two spaces, and sixteen bytes.
    func dump() throws -> [UInt8] {
        let start = try #require(lines.firstIndex(of: "```hex batch"))
        return try lines[(start + 1)...].prefix { $0 != "```" }.enumerated().flatMap { row, line in
            try #require(Int(line.prefix(2), radix: 16) == 16 * row, "offset of \(line)")
            return try #require(hexadecimalBytes(line.dropFirst(2)), "bytes of \(line)")
        }
    }

    /// The fields of the first table with the columns of an annotation after a heading.
    func fields(under heading: String) throws -> [Field] {
        let headingLine = try #require(lines.firstIndex { $0.hasPrefix("#") && $0.hasSuffix(" \(heading)") })
        let section = lines[headingLine...]
        let header = try #require(section.firstIndex(of: "| Field | First byte | Bytes | Says |"))
        return try lines[(header + 2)...].prefix { $0.hasPrefix("|") }.map(field)
    }

    /// The 64 hexadecimal digits that stand as the definition's digest.
    func definitionDigest() throws -> String {
        let line = try #require(lines.first { $0.hasPrefix("SHA-256: ") })
        return try #require(Self.quoted(line).first)
    }

    private func field(_ line: Substring) throws -> Field {
        let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        try #require(cells.count == 4, "cells of \(line)")
        let pieces = cells[2].split(separator: "`", omittingEmptySubsequences: false)
        let unit = try #require(hexadecimalBytes(pieces[1]), "bytes of \(line)")
        let repetitions = pieces[2].split(separator: " ").compactMap { Int($0) }.first ?? 1
        return Field(
            name: cells[0], firstByte: try #require(Int(cells[1])),
            bytes: [[UInt8]](repeating: unit, count: repetitions).flatMap(\.self), says: Self.quoted(cells[3]))
    }

    private static func quoted(_ text: some StringProtocol) -> [String] {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
}

@Suite("The worked example of docs/report-format.md")
struct WorkedExampleTests {
    private let page: FormatPage

    init() throws { page = try FormatPage() }

    @Test("is annotated byte for byte, without a gap")
    func annotationCoversTheDump() throws {
        let fields = try page.fields(under: "A worked example")
        var offset = 0
        for field in fields {
            #expect(field.firstByte == offset, "\(field.name)")
            offset += field.bytes.count
        }
        #expect(fields.flatMap(\.bytes) == (try page.dump()))
    }

    @Test("is a batch in the smallest class that says what the page says it does, and encodes to the same bytes")
    func dumpDecodes() throws {
        let bytes = try page.dump()
        let batch = try Batch(decoding: bytes)
        #expect(bytes.count == WireLimits.smallestBatchByteCount && batch.encoded == bytes)
        let report = try #require(batch.reports.first)
        let metric = try booleanMetric()
        let category = try CategoryReport(decoding: report.payload.span, shape: metric.itemLabels.count).category
        let expected = [
            "magic": ["DTHR"], "version": ["\(WireLimits.version)"], "reserved": [],
            "report count": ["\(batch.reports.count)"], "batch identifier": [batch.identifier.description],
            "metric": ["\(report.metric)", metric.name],
            "period": ["\(report.period.index)", report.period.description],
            "fingerprint": [report.fingerprint.description, "dither registry explain"],
            "payload length": ["\(report.payload.count)"],
            "payload": ["\(category)", metric.itemLabels[category]], "padding": [],
        ]
        let fields = try page.fields(under: "A worked example")
        #expect(Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.says) }) == expected)
        #expect(report.metric == metric.identifier.value && report.fingerprint == metric.fingerprint)
    }

    @Test("carries the fingerprint of a definition whose annotated bytes have the digest that stands there")
    func definitionHashes() throws {
        let fields = try page.fields(under: "The definition behind a fingerprint")
        var offset = 0
        for field in fields {
            #expect(field.firstByte == offset, "\(field.name)")
            offset += field.bytes.count
        }
        let metric = try booleanMetric()
        #expect(try SHA256.digest(fields.flatMap(\.bytes)) == metric.definitionHash)
        #expect(try page.definitionDigest() == hexadecimal(metric.definitionHash))
        #expect(try Batch(decoding: page.dump()).reports.map(\.fingerprint) == [metric.fingerprint])
    }

    @Test("states the numbers and texts of the definition as their bytes have them")
    func definitionSaysItsBytes() throws {
        for field in try page.fields(under: "The definition behind a fingerprint") {
            guard let stated = field.says.first else { continue }
            var reader = ByteReader(field.bytes)
            switch field.name {
            case "tag", "mechanism": #expect(try reader.text() == stated)
            case "when_absent": #expect(field.bytes == [3, 0, 0, 0, 0] && field.says == ["0", "false"])
            case "epsilon": #expect(try "\(reader.integer(UInt16.self))" == stated)
            case "lie threshold": #expect(try "\(reader.integer(UInt64.self))" == stated)
            default: #expect(try "\(reader.integer(UInt32.self))" == stated, "\(field.name)")
            }
        }
    }
}
