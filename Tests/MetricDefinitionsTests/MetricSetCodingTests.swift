import LocalPrivacy
import Mechanisms
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@Suite("Compiled metric sets")
struct MetricSetCodingTests {
    /// Bytes with the checksum that their content has, whatever it says.
    static func sealed(_ content: [UInt8]) throws -> [UInt8] { content + (try sha256(content)) }

    /// Decodes, and reports whether what came of it encodes to the same bytes; `nil` for a typed error.
    static func isCanonical(_ bytes: [UInt8]) -> Bool? {
        guard let set = try? MetricSet(decoding: bytes) else { return nil }
        return (try? set.encoded()) == bytes
    }

    static func lastDaySet() throws -> MetricSet {
        let expiry = Expiry.lastDay(.init(containing: 1_900_000_000))
        return try testMetricSet(
            metrics: [
                try booleanMetric(whenAbsent: .skip, combination: .any, expiry: expiry),
                try categoryMetric(categories: ["é", "日本"], whenAbsent: .value(.category("日本"))),
            ])
    }

    /// A set of one metric with hardly a text, so that most bytes are numbers, flags and lengths.
    static func terseSet(_ metric: MetricDefinition) throws -> MetricSet {
        var fields = MetricDefinition.Fields()
        (fields.identifier, fields.version, fields.name) = (1, 1, "m")
        (fields.domain, fields.lifetime, fields.whenAbsent) = (metric.domain, metric.lifetime, metric.whenAbsent)
        (fields.minimumReports, fields.expiry) = (1, .lastDay(UTCDay(containing: 1_900_000_000)))
        return try testMetricSet(
            project: "p", metrics: [try MetricDefinition(fields, mechanism: metric.mechanism)])
    }

    @Test("decode to what was encoded, byte for byte")
    func roundTrip() throws {
        for set in [try testMetricSet(), try testMetricSet(metrics: [try booleanMetric()]), try Self.lastDaySet()] {
            let bytes = try set.encoded()
            let decoded = try MetricSet(decoding: bytes)
            #expect(try decoded.encoded() == bytes)
            #expect(decoded.project == set.project)
            #expect((decoded.dayCeiling, decoded.lifetimeCeiling) == (set.dayCeiling, set.lifetimeCeiling))
            #expect(decoded.metrics.map(\.definitionHash) == set.metrics.map(\.definitionHash))
            #expect(decoded.metrics.map(\.itemLabels) == set.metrics.map(\.itemLabels))
            for (again, metric) in zip(decoded.metrics, set.metrics) {
                #expect(again.name == metric.name && again.summary == metric.summary && again.owner == metric.owner)
                #expect(again.lifetime == metric.lifetime && again.expiry == metric.expiry)
                #expect(again.whenAbsent == metric.whenAbsent && again.combination == metric.combination)
                #expect(again.mechanism.loss == metric.mechanism.loss)
            }
        }
    }

    @Test("cut off anywhere are refused")
    func everyTruncationIsRefused() throws {
        let bytes = try testMetricSet().encoded()
        let accepted = bytes.indices.filter { Self.isCanonical(Array(bytes[..<$0])) != nil }
        #expect(accepted.isEmpty)
        #expect(throws: MetricSetError.wrongMagic) { try MetricSet(decoding: []) }
        #expect(throws: MetricSetError.format(.truncated(offset: 36, needed: 37))) {
            try MetricSet(decoding: Array(bytes[..<36]))
        }
    }

    @Test("with any one byte changed are refused, by the checksum at the latest")
    func everySingleByteChangeIsRefused() throws {
        var bytes = try Self.terseSet(memoizedMetric()).encoded(), accepted: [Int] = [], otherErrors: Set<String> = []
        for offset in bytes.indices {
            for change in UInt8(1)...255 {
                bytes[offset] ^= change
                do throws(MetricSetError) {
                    _ = try MetricSet(decoding: bytes)
                    accepted.append(offset)
                } catch .checksumMismatch {
                } catch {
                    // Magic and version are told apart before the checksum.
                    if offset >= 5 { otherErrors.insert("\(error)") }
                }
                bytes[offset] ^= change
            }
        }
        #expect(accepted.isEmpty && otherErrors.isEmpty)
    }

    @Test("cut off anywhere and sealed anew are refused")
    func everySealedTruncationIsRefused() throws {
        let content = Array(try Self.terseSet(memoizedMetric()).encoded().dropLast(32))
        let accepted = try content.indices.filter { Self.isCanonical(try Self.sealed(Array(content[..<$0]))) != nil }
        #expect(accepted.isEmpty)
    }

    @Test(
        "with any one byte changed and sealed anew are refused, or are another set of exactly those bytes",
        arguments: 0..<8)
    func everySealedSingleByteChangeIsHandled(part: Int) throws {
        for set in [
            try Self.terseSet(memoizedMetric(name: "m", categories: ["a"])), try Self.terseSet(categoryMetric()),
        ] {
            var content = Array(try set.encoded().dropLast(32)), accepted = 0, breaches: [Int] = []
            for offset in content.indices where offset % 8 == part {
                // The lowest and the highest bit, all bits, and one up: what flags, counts, lengths and thresholds are
                // made of. All 255 take minutes, as each text that may change costs three proofs of a loss.
                let changes: [UInt8] = [1, 0x80, 0xff, content[offset] ^ (content[offset] &+ 1)]
                for change in Set(changes) {
                    content[offset] ^= change
                    if let isCanonical = Self.isCanonical(try Self.sealed(content)) {
                        accepted += 1
                        if !isCanonical { breaches.append(offset) }
                    }
                    content[offset] ^= change
                }
            }
            #expect(breaches.isEmpty)
            #expect(accepted > 0, "a letter of a text may change")
        }
    }

    @Test("made of random content under a valid seal are refused")
    func randomContentIsRefused() throws {
        var noise = SeededNoise(seed: 0x5eed_0040)
        let header = Array(try testMetricSet().encoded().prefix(28))
        for round in 0..<2000 {
            let random = noise.bytes(count: Int.random(in: 0..<300, using: &noise))
            let content = round.isMultiple(of: 2) ? header + random : Array("DTMS\u{1}".utf8) + random
            #expect(Self.isCanonical(try Self.sealed(content)) == nil)
        }
    }

    @Test("refuse another format's mark, another version, and bytes left over")
    func foreignSetsAreNamed() throws {
        let bytes = try testMetricSet().encoded(), content = Array(bytes.dropLast(32))
        #expect(throws: MetricSetError.wrongMagic) { try MetricSet(decoding: Array("DTHR".utf8) + bytes.dropFirst(4)) }
        var newer = content
        newer[4] = 2
        #expect(throws: MetricSetError.unsupportedVersion(2)) { try MetricSet(decoding: try Self.sealed(newer)) }
        #expect(throws: MetricSetError.format(.trailingBytes(offset: content.count))) {
            try MetricSet(decoding: try Self.sealed(content + [0]))
        }
    }
}
