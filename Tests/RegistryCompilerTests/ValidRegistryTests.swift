import Foundation
import LocalPrivacy
import Mechanisms
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@testable import RegistryCompiler

@Suite("Valid registries")
struct ValidRegistryTests {
    private func set(_ name: String) throws -> MetricSet {
        try RegistryCompiler.metricSet(
            of: try Fixtures.bytes("registries/valid/\(name)"), file: name, today: testDay)
    }

    @Test("Every valid registry compiles, and its set decodes to the same bytes and the same explanation")
    func roundTrip() throws {
        for name in try Fixtures.names(in: "registries/valid") {
            let set = try set(name)
            let bytes = try set.encoded()
            let decoded = try MetricSet(decoding: bytes)
            #expect(try decoded.encoded() == bytes)
            #expect(RegistryExplanation(decoded) == RegistryExplanation(set), "\(name)")
        }
    }

    @Test("Line endings and a byte order mark change nothing")
    func lineEndings() throws {
        let bytes = try set("boolean.yaml").encoded()
        #expect(try set("crlf.yaml").encoded() == bytes)
        #expect(try set("byte-order-mark.yaml").encoded() == bytes)
    }

    @Test("Every key arrives in the set as it was written")
    func everyForm() throws {
        let set = try set("every-form.yaml")
        #expect(set.project == "flights and more" && set.enrolmentDelayHours == 48)
        #expect(set.dayCeiling.thousandths == 12_500 && set.lifetimeCeiling.thousandths == 999_999)
        #expect(set.metrics.map(\.identifier.value) == [1, 4, 5, 9, 17, 2_147_483_647])
        let plain = try #require(set.metric(named: "departed_late"))
        #expect(plain.expiry == .lastDay(try #require(UTCDay(iso: "2027-07-02"))))
        #expect(plain.combination == .sample && plain.whenAbsent == .value(.boolean(false)) && plain.periodCap == 120)
        let any = try #require(set.metric(named: "seen.any"))
        #expect(any.combination == .any && any.whenAbsent == .none && any.itemLabels == ["false", "true", "(none)"])
        #expect(any.mechanism.epsilon.thousandths == 1 && any.periodCap == 365 && any.summary == "Quoted: yes")
        let skipper = try #require(set.metric(named: "skipper"))
        #expect(skipper.domain == .category(["NO", "yes", "1.0", "naïve"]) && skipper.whenAbsent == .skip)
        #expect(skipper.summary == "Folded over two lines" && skipper.periodCap == 10)
        #expect(set.metric(named: "spelled")?.whenAbsent == .value(.category("a b")))
        let home = try #require(set.metric(named: "home_airport"))
        #expect(home.lifetime == .memoized(reports: 365, distinctValues: 3) && home.whenAbsent == .last)
        #expect((home.mechanism as? any LongitudinalRandomizer)?.permanentEpsilon.thousandths == 2000)
        let fixed = try #require(set.metric(named: "fixed_attribute"))
        #expect(fixed.lifetime == .memoized(reports: 3660, distinctValues: 2))
    }

    @Test("The delay before enrolment is 24 hours unless the registry says otherwise")
    func defaultDelay() throws {
        #expect(try set("boolean.yaml").enrolmentDelayHours == 24)
    }

    @Test("The example of the flights is what the documentation says, and agrees with its lock")
    func example() throws {
        let path = Fixtures.packageRoot.appending(path: "clients/examples/flights/metrics.yaml")
        let source = try RegistrySource.load(path: path.path(percentEncoded: false), today: testDay)
        #expect(source.notes.isEmpty && source.lockNote == nil && source.lock?.entries.count == 1)
        let metric = try #require(source.set.metric(named: "departed_late"))
        #expect(source.set.project == "flights" && source.set.enrolmentDelayHours == 0)
        #expect(metric.identifier.value == 1 && metric.version == 1 && metric.domain == .boolean)
        #expect(metric.mechanism.epsilon.thousandths == 1000 && metric.periodCap == 120)
        #expect(metric.whenAbsent == .value(.boolean(false)) && metric.minimumReports == 1000)
    }

    @Test("Every truncation of a valid registry is a set or a list of findings")
    func truncations() throws {
        let bytes = try Fixtures.bytes("registries/valid/fresh-and-memoized.yaml")
        var refused = 0
        for count in 0..<bytes.count where try !findings(in: Array(bytes.prefix(count))).isEmpty { refused += 1 }
        // The last metric is whole only in the last bytes; what ends before the metrics is never a registry.
        #expect(refused > bytes.count / 2)
    }

    @Test("Every single-byte change of a valid registry is a set or a list of findings")
    func changes() throws {
        let bytes = try Fixtures.bytes("registries/valid/boolean.yaml")
        var noise = SeededNoise(seed: 0x5EED_0001)
        var refused = 0
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= UInt8(truncatingIfNeeded: noise.next() % 255 + 1)
            if try !findings(in: changed).isEmpty { refused += 1 }
        }
        #expect(refused > bytes.count / 2)
    }

    @Test("An expired metric refuses a registry for new reports, and is noted where old ones are read")
    func expiry() throws {
        let bytes = Array(registry(["expires": "2026-06-30"]).utf8)
        #expect(try findings(in: bytes).map(\.message) == ["metric 'departed_late' expired on 2026-06-30"])
        #expect(try findings(in: bytes, expiry: .note).isEmpty)
        let checked = try RegistryCompiler.compile(bytes, file: "m.yaml", today: testDay, expiry: .note)
        #expect(checked.notes.map(\.severity) == [.note])
        #expect(try findings(in: Array(registry(["expires": "2026-07-01"]).utf8)).isEmpty)
    }
}
