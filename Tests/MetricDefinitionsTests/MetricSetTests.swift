import LocalPrivacy
import MetricDefinitions
import TestSupport
import Testing

@Suite("Metric sets")
struct MetricSetTests {
    @Test("keep the ceilings to the last thousandth, and name the sum that is above")
    func ceilingsAreKept() throws {
        // A day takes 1 + 2 + 1, a life 120 + 100 + 3 · 2.
        #expect(throws: Never.self) {
            try testMetricSet(dayCeilingThousandths: 4000, lifetimeCeilingThousandths: 226_000)
        }
        #expect(
            throws: MetricSetError.dayCeilingExceeded(
                sum: try PrivacyBudget(thousandths: 4000), ceiling: try PrivacyBudget(thousandths: 3999))
        ) { try testMetricSet(dayCeilingThousandths: 3999) }
        #expect(
            throws: MetricSetError.lifetimeCeilingExceeded(
                sum: try PrivacyBudget(thousandths: 226_000), ceiling: try PrivacyBudget(thousandths: 225_999))
        ) { try testMetricSet(lifetimeCeilingThousandths: 225_999) }
    }

    @Test("refuse two metrics of one identity or of one name, wherever they stand")
    func duplicatesAreRefused() throws {
        #expect(throws: MetricSetError.duplicateMetric(position: 1)) {
            try testMetricSet(metrics: [try booleanMetric(), try categoryMetric(identifier: 1)])
        }
        #expect(throws: MetricSetError.duplicateMetric(position: 2)) {
            try testMetricSet(
                metrics: [
                    try categoryMetric(identifier: 9, name: "departed_late"), try memoizedMetric(), try booleanMetric(),
                ])
        }
    }

    @Test("hold one to 1,024 metrics of a named project, and wait at most 30 days")
    func sizesAreBounded() throws {
        #expect(throws: MetricSetError.metricCountOutOfRange(0)) { try testMetricSet(metrics: []) }
        let metric = try booleanMetric()
        #expect(throws: MetricSetError.metricCountOutOfRange(1025)) {
            try testMetricSet(metrics: [MetricDefinition](repeating: metric, count: 1025))
        }
        for project in ["", "a\u{0}b", String(repeating: "p", count: 65)] {
            #expect(throws: MetricSetError.malformedProject) { try testMetricSet(project: project) }
        }
        for hours in [-1, 721] {
            #expect(throws: MetricSetError.enrolmentDelayOutOfRange(hours)) {
                try testMetricSet(enrolmentDelayHours: hours)
            }
        }
        #expect(try testMetricSet(enrolmentDelayHours: 720).enrolmentDelayHours == 720)
    }

    @Test("find a metric by name and by identity, and nothing for others")
    func metricsAreFound() throws {
        let identifiers: [UInt32] = [40, 3, 0x7FFF_FFFF, 17, 1, 25]
        let set = try testMetricSet(
            metrics: try identifiers.map { try booleanMetric(identifier: $0, name: "metric.\($0)") })
        #expect(set.metrics.map(\.identifier.value) == identifiers.sorted())
        for identifier in identifiers {
            #expect(set.metric(identifier)?.name == "metric.\(identifier)")
            #expect(set.metric(named: "metric.\(identifier)")?.identifier.value == identifier)
        }
        for identifier: UInt32 in [0, 2, 18, 41, 0x7FFF_FFFE, .max] { #expect(set.metric(identifier) == nil) }
        #expect(set.metric(named: "metric") == nil)
    }
}
