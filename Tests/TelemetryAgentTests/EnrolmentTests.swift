import Mechanisms
import MetricDefinitions
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("Enrolment, versions and ceilings")
struct EnrolmentTests {
    private let day = UTCDay(containing: noon)

    @Test("A new device waits up to the delay, uniformly, and then for the next full period")
    func enrolmentDelay() throws {
        let metric = try booleanMetric()
        let set = try testMetricSet(enrolmentDelayHours: 24, metrics: [metric])
        var tomorrow = 0
        for _ in 0..<2000 {
            let test = try TestDevice(.memory, set)
            try test.enrol()
            let first = try #require(try test.entry(metric)).firstPeriod
            #expect(first == day.advanced(by: 1) || first == day.advanced(by: 2))
            if first == day.advanced(by: 1) { tomorrow += 1 }
        }
        // From noon, half of the 24 hours end before midnight.
        let test = BinomialTest()
        #expect(test.accepts(successes: tomorrow, of: 2000, probability: 0.5))
        // The fault this finds: a delay of half the hours would start everybody tomorrow.
        #expect(!test.accepts(successes: 2000, of: 2000, probability: 0.5))
    }

    @Test("Before its first period a device refuses events and reports nothing")
    func beforeFirstPeriod() throws {
        let metric = try booleanMetric()
        let test = try TestDevice(.memory, try testMetricSet(enrolmentDelayHours: 24, metrics: [metric]))
        try test.enrol()
        let first = try #require(try test.entry(metric)).firstPeriod
        #expect(throws: AgentError.notReporting(metric: metric.name, .notBefore(first))) {
            try test.record(.item(1), metric)
        }
        try test.close(at: first.advanced(by: 1).startInSeconds)
        #expect(try test.queued().map(\.period) == [first])
    }

    @Test("A changed definition without a new version is refused", arguments: StoreKind.allCases)
    func changedDefinition(kind: StoreKind) throws {
        let secret = try SecretKey.random()
        let old = try TestDevice(kind, try testMetricSet(metrics: [try booleanMetric()]), secret: secret)
        try old.enrol()
        let changed = try testMetricSet(metrics: [try booleanMetric(epsilonThousandths: 1_001)])
        let new = try TestDevice(old, metricSet: changed, secret: secret)
        #expect(throws: AgentError.definitionChanged(metric: "departed_late", version: 1)) { try new.enrol() }
    }

    @Test("A new version takes over at once, adds its own debit, and drops the old version's slot")
    func newVersion() throws {
        let secret = try SecretKey.random()
        let first = try booleanMetric(), second = try booleanMetric(version: 2, epsilonThousandths: 500)
        let old = try TestDevice(.sqlite, try testMetricSet(metrics: [first]), secret: secret)
        try old.enrol()
        try old.record(.item(1), first)
        let new = try TestDevice(old, metricSet: try testMetricSet(metrics: [second]), secret: secret)
        try new.enrol()
        try new.record(.item(1), second)
        try new.close(closingToday: true)
        #expect(try new.queued().map(\.fingerprint) == [second.fingerprint])
        #expect(try new.entry(first)?.isRetired == true)
        #expect(try new.entry(first)?.reports == 1)
        #expect(try new.entry(second)?.reports == 1)
        let back = try TestDevice(old, metricSet: try testMetricSet(metrics: [first]), secret: secret)
        #expect(throws: AgentError.notReporting(metric: first.name, .superseded)) {
            try back.record(.item(1), first, at: noon + daySeconds)
        }
    }

    @Test("Versions upon versions never commit more than the device's lifetime ceiling")
    func ceilingOverVersions() throws {
        let secret = try SecretKey.random()
        var test: TestDevice?
        for version in 1...10 as ClosedRange<UInt32> {
            let metric = try booleanMetric(version: version, lifetimeThousandths: 40_000)
            let set = try testMetricSet(lifetimeCeilingThousandths: 100_000, metrics: [metric])
            let next =
                try test.map { try TestDevice($0, metricSet: set, secret: secret) }
                ?? TestDevice(.sqlite, set, secret: secret)
            let start = noon + Int64(version - 1) * 30 * daySeconds
            try next.enrol(at: start)
            try next.close(at: start + 29 * daySeconds)
            test = next
        }
        let ledger = try #require(try test?.device.store.ledger())
        let last = day.advanced(by: 1000)
        // Two versions have spent 31 of their 40 when the next comes; a third would commit 102.
        #expect(ledger.count == 2)
        #expect(ledger.reduce(0) { $0 + min($1.lifetimeThousandths, $1.spentThousandths(on: last)) } <= 100_000)
        #expect(ledger.reduce(0) { $0 + $1.reports * $1.epsilonThousandths } <= 100_000)
    }
}
