import Mechanisms
import MetricDefinitions
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("The rules of one device")
struct DeviceTests {
    private let day = UTCDay(containing: noon)

    @Test(
        "However many events a period has, each metric reports once and is debited once", arguments: StoreKind.allCases)
    func oneReportPerPeriod(kind: StoreKind) throws {
        let set = try testMetricSet()
        let test = try TestDevice(kind, set)
        try test.enrol()
        for metric in set.metrics {
            for event in 0..<50 { try test.record(.item(event % 2), metric) }
            #expect(try test.entry(metric)?.reports == 1)
        }
        try test.close(closingToday: true)
        let queued = try test.queued()
        #expect(queued.map(\.metric) == set.metrics.map(\.identifier.value))
        #expect(queued.map(\.fingerprint) == set.metrics.map(\.fingerprint))
        for metric in set.metrics { #expect(try test.entry(metric)?.reports == 1) }
    }

    @Test("A period without an event is reported and debited like any other", arguments: StoreKind.allCases)
    func absenceIsReported(kind: StoreKind) throws {
        let set = try testMetricSet()
        let test = try TestDevice(kind, set)
        try test.enrol()
        try test.close(at: noon + 3 * daySeconds)
        let queued = try test.queued()
        #expect(queued.count == 3 * set.metrics.count)
        for metric in set.metrics {
            let periods = queued.filter { $0.metric == metric.identifier.value }.map(\.period)
            #expect(periods == (0..<3).map { day.advanced(by: $0) })
            #expect(try test.entry(metric)?.reports == 3)
            #expect(try test.entry(metric)?.lastDebited == day.advanced(by: 2))
        }
    }

    @Test("A metric that skips reports nothing, and spends nothing, for a period without an event")
    func skippedAbsence() throws {
        let metric = try booleanMetric(whenAbsent: .skip)
        let test = try TestDevice(.memory, try testMetricSet(metrics: [metric]))
        try test.enrol()
        try test.record(.item(1), metric, at: noon + daySeconds)
        try test.close(at: noon + 3 * daySeconds)
        #expect(try test.queued().map(\.period) == [day.advanced(by: 1)])
        #expect(try test.entry(metric)?.reports == 1)
    }

    @Test("Each of a period's events is equally likely to be the one reported")
    func uniformChoice() throws {
        // At ε = 16 a report is the truth but for one in 10⁶, which the tolerance swallows.
        let metric = try categoryMetric(epsilonThousandths: 16_000, lifetimeThousandths: 32_000)
        let set = try testMetricSet(metrics: [metric])
        var counts = [0, 0, 0, 0]
        for _ in 0..<4000 {
            let test = try TestDevice(.memory, set)
            try test.enrol()
            for event in 0..<4 { try test.record(.item(event), metric) }
            try test.close(closingToday: true)
            let reported = try category(of: try #require(test.queued().first), in: metric)
            if reported < 4 { counts[reported] += 1 }
        }
        let test = BinomialTest(comparisons: 4)
        #expect(test.worstBreach(counts: counts, probabilities: [0.25, 0.25, 0.25, 0.25]) == nil)
        // The fault this sample is large enough to find: the last event wins with probability 0.32.
        #expect(test.worstBreach(counts: [907, 907, 906, 1280], probabilities: [0.25, 0.25, 0.25, 0.25]) != nil)
    }

    @Test("A device stops a fixed number of periods after its enrolment, sent or not", arguments: StoreKind.allCases)
    func lifetimeEnds(kind: StoreKind) throws {
        let metric = try booleanMetric(lifetimeThousandths: 3_000)
        let test = try TestDevice(kind, try testMetricSet(metrics: [metric]))
        try test.enrol()
        try test.close(at: noon + 10 * daySeconds)
        #expect(try test.queued().map(\.period) == (0..<3).map { day.advanced(by: $0) })
        #expect(throws: AgentError.notReporting(metric: metric.name, .lifetimeSpent)) {
            try test.record(.item(1), metric, at: noon + 10 * daySeconds)
        }
        // Away for 40 days: nothing is reported for the days before, and the cap has passed all the same.
        let away = try TestDevice(kind, try testMetricSet(metrics: [metric]))
        try away.enrol()
        try away.close(at: noon + 40 * daySeconds)
        #expect(try away.queued().isEmpty)
        #expect(try away.entry(metric)?.spentThousandths(on: day.advanced(by: 40)) == 3_000)
    }

    @Test("Ninety days of events at random hours never spend more than the cap", arguments: StoreKind.allCases)
    func ledgerNeverExceeds(kind: StoreKind) throws {
        let metric = try booleanMetric(lifetimeThousandths: 60_000)
        let test = try TestDevice(kind, try testMetricSet(metrics: [metric]))
        var noise = SeededNoise(seed: 0x6c65_6467_6572)
        try test.enrol()
        var seconds = noon
        for _ in 0..<300 {
            seconds += Int64(noise.next() % UInt64(daySeconds))
            try? test.record(.item(Int(noise.next() % 2)), metric, at: seconds)
        }
        try test.close(at: seconds + daySeconds)
        let queued = try test.queued()
        #expect(Set(queued.map(\.period)).count == queued.count)
        let reports = try #require(try test.entry(metric)).reports
        #expect(reports == 60)
        #expect(queued.count <= reports)
    }

    @Test("A clock that goes back neither refunds nor reports a period again", arguments: StoreKind.allCases)
    func clockGoesBack(kind: StoreKind) throws {
        let metric = try booleanMetric()
        let test = try TestDevice(kind, try testMetricSet(metrics: [metric]))
        try test.enrol()
        try test.close(at: noon + 5 * daySeconds)
        try test.record(.item(1), metric, at: noon - 1000 * daySeconds)
        try test.close(at: noon)
        try test.close(at: noon + 6 * daySeconds)
        #expect(try test.queued().map(\.period) == (0..<6).map { day.advanced(by: $0) })
        #expect(try test.entry(metric)?.reports == 6)
    }

    @Test("A closed period takes no further event; the next one does", arguments: StoreKind.allCases)
    func closedPeriod(kind: StoreKind) throws {
        let metric = try booleanMetric()
        let test = try TestDevice(kind, try testMetricSet(metrics: [metric]))
        try test.enrol()
        try test.close(closingToday: true)
        #expect(throws: AgentError.notReporting(metric: metric.name, .periodClosed(day))) {
            try test.record(.item(1), metric)
        }
        try test.record(.item(1), metric, at: noon + daySeconds)
        #expect(try test.entry(metric)?.reports == 2)
    }

    @Test(
        "Reports that no collector would admit any more leave the queue and are counted", arguments: StoreKind.allCases)
    func oldReportsLeave(kind: StoreKind) throws {
        let metric = try booleanMetric()
        let test = try TestDevice(kind, try testMetricSet(metrics: [metric]))
        try test.enrol()
        try test.close(at: noon + 10 * daySeconds)
        try test.close(at: noon + 36 * daySeconds)
        let queued = try test.queued()
        #expect(queued.first?.period == day.advanced(by: 36 - QueueLimits.days))
        #expect(queued.count == QueueLimits.days)
        #expect(try test.device.store.value(.expiredReports) == 6)
    }

    @Test(
        "A state with counters and days at the end of their range ends in an error or an answer",
        arguments: StoreKind.allCases)
    func extremeState(kind: StoreKind) throws {
        let metric = try booleanMetric()
        let test = try TestDevice(kind, try testMetricSet(metrics: [metric]))
        try test.enrol()
        try test.close(at: noon + 2 * daySeconds)
        try test.device.store.set(.expiredReports, to: .max)
        try test.device.store.set(.highestDay, to: Int64(UTCDay.allowedIndices.upperBound))
        try test.close(at: noon, closingToday: true)
        #expect(try test.queued().isEmpty)
        #expect(throws: AgentError.notReporting(metric: metric.name, .lifetimeSpent)) {
            try test.record(.item(1), metric)
        }
    }

    @Test("A metric reports its last day and no later one")
    func expiry() throws {
        let metric = try booleanMetric(expiry: .lastDay(day.advanced(by: 1)))
        let test = try TestDevice(.memory, try testMetricSet(metrics: [metric]))
        try test.enrol()
        try test.close(at: noon + 5 * daySeconds)
        #expect(try test.queued().map(\.period) == [day, day.advanced(by: 1)])
        #expect(throws: AgentError.notReporting(metric: metric.name, .expired)) {
            try test.record(.item(0), metric, at: noon + 5 * daySeconds)
        }
    }
}
