import LocalPrivacy
import Mechanisms
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@Suite("Definitions of pairs")
struct PairDefinitionTests {
    private func set(_ metrics: MetricDefinition...) throws -> MetricSet { try testMetricSet(metrics: metrics) }

    @Test("survive encoding with both names, types and mechanisms, and a value for days without an event")
    func encoding() throws {
        let value = MetricValue.pair(.category("UA"), .boolean(true))
        let metrics = [
            try pairMetric(), try pairMetric(identifier: 10, whenAbsent: .value(value)), try memoizedPairMetric(),
        ]
        for metric in metrics {
            let again = try #require(try MetricSet(decoding: try set(metric).encoded()).metrics.first)
            #expect(again.domain == metric.domain && again.whenAbsent == metric.whenAbsent)
            #expect(again.definitionHash == metric.definitionHash && again.isMemoized == metric.isMemoized)
            #expect(again.mechanism.epsilon == metric.mechanism.epsilon)
        }
        #expect(metrics[1].absentInput == .pair(.item(1), .item(1)) && metrics[0].absentInput == .absent)
        #expect(Set(metrics.map(\.fingerprint)).count == 3)
    }

    @Test("spend the sum of both halves, each day and over a life")
    func budgets() throws {
        let (fresh, memoized) = (try pairMetric(), try memoizedPairMetric(maximumDistinctPairs: 5))
        #expect(fresh.mechanism.epsilon.thousandths == 1500 && fresh.periodCap == 120)
        #expect(fresh.lifetimeBudget.thousandths == 180_000)
        #expect(memoized.mechanism.epsilon.thousandths == 2000)
        #expect(memoized.lifetimeBudget.thousandths == 5 * 4000)
        #expect(try MetricSet.daySum(of: [fresh, memoized]).thousandths == 3500)
    }

    @Test("read values as shells write them: two words, or a line with one tab; errors never hold them")
    func values() throws {
        let domain = try pairMetric().domain, texts = try memoizedPairMetric().domain
        let expected = MetricValue.pair(.category("UA"), .boolean(true))
        #expect(try domain.value(parsing: "UA", "true") == expected && domain.value(parsing: "UA\ttrue") == expected)
        #expect(try domain.input(for: expected).input == .pair(.item(1), .item(1)))
        #expect(try texts.value(parsing: "a\tb", "small") == .pair(.text("a\tb"), .category("small")))
        #expect(try texts.value(parsing: "\tsmall") == .pair(.text(""), .category("small")))
        for line in ["UA", "UA true", "UA\ttrue\t", "\t\t", ""] {
            #expect(throws: MetricValueError.notAPair) { try domain.value(parsing: line) }
        }
        #expect(throws: MetricValueError.unknownCategory) { try domain.value(parsing: "QX", "true") }
        #expect(throws: MetricValueError.notABoolean) { try domain.value(parsing: "UA", "yes") }
        #expect(throws: MetricValueError.wrongType(expected: "boolean")) {
            try MetricDomain.boolean.value(parsing: "true", "true")
        }
        for value in [MetricValue.boolean(true), .pair(.boolean(true), .category("UA")), .pair(expected, expected)] {
            #expect(throws: MetricValueError.self) { try domain.input(for: value) }
        }
    }

    @Test("name two halves that are neither numbers nor pairs")
    func halves() throws {
        let sound = try pairMetric()
        func error(_ first: MetricVariable, _ second: MetricVariable) -> MetricDefinitionError? {
            var fields = MetricDefinition.Fields()
            (fields.identifier, fields.version, fields.name, fields.minimumReports) = (1, 1, "route", 1)
            (fields.domain, fields.lifetime) = (.pair(first, second), sound.lifetime)
            fields.expiry = .never(reason: "A metric of the tests")
            do { _ = try MetricDefinition(fields, mechanism: sound.mechanism) } catch { return error }
            return nil
        }
        guard case .pair(let carrier, let late) = sound.domain else { return }
        #expect(error(carrier, late) == nil)
        #expect(error(carrier, MetricVariable(name: "carrier", domain: .boolean)) == .malformedVariable("carrier"))
        #expect(error(carrier, MetricVariable(name: "Late", domain: .boolean)) == .malformedVariable("Late"))
        #expect(error(MetricVariable(name: "x", domain: sound.domain), late) == .typeNotPaired("pair"))
        let range = try #require(NumberRange(low: 0, high: 1))
        #expect(error(carrier, MetricVariable(name: "x", domain: .number(range))) == .typeNotPaired("number"))
        #expect(
            error(MetricVariable(name: "x", domain: .category(["a", "a"])), late) == .malformedCategory(position: 1))
        #expect(error(late, MetricVariable(name: "x", domain: .boolean)) == .domainMismatch)
    }

    @Test("are read from changed bytes as a set or an error, and never nest")
    func mutations() throws {
        let bytes = try set(try pairMetric(), try memoizedPairMetric()).encoded()
        let content = Array(bytes.dropLast(32))
        for index in content.indices {
            for change: UInt8 in [1, 4, 0x80] {
                var changed = content
                changed[index] ^= change
                let sealed = changed + (try sha256(changed))
                if let set = try? MetricSet(decoding: sealed) { #expect(try set.encoded() == sealed) }
            }
        }
    }
}
