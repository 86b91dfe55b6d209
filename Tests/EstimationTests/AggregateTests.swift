import Estimation
import Mechanisms
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@Suite("Aggregates refuse what they cannot add")
struct AggregateTests {
    @Test("aggregates of two definitions do not merge")
    func definitions() {
        var aggregate = SupportCounts(of: Fingerprint(value: 1), valueCount: 2)
        aggregate.count(supporting: 1)
        let before = aggregate
        #expect(throws: AggregateError.differentDefinitions(Fingerprint(value: 1), Fingerprint(value: 2))) {
            try aggregate.merge(SupportCounts(of: Fingerprint(value: 2), valueCount: 2))
        }
        #expect(aggregate == before)
    }

    @Test("aggregates over domains of two sizes do not merge")
    func domains() {
        var aggregate = SupportCounts(of: Fingerprint(value: 1), valueCount: 2)
        #expect(throws: AggregateError.differentDomains(valueCount: 2, otherValueCount: 3)) {
            try aggregate.merge(SupportCounts(of: Fingerprint(value: 1), valueCount: 3))
        }
    }

    @Test("a count beyond Int is refused and leaves the aggregate as it was")
    func overflow() throws {
        var aggregate = SupportCounts(of: Fingerprint(value: 1), valueCount: 2)
        aggregate.count(supporting: 0)
        for _ in 0..<62 { try aggregate.merge(aggregate) }
        let before = aggregate
        #expect(throws: AggregateError.countOverflow) { try aggregate.merge(before) }
        #expect(aggregate == before)
        #expect(aggregate.reportCount == 1 << 62)
    }

    @Test("pooled reports are a commutative monoid that keeps the count of each period")
    func pooling() throws {
        func pool(_ items: [Int], day: Int64) -> PooledReports<SupportCounts> {
            var aggregate = SupportCounts(of: Fingerprint(value: 1), valueCount: 3)
            for item in items { aggregate.count(supporting: item) }
            return PooledReports(aggregate, on: UTCDay(containing: day * 86_400))
        }
        func merged(
            _ first: PooledReports<SupportCounts>, _ second: PooledReports<SupportCounts>
        ) throws -> PooledReports<SupportCounts> {
            var sum = first
            try sum.merge(second)
            return sum
        }
        let (a, b, c) = (pool([0, 0, 1], day: 1), pool([2], day: 2), pool([1, 1], day: 1))
        let identity = pool([], day: 3)
        #expect(try merged(a, merged(b, c)) == merged(merged(a, b), c))
        #expect(try merged(a, b) == merged(b, a))
        #expect(try merged(a, identity) == a && merged(identity, a) == a)
        let all = try merged(merged(a, b), c)
        #expect(all.countsByDay.map { [Int($0.key.index), $0.value] }.sorted { $0[0] < $1[0] } == [[1, 5], [2, 1]])
        #expect(all.aggregate.support == [2, 3, 1])
    }

    @Test("no reports give no estimates")
    func emptyPool() throws {
        for definition in try testMetricSet().metrics {
            let oracle = try #require(OracleCatalog.standard.oracle(for: definition.mechanism) as? any FrequencyOracle)
            #expect(try estimateCount(oracle, definition) == 0)
        }
    }

    private func estimateCount<Oracle: FrequencyOracle>(
        _ oracle: Oracle, _ definition: MetricDefinition
    ) throws -> Int {
        let aggregate = oracle.makeAggregate(of: Fingerprint(value: 1))
        let pool = PooledReports(aggregate, on: UTCDay(containing: 0))
        let candidates = definition.domain.labels.indices.map { MechanismInput.item($0) }
        return try oracle.estimates(of: candidates, from: pool, confidence: .standard) { _, _ in }.count
    }
}
