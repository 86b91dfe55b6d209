import LocalPrivacy
import Mechanisms
import MetricDefinitions
import TestSupport
import Testing

@Suite("Definitions of memoized metrics whose values share responses")
struct LongitudinalDefinitionTests {
    @Test("take of a device's life no more than the responses that it can have")
    func lifetimeBudget() throws {
        #expect(try hashedMetric(maximumDistinctValues: 1).lifetimeBudget.thousandths == 2000)
        #expect(try hashedMetric(maximumDistinctValues: 60_000).lifetimeBudget.thousandths == 4000)
        #expect(try memoizedMeanMetric(segments: 4, maximumDistinctValues: 60_000).lifetimeBudget.thousandths == 10_000)
        #expect(throws: MetricDefinitionError.capOutOfRange) {
            try longitudinalMetric(
                OptimizedSymmetricUnaryEncoding.self, domain: .boolean, maximumDistinctValues: 0)
        }
    }

    @Test("are means only where a number stands for a day without an event, and others only where the last answer does")
    func absence() throws {
        guard let range = NumberRange(low: 0, high: 100) else { return }
        #expect(throws: MetricDefinitionError.absenceNeedsValue) {
            try longitudinalMetric(MemoizedOneBitMean.self, domain: .number(range), whenAbsent: .skip)
        }
        #expect(throws: ParameterError.absenceNotTaken) {
            try longitudinalMetric(MemoizedOneBitMean.self, domain: .number(range), whenAbsent: .last)
        }
        #expect(throws: MetricDefinitionError.absentItemOutOfDomain) {
            try longitudinalMetric(MemoizedOneBitMean.self, domain: .number(range), whenAbsent: .value(.number(101)))
        }
        for type in [Loloha.self, OptimizedSymmetricUnaryEncoding.self] as [any LocalRandomizer.Type] {
            #expect(throws: MetricDefinitionError.absenceNeedsMemoization) {
                try longitudinalMetric(type, domain: .boolean, whenAbsent: .value(.boolean(false)))
            }
        }
    }

    @Test("read back from a compiled set as they were")
    func coding() throws {
        let unary = try longitudinalMetric(
            OptimizedSymmetricUnaryEncoding.self, domain: .category(["a", "b", "c"]), identifier: 10)
        let mean = try memoizedMeanMetric(segments: 8)
        for metrics in [[try hashedMetric(), unary], [mean]] {
            let set = try testMetricSet(metrics: metrics)
            let again = try MetricSet(decoding: set.encoded())
            #expect(again.metrics.map(\.fingerprint) == set.metrics.map(\.fingerprint))
            for (metric, copy) in zip(set.metrics, again.metrics) {
                #expect(type(of: metric.mechanism) == type(of: copy.mechanism))
                #expect(copy.isMemoized && copy.lifetimeBudget == metric.lifetimeBudget)
            }
        }
    }
}
