import LocalPrivacy
import MetricDefinitions
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("A set reduced by one from outside")
struct MetricSetReductionTests {
    /// Metrics of five definitions; making one takes long, giving it another name or cap does not.
    private struct Templates {
        let fresh, memoized: [MetricDefinition]

        init() throws {
            fresh = [
                try booleanMetric(), try booleanMetric(epsilonThousandths: 1100), try booleanMetric(whenAbsent: .none),
            ]
            memoized = [try memoizedMetric(categories: ["a", "b"]), try memoizedMetric(categories: ["a", "c"])]
        }

        /// A set of some of six metrics, each in one of several variants: of another definition, version, cap or end.
        func randomSet(using noise: inout SeededNoise) throws -> MetricSet {
            func pick<Value>(_ values: Value...) -> Value { values[noise.index(below: values.count)] }
            var metrics: [MetricDefinition] = []
            for identifier in UInt32(1)...6 where noise.index(below: 4) > 0 || (identifier == 6 && metrics.isEmpty) {
                let isMemoized = identifier > 4
                let template = isMemoized ? pick(memoized[0], memoized[0], memoized[1]) : fresh[pick(0, 0, 0, 1, 2)]
                var fields = MetricDefinition.Fields()
                (fields.identifier, fields.version) = (identifier, pick(1, 1, 1, 2))
                fields.name = pick("m\(identifier)", "m\(identifier)", "n\(identifier)")
                (fields.summary, fields.domain, fields.minimumReports) = (pick("?", "!"), template.domain, 1000)
                fields.whenAbsent = template.whenAbsent
                fields.lifetime =
                    isMemoized
                    ? .memoized(reports: pick(1, 100, 365), distinctValues: pick(1, 3, 9))
                    : .budget(try PrivacyBudget(thousandths: pick(5000, 120_000, 200_000)))
                fields.expiry = pick(
                    .never(reason: "one"), .never(reason: "other"), .lastDay(UTCDay(containing: 1_900_000_000)),
                    .lastDay(UTCDay(containing: 1_950_000_000)))
                metrics.append(try MetricDefinition(fields, mechanism: template.mechanism))
            }
            return try testMetricSet(
                dayCeilingThousandths: pick(7000, 16_000), lifetimeCeilingThousandths: pick(880_000, 1_000_000),
                enrolmentDelayHours: pick(0, 24, 720), metrics: metrics)
        }
    }

    /// Whether no cap is higher, and no end later, than in another definition.
    private static func isWithin(_ one: MetricDefinition, _ other: MetricDefinition) -> Bool {
        let caps =
            switch (one.lifetime, other.lifetime) {
            case (.budget(let budget), .budget(let limit)): budget <= limit
            case (.memoized(let reports, let values), .memoized(let mostReports, let mostValues)):
                reports <= mostReports && values <= mostValues
            default: false
            }
        let ends =
            switch (one.expiry, other.expiry) {
            case (_, .never): true
            case (.never, .lastDay): false
            case (.lastDay(let day), .lastDay(let limit)): day <= limit
            }
        return caps && ends && one.definitionHash == other.definitionHash && one.periodCap <= other.periodCap
            && one.lifetimeBudget <= other.lifetimeBudget
    }

    @Test("holds the metrics that both have, and of every cap, ceiling and end the stricter one")
    func properties() throws {
        let templates = try Templates()
        var noise = SeededNoise(seed: 0x5eed_0051), kept = 0, dropped = 0, empty = 0
        for _ in 0..<400 {
            let (builtIn, remote) = (try templates.randomSet(using: &noise), try templates.randomSet(using: &noise))
            let shared = builtIn.metrics.filter { metric in
                remote.metric(metric.identifier.value)?.definitionHash == metric.definitionHash
            }
            dropped += builtIn.metrics.count - shared.count
            guard let reduced = try builtIn.reduced(by: remote) else {
                #expect(shared.isEmpty)
                empty += 1
                continue
            }
            #expect(reduced.metrics.map(\.identifier) == shared.map(\.identifier))
            for metric in reduced.metrics {
                let own = try #require(builtIn.metric(metric.identifier.value))
                let other = try #require(remote.metric(metric.identifier.value))
                #expect(Self.isWithin(metric, own) && Self.isWithin(metric, other))
                #expect(metric.name == own.name && metric.summary == own.summary)
                // The stricter of the two, and no stricter than that.
                #expect(metric.periodCap == min(own.periodCap, other.periodCap))
                #expect(metric.lifetimeBudget == min(own.lifetimeBudget, other.lifetimeBudget))
                #expect(metric.expiry == own.expiry || metric.expiry == other.expiry)
                kept += 1
            }
            #expect(reduced.dayCeiling == min(builtIn.dayCeiling, remote.dayCeiling))
            #expect(reduced.lifetimeCeiling == min(builtIn.lifetimeCeiling, remote.lifetimeCeiling))
            #expect(reduced.enrolmentDelayHours == max(builtIn.enrolmentDelayHours, remote.enrolmentDelayHours))
        }
        // The generator made every kind of pair.
        #expect(kept > 200 && dropped > 200 && empty > 3)
    }

    @Test("by itself is itself, and reduced again stays as it is")
    func idempotence() throws {
        let templates = try Templates()
        var noise = SeededNoise(seed: 0x5eed_0052)
        for _ in 0..<100 {
            let (one, two) = (try templates.randomSet(using: &noise), try templates.randomSet(using: &noise))
            #expect(try one.reduced(by: one)?.encoded() == one.encoded())
            guard let reduced = try one.reduced(by: two) else { continue }
            #expect(try reduced.reduced(by: two)?.encoded() == reduced.encoded())
        }
    }

    @Test("never gains a metric, an ε or a day from a set that asks for more")
    func widening() throws {
        let builtIn = try testMetricSet(
            dayCeilingThousandths: 4000, lifetimeCeilingThousandths: 300_000, enrolmentDelayHours: 24)
        let greedy = try testMetricSet(
            metrics: [
                try booleanMetric(lifetimeThousandths: 400_000),
                try categoryMetric(epsilonThousandths: 9000),
                try memoizedMetric(maximumReports: 3660, maximumDistinctValues: 100),
                try sketchMetric(),
            ])
        let reduced = try #require(try builtIn.reduced(by: greedy))
        #expect(reduced.metrics.map(\.identifier.value) == [1, 3])
        #expect(reduced.metric(1)?.lifetime == builtIn.metric(1)?.lifetime)
        #expect(reduced.metric(3)?.lifetime == builtIn.metric(3)?.lifetime)
        #expect(reduced.dayCeiling.thousandths == 4000 && reduced.enrolmentDelayHours == 24)
    }

    @Test("is nothing where nothing is shared, and is refused by the set of another project")
    func nothingLeft() throws {
        let builtIn = try testMetricSet()
        let other = try testMetricSet(metrics: [try booleanMetric(version: 2)])
        #expect(try builtIn.reduced(by: other) == nil)
        #expect(throws: SignedMetricSetError.otherProject) {
            try builtIn.reduced(by: try testMetricSet(project: "trains"))
        }
    }
}
