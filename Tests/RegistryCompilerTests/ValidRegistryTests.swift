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

    @Test("RAPPOR's noise is what f, p and q say, or the least within both ε; candidates stand beside the definition")
    func rappor() throws {
        let bytes = try Fixtures.bytes("registries/valid/rappor.yaml")
        let checked = try RegistryCompiler.compile(
            bytes, file: "/etc/dither/metrics.yaml", today: testDay, expiry: .refuse)
        let stated = try #require(checked.set.metric(named: "destination")?.mechanism as? Rappor)
        #expect(stated.configuration.bitCount == 16 && stated.configuration.hashCount == 2)
        #expect(stated.configuration.cohortCount == 4 && stated.configuration.reportsAbsence)
        #expect(stated.response.rule.flip == 1 << 62 && stated.response.rule.clear == 1 << 63)
        #expect(stated.response.rule.set == 3 << 62)
        #expect(stated.epsilon.thousandths == 1075 && stated.permanentEpsilon.thousandths == 4395)
        let bounded = try #require(checked.set.metric(named: "home_page")?.mechanism as? Rappor)
        #expect(bounded.epsilon.thousandths == 1000 && bounded.permanentEpsilon.thousandths == 4000)
        #expect(bounded.configuration.bitCount == 128 && bounded.configuration.cohortCount == 64)
        let exact = try #require(checked.set.metric(named: "name")?.mechanism as? Rappor)
        // ⌈0.123456789 / 2 · 2⁶⁴⌉, rounded up to a multiple of 2⁴⁰, computed apart.
        #expect(exact.response.rule.flip == 1_138_688_326_585_286_656 && exact.configuration.cohortCount == 1)
        #expect(checked.set.metrics.allSatisfy { $0.domain == .string && $0.isMemoized && $0.whenAbsent == .last })
        #expect(
            checked.candidates == [
                "destination": CandidateSource(path: "/etc/dither/lists/airports.csv", column: "iata"),
                "home_page": CandidateSource(path: "/srv/pages.csv", column: nil),
            ])
    }

    @Test("Candidates are found from the folder of the registry, and change neither fingerprint nor compiled set")
    func candidates() throws {
        let text = String(decoding: try Fixtures.bytes("registries/valid/rappor.yaml"), as: UTF8.self)
        let folder = try TemporaryFolder()
        try folder.write(text, to: "metrics.yaml")
        let source = try RegistrySource.load(path: folder.path("metrics.yaml"), today: testDay)
        #expect(source.candidates["destination"]?.path == folder.path("lists/airports.csv"))
        let other = text.replacing("{ file: lists/airports.csv, column: iata }", with: "{ file: ../b.csv }")
        let changed = try RegistryCompiler.compile(Array(other.utf8), file: "m.yaml", today: testDay, expiry: .refuse)
        #expect(changed.candidates["destination"] == CandidateSource(path: "../b.csv", column: nil))
        #expect(try changed.set.encoded() == source.set.encoded())
        #expect(try CompiledSet.write(source.set, to: folder.path("metrics.set")) > 0)
        #expect(try RegistrySource.load(path: folder.path("metrics.set"), today: testDay).candidates.isEmpty)
    }

    @Test("Basic RAPPOR, the sketch and the mean arrive as they were written")
    func otherMechanisms() throws {
        let basic = try set("basic-rappor.yaml")
        let home = try #require(basic.metric(named: "home_airport")?.mechanism as? BasicRappor)
        #expect(home.configuration.valueCount == 3 && home.permanentEpsilon.thousandths == 2000)
        let freighter = try #require(basic.metric(named: "freighter")?.mechanism as? BasicRappor)
        #expect(freighter.response.rule.set == 3 << 62 && freighter.permanentEpsilon.thousandths == 2198)
        let sketches = try set("count-mean-sketch.yaml")
        let word = try #require(sketches.metric(named: "word")?.mechanism as? CountMeanSketch)
        #expect(word.configuration.rowCount == 1024 && word.configuration.width == 256)
        #expect(word.configuration.reportsAbsence && word.epsilon.thousandths == 2000)
        #expect(sketches.metric(named: "smallest")?.whenAbsent == .skip)
        #expect(sketches.metric(named: "empty")?.whenAbsent == .value(.text("")))
        #expect(sketches.metric(named: "text")?.whenAbsent == .value(.text("1.0")))
        let means = try set("one-bit-mean.yaml")
        #expect(means.metric(named: "air_time")?.domain == NumberRange(low: 0, high: 720).map(MetricDomain.number))
        #expect(
            means.metric(named: "temperature")?.domain == NumberRange(low: -40, high: 85.25).map(MetricDomain.number))
        #expect(means.metric(named: "temperature")?.whenAbsent == .value(.number(-40)))
        #expect(means.metric(named: "depth")?.domain == NumberRange(low: -11034.5, high: 0).map(MetricDomain.number))
    }

    @Test("Frequency oracles arrive with the sizes that are written, and else with the best")
    func frequencyOracles() throws {
        let set = try set("frequency-oracles.yaml")
        func mechanism<Mechanism: LocalRandomizer>(_ name: String, _: Mechanism.Type) throws -> Mechanism {
            try #require(set.metric(named: name)?.mechanism as? Mechanism)
        }
        // Four values and "no event": 5 / (e² + 1) is below 1, and e² + 1 is 8.4, of which a small domain takes less.
        #expect(try mechanism("subset", SubsetSelection.self).configuration.subsetSize == 1)
        #expect(try mechanism("subset_of_three", SubsetSelection.self).configuration.subsetSize == 3)
        #expect(try mechanism("symmetric", SymmetricUnaryEncoding.self).shape.bitCount == 5)
        #expect(try mechanism("optimized", OptimizedUnaryEncoding.self).shape.bitCount == 2)
        #expect(try mechanism("hadamard", HadamardResponse.self).rowCount == 8)
        let hashing = try mechanism("hashing", OptimizedLocalHashing.self)
        #expect(hashing.configuration.hashRange == 5 && hashing.configuration.seedBitCount == 63)
        #expect(try mechanism("hashing_to_two", OptimizedLocalHashing.self).configuration.hashRange == 2)
    }

    @Test("Mechanisms for numbers take the grids and buckets that are written, and choose those that are not")
    func numbers() throws {
        let set = try set("numbers.yaml")
        func configuration<Mechanism: LocalRandomizer>(
            _ name: String, of _: Mechanism.Type
        ) throws -> Mechanism.Configuration {
            try #require(set.metric(named: name)?.mechanism as? Mechanism).configuration
        }
        #expect(try configuration("fine", of: Piecewise.self).stepCount == 1024)
        #expect(try configuration("plain", of: Piecewise.self).stepCount == 256)
        #expect(try configuration("mixed", of: Hybrid.self).stepCount == 64)
        #expect(try configuration("spread", of: SquareWave.self).bucketCount == 32)
        #expect(try configuration("plain_spread", of: SquareWave.self).bucketCount == 64)
        let (some, all) = (
            try configuration("bars", of: DBitFlip.self), try configuration("all_bars", of: DBitFlip.self)
        )
        #expect(some.bucketCount == 300 && some.sampleCount == 4 && all.sampleCount == 12)
    }

    @Test("Every key that a mechanism takes is one of the registry's")
    func mechanismKeys() {
        func names<Mechanism: LocalRandomizer>(of _: Mechanism.Type) -> [String] {
            Mechanism.Configuration.parameters.map(\.name)
        }
        let known = Set(RegistryKey.names(in: .metric))
        for type in MechanismCatalog.standard.randomizers {
            #expect(known.isSuperset(of: names(of: type)), "\(type)")
        }
    }

    @Test("The delay before enrolment is 24 hours unless the registry says otherwise")
    func defaultDelay() throws {
        #expect(try set("boolean.yaml").enrolmentDelayHours == 24)
    }

    @Test("The example of the flights is what the documentation says, and agrees with its lock")
    func example() throws {
        let path = Fixtures.packageRoot.appending(path: "clients/examples/flights/metrics.yaml")
        let source = try RegistrySource.load(path: path.path(percentEncoded: false), today: testDay)
        #expect(source.notes.isEmpty && source.lockNote == nil && source.lock?.entries.count == 4)
        let metric = try #require(source.set.metric(named: "departed_late"))
        #expect(source.set.project == "flights" && source.set.enrolmentDelayHours == 0)
        #expect(metric.identifier.value == 1 && metric.version == 1 && metric.domain == .boolean)
        #expect(metric.mechanism.epsilon.thousandths == 1000 && metric.periodCap == 120)
        #expect(metric.whenAbsent == .value(.boolean(false)) && metric.minimumReports == 1000)
        let forms = source.set.metrics.map { "\($0.name) \(type(of: $0.mechanism)) ε \($0.mechanism.epsilon)" }
        #expect(
            forms == [
                "departed_late RandomizedResponse ε 1.000", "destination Rappor ε 2.044",
                "route CountMeanSketch ε 4.000", "air_time OneBitMean ε 1.000",
            ])
    }

    @Test("Every truncation of a valid registry is a set or a list of findings")
    func truncations() throws {
        let bytes = try Fixtures.bytes("registries/valid/fresh-and-memoized.yaml")
        var refused = 0
        for count in 0..<bytes.count where try !findings(in: Array(bytes.prefix(count))).isEmpty { refused += 1 }
        // The last metric is whole only in the last bytes; what ends before the metrics is never a registry.
        #expect(refused > bytes.count / 2)
    }

    @Test(
        "A change of any byte of a valid registry leads to a set or a list of findings",
        // Of the larger ones every 31st byte: they take long to compile.
        arguments: [
            ("boolean", 1), ("rappor", 31), ("basic-rappor", 31), ("count-mean-sketch", 31), ("one-bit-mean", 31),
        ]
    )
    func changes(name: String, step: Int) throws {
        let bytes = try Fixtures.bytes("registries/valid/\(name).yaml")
        var noise = SeededNoise(seed: 0x5EED_0001)
        var refused = 0
        for index in stride(from: 0, to: bytes.count, by: step) {
            var changed = bytes
            changed[index] ^= UInt8(truncatingIfNeeded: noise.next() % 255 + 1)
            if try !findings(in: changed).isEmpty { refused += 1 }
        }
        #expect(refused > bytes.count / step / 2)
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
