import ReportFormat
import TestSupport
import Testing

@Suite("Batches")
struct BatchTests {
    private static func identifier(_ seed: UInt64) throws -> BatchIdentifier {
        var noise = SeededNoise(seed: seed)
        return try #require(BatchIdentifier(bytes: noise.bytes(count: 16)))
    }

    private static func report(payloadByteCount: Int) -> ReportRecord {
        ReportRecord(
            metric: 1, period: UTCDay(containing: 1_700_000_000), fingerprint: Fingerprint(value: 2),
            payload: [UInt8](repeating: 3, count: payloadByteCount))
    }

    @Test("encode to the bytes of an independent script, and decode from them")
    func fixturesAgree() throws {
        let fixtures = try BatchFixture.all()
        try #require(fixtures.count >= 6)
        for fixture in fixtures {
            #expect(fixture.batch.encoded == fixture.bytes, "\(fixture.name) encodes differently")
            #expect(try Batch(decoding: fixture.bytes) == fixture.batch, "\(fixture.name) decodes differently")
        }
    }

    @Test("malformed in any of the catalogued ways are refused by the error that names it")
    func malformedFixturesAreRefused() throws {
        let names = try Fixtures.names(in: "reports/malformed")
        try #require(names.count >= 25)
        for name in names {
            let fixture = try Fixtures.json("reports/malformed/\(name)", as: MalformedBatchFixture.self)
            let bytes = try fixture.bytes()
            #expect(throws: try fixture.expectedError(), "\(name)") { try Batch(decoding: bytes) }
        }
    }

    @Test("cut off anywhere are no batch")
    func everyTruncationIsRefused() throws {
        for fixture in try BatchFixture.all() {
            let accepted = fixture.bytes.indices.filter { (try? Batch(decoding: Array(fixture.bytes[..<$0]))) != nil }
            #expect(accepted.isEmpty, "\(fixture.name) cut to \(accepted.prefix(5)) bytes is accepted")
        }
    }

    @Test(
        "with any one byte changed are refused, or are another batch of exactly those bytes",
        arguments: [
            "one_boolean", "three_metrics", "one_metric_three_days", "smallest_class_full", "one_byte_over",
        ])
    func everySingleByteChangeIsHandled(name: String) throws {
        let fixture = try BatchFixture(named: name)
        var bytes = fixture.bytes, breaches: [Int] = [], accepted = 0
        for offset in bytes.indices {
            for change in UInt8(1)...255 {
                bytes[offset] ^= change
                if let batch = try? Batch(decoding: bytes) {
                    accepted += 1
                    if batch.encoded != bytes || batch == fixture.batch { breaches.append(offset) }
                }
                bytes[offset] ^= change
            }
        }
        #expect(breaches.isEmpty, "not canonical after a change at \(breaches.prefix(5))")
        // A change of the identifier alone leaves a batch: 16 bytes, 255 changes each.
        #expect(accepted >= 16 * 255)
    }

    @Test("made of random bytes are refused or encode to them again")
    func randomBytesAreHandled() throws {
        var noise = SeededNoise(seed: 0x5eed_0021)
        let header = try BatchFixture(named: "one_boolean").bytes.prefix(24)
        for round in 0..<3000 {
            let size = 256 << Int.random(in: 0..<3, using: &noise)
            var bytes = noise.bytes(count: size)
            if round.isMultiple(of: 2) { bytes.replaceSubrange(0..<24, with: header) }
            guard let batch = try? Batch(decoding: bytes) else { continue }
            #expect(batch.encoded == bytes)
        }
    }

    @Test("are padded to 256 bytes times a power of two, whatever they hold")
    func sizeClassesHoldTheirContent() throws {
        for exponent in 0...10 {
            let size = 256 << exponent
            #expect(Batch.sizeClass(holding: size) == size)
            #expect(Batch.sizeClass(holding: size - 1) == size)
            #expect(Batch.sizeClass(holding: size + 1) == 2 * size)
        }
        #expect(Batch.sizeClass(holding: 0) == 256)
        for payloadByteCount in [1, 213, 214, 215, 470, 471, 16_384] {
            let batch = try Batch(
                identifier: try Self.identifier(1), reports: [Self.report(payloadByteCount: payloadByteCount)])
            #expect(batch.encoded.count == Batch.sizeClass(holding: 42 + payloadByteCount))
            #expect(Batch.contentByteCount(of: batch.reports) == 42 + payloadByteCount)
            #expect(try Batch(decoding: batch.encoded) == batch)
        }
    }

    @Test("hold one to 1,024 reports")
    func reportCountIsBounded() throws {
        let most = [ReportRecord](repeating: Self.report(payloadByteCount: 1), count: 1024)
        let batch = try Batch(identifier: try Self.identifier(2), reports: most)
        #expect(try Batch(decoding: batch.encoded) == batch)
        #expect(throws: BatchError.reportCountOutOfRange(1025)) {
            try Batch(identifier: try Self.identifier(2), reports: most + most.prefix(1))
        }
        #expect(throws: BatchError.reportCountOutOfRange(0)) {
            try Batch(identifier: try Self.identifier(2), reports: [])
        }
    }

    @Test("fill the largest size class to its last byte, and no further")
    func largestClassIsFilled() throws {
        // 24 bytes of header and 15 records of 18 + 16,384 leave 16,072 bytes for a last record.
        let longest = [ReportRecord](repeating: Self.report(payloadByteCount: 16_384), count: 15)
        let batch = try Batch(
            identifier: try Self.identifier(3), reports: longest + [Self.report(payloadByteCount: 16_072)])
        #expect(batch.encoded.count == WireLimits.batchByteCount)
        #expect(try Batch(decoding: batch.encoded) == batch)
        #expect(throws: BatchError.notASizeClass(byteCount: WireLimits.batchByteCount + 1)) {
            try Batch(identifier: try Self.identifier(3), reports: longest + [Self.report(payloadByteCount: 16_073)])
        }
    }

    @Test("refuse payloads that no mechanism makes", arguments: [0, 16_385, 70_000])
    func payloadsAreBounded(byteCount: Int) throws {
        #expect(throws: BatchError.payloadByteCountOutOfRange(offset: 0, byteCount: byteCount)) {
            try Batch(identifier: try Self.identifier(4), reports: [Self.report(payloadByteCount: byteCount)])
        }
    }
}
