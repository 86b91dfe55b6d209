import Mechanisms
import MetricDefinitions
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("Memoized metrics on a device")
struct MemoizationTests {
    private func device(_ kind: StoreKind, _ metric: MetricDefinition) throws -> TestDevice {
        let test = try TestDevice(kind, try testMetricSet(metrics: [metric]))
        try test.enrol()
        return test
    }

    @Test(
        "A value's permanent response is the same in every slot, however often it is drawn",
        arguments: StoreKind.allCases)
    func onePermanentResponse(kind: StoreKind) throws {
        let metric = try memoizedMetric()
        let test = try device(kind, metric)
        var responses: Set<[UInt8]> = []
        for index in 0..<40 {
            let seconds = noon + Int64(index) * daySeconds
            try test.record(.item(1), metric, at: seconds)
            let slot = try test.device.store.slot(metric: 3, period: UTCDay(containing: seconds))
            responses.insert(try #require(slot?.memo?.permanentResponse))
        }
        #expect(responses.count == 1)
    }

    @Test(
        "Only released values are charged, and at the cap the last response is repeated", arguments: StoreKind.allCases)
    func distinctValuesAreCapped(kind: StoreKind) throws {
        let metric = try memoizedMetric(maximumDistinctValues: 2)
        let test = try device(kind, metric)
        for (index, item) in [0, 1, 2, 0, 2].enumerated() {
            let seconds = noon + Int64(index) * daySeconds
            try test.record(.item(item), metric, at: seconds)
            #expect(try test.device.store.distinctValueCount(metric: 3, version: 1) == min(index, 2))
            let before = try test.entry(metric)?.lastPermanentResponse
            try test.close(at: seconds + daySeconds)
            let slotResponse = try permanentResponse(.item(item), metric, test)
            let expected = item == 2 ? before : slotResponse
            #expect(try test.entry(metric)?.lastPermanentResponse == expected)
        }
        #expect(try test.queued().count == 5)
        #expect(try test.entry(metric)?.reports == 5)
    }

    private func permanentResponse(
        _ input: MechanismInput, _ metric: MetricDefinition, _ test: TestDevice
    ) throws -> [UInt8] {
        let mechanism = try #require(metric.mechanism as? MemoizedRandomizedResponse)
        return try mechanism.permanentResponse(to: input, on: test.device.context(for: metric))
    }

    @Test("Before the first event \u{201C}no event\u{201D} is memoized like a value; later the last value stands")
    func absenceBeforeAndAfter() throws {
        let metric = try memoizedMetric()
        let test = try device(.sqlite, metric)
        try test.close(at: noon + 3 * daySeconds)
        #expect(try test.device.store.distinctValueCount(metric: 3, version: 1) == 1)
        #expect(try test.entry(metric)?.lastPermanentResponse == permanentResponse(.absent, metric, test))
        try test.record(.item(2), metric, at: noon + 3 * daySeconds)
        try test.close(at: noon + 9 * daySeconds)
        #expect(try test.entry(metric)?.lastPermanentResponse == permanentResponse(.item(2), metric, test))
        #expect(try test.device.store.distinctValueCount(metric: 3, version: 1) == 2)
        #expect(try test.queued().count == 9)
        #expect(try test.entry(metric)?.reports == 9)
    }

    @Test("Reports of one unchanged value are fresh noise around one response")
    func freshNoiseAroundOneResponse() throws {
        let metric = try memoizedMetric(
            epsilonThousandths: 1_000, permanentEpsilonThousandths: 8_000, maximumReports: 300)
        let test = try device(.memory, metric)
        var seconds = noon
        var reports: [Int] = []
        for _ in 0..<300 {
            try test.record(.item(0), metric, at: seconds)
            seconds += daySeconds
            try test.close(at: seconds)
            let queued = try #require(try test.queued().last)
            reports.append(try category(of: queued, in: metric))
        }
        let mechanism = try #require(metric.mechanism as? MemoizedRandomizedResponse)
        let permanent = Int(try permanentResponse(.item(0), metric, test)[0])
        let truth = 1 - Double(mechanism.stages.instantaneous.lieThreshold) * 0x1p-64
        let matches = reports.filter { $0 == permanent }.count
        let check = BinomialTest()
        #expect(check.accepts(successes: matches, of: 300, probability: truth))
        // The faults this finds: fresh noise left out, and all reports drawn from the memo.
        #expect(!check.accepts(successes: 300, of: 300, probability: truth))
    }

    @Test("Values of one hash are charged once, so that a device never has more than g", arguments: StoreKind.allCases)
    func hashValuesAreCharged(kind: StoreKind) throws {
        let metric = try hashedMetric(maximumDistinctValues: 3)
        let test = try device(kind, metric)
        let mechanism = try #require(metric.mechanism as? Loloha)
        for item in 0..<30 {
            let seconds = noon + Int64(item) * daySeconds
            try test.record(.item(item), metric, at: seconds)
            try test.close(at: seconds + daySeconds)
            let expected = try mechanism.permanentResponse(to: .item(item), on: test.device.context(for: metric))
            #expect(try test.entry(metric)?.lastPermanentResponse == expected, "never the last one again")
        }
        // One hash function in 64 gives all values the same.
        #expect((1...2).contains(try test.device.store.distinctValueCount(metric: 9, version: 1)))
        #expect(try test.queued().count == 30)
    }

    @Test("Where a number stands for \u{201C}no event\u{201D}, a day without an event is about that number")
    func absenceAsNumber() throws {
        let metric = try memoizedMeanMetric()
        let test = try device(.sqlite, metric)
        let mechanism = try #require(metric.mechanism as? MemoizedOneBitMean)
        func response(_ place: UInt64) throws -> [UInt8] {
            try mechanism.permanentResponse(to: .place(place), on: test.device.context(for: metric))
        }
        try test.close(at: noon + 3 * daySeconds)
        #expect(try test.device.store.distinctValueCount(metric: 9, version: 1) == 1)
        #expect(try test.entry(metric)?.lastPermanentResponse == response(0))
        try test.record(.place(InputDomain.rangeEnd), metric, at: noon + 3 * daySeconds)
        try test.close(at: noon + 4 * daySeconds)
        #expect(try test.entry(metric)?.lastPermanentResponse == response(InputDomain.rangeEnd))
        try test.close(at: noon + 9 * daySeconds)
        #expect(try test.entry(metric)?.lastPermanentResponse == response(0), "and not the last one again")
        #expect(try test.device.store.distinctValueCount(metric: 9, version: 1) == 2)
        #expect(try test.queued().count == 9)
        #expect(try test.entry(metric)?.reports == 9)
    }

    @Test("Two metrics, two devices and two definitions share no permanent noise")
    func independence() throws {
        let secret = try SecretKey.random()
        let metrics = [
            try memoizedMetric(), try memoizedMetric(identifier: 4), try memoizedMetric(version: 2),
            try memoizedMetric(permanentEpsilonThousandths: 2_001),
        ]
        var words: Set<[UInt64]> = []
        for key in [secret, try SecretKey.random()] {
            for metric in metrics {
                let noise = try PermanentNoise(
                    secret: key, metric: metric.identifier.value, definitionHash: metric.definitionHash)
                words.insert([UInt64](try noise.words(for: CanonicalValue(number: 0), wordCount: 2)))
            }
        }
        #expect(words.count == 8)
    }
}
