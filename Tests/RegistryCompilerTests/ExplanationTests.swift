import Foundation
import LocalPrivacy
import Mechanisms
import MetricDefinitions
import TestSupport
import Testing

@testable import RegistryCompiler

@Suite("Explanations")
struct ExplanationTests {
    private func facts(_ metric: MetricDefinition) -> [String: ExplainedFact] {
        let facts = MetricExplanation(metric).sections.flatMap(\.facts)
        return Dictionary(uniqueKeysWithValues: facts.map { ($0.name, $0) })
    }

    @Test("A fresh metric's explanation holds the numbers of its mechanism")
    func fresh() throws {
        let facts = facts(try booleanMetric())
        #expect(facts["epsilon"]?.value == .decimal("1.000"))
        // ⌈2⁶⁴ / (1 + e)⌉, computed apart in arbitrary precision.
        #expect(facts["lie_threshold"]?.value == .text("4961093570831980854"))
        #expect(facts["posterior_percent"]?.value == .decimal("73.2"))
        #expect(facts["truth_probability"]?.value == .decimal("0.731059"))
        #expect(facts["period_cap"]?.value == .integer(120))
        #expect(facts["epsilon_all_reports"]?.value == .decimal("120.000"))
        #expect(facts["epsilon_realised"]?.value == .decimal("1.000000000"))
        #expect(facts["minimum_reports"]?.value == .integer(1000))
        #expect(facts["when_absent"]?.sentence.contains("answers 'false' with the same noise") == true)
    }

    @Test("A memoized metric's explanation makes four claims and no other, with their numbers")
    func memoized() throws {
        let metric = try memoizedMetric()
        let explanation = MetricExplanation(metric)
        let guarantee = try #require(explanation.sections.first { $0.title.hasPrefix("What it guarantees") })
        let claims = guarantee.facts.map(\.sentence).filter { $0.hasPrefix("Claim ") }
        #expect(claims.map { String($0.prefix(7)) } == ["Claim 1", "Claim 2", "Claim 3", "Claim 4"])
        let facts = facts(metric)
        let mechanism = try #require(metric.mechanism as? any LongitudinalRandomizer)
        #expect(facts["epsilon_permanent"]?.value == .decimal("2.000"))
        #expect(facts["epsilon_lifetime"]?.value == .decimal("6.000"))
        #expect(facts["epsilon_lifetime"]?.sentence.contains("given the change pattern") == true)
        let perReport = mechanism.instantaneousLoss
        #expect(facts["epsilon_per_differing_report"]?.value == .decimal(perReport.description))
        #expect(facts["epsilon_all_reports"]?.value == .decimal(decimal9(perReport.nanonats * 365)))
        #expect(facts["max_distinct_values"]?.sentence.contains("go stale") == true)
        #expect(facts["computational"]?.sentence.contains("HMAC-SHA256 and ChaCha20") == true)
        #expect(facts["permanent_lie_threshold"] != nil && facts["instantaneous_lie_threshold"] != nil)
    }

    @Test("A frequency oracle's explanation says what a report is, with its sizes and thresholds")
    func frequencyOracles() throws {
        let set = try RegistryCompiler.compile(
            try Fixtures.bytes("registries/valid/frequency-oracles.yaml"), file: "m.yaml", today: testDay,
            expiry: .refuse
        ).set
        func facts(_ name: String) throws -> [String: ExplainedFact] {
            self.facts(try #require(set.metric(named: name)))
        }
        #expect(try facts("subset_of_three")["subset_size"]?.value == .integer(3))
        // 3e² / (3e² + 2), 1/2, e / (e + 1) and 1/(e² + 1), to six places.
        #expect(try facts("subset_of_three")["truth_probability"]?.value == .decimal("0.917243"))
        #expect(try facts("symmetric")["set_bit_probability"]?.value == .decimal("0.731059"))
        #expect(try facts("optimized")["set_bit_probability"]?.value == .decimal("0.500000"))
        #expect(try facts("optimized")["clear_bit_probability"]?.value == .decimal("0.119203"))
        #expect(try facts("hadamard")["rows"]?.value == .integer(8))
        #expect(try facts("hashing_to_two")["hash_range"]?.value == .integer(2))
        #expect(try facts("hashing_to_two")["truth_probability"]?.value == .decimal("0.880797"))
        for metric in set.metrics {
            #expect(metric.mechanism is any ExplainedMechanism, "\(metric.name)")
        }
    }

    @Test("The probability of the truth is that of the exact likelihoods")
    func truth() throws {
        for metric in [try booleanMetric(), try categoryMetric(), try memoizedMetric()] {
            let mechanism = try #require(metric.mechanism as? any ExplainedResponse)
            let exact = try #require(metric.mechanism as? any ExactlyAuditable)
            #expect(abs(mechanism.truthProbability - likelihoodOfTruth(exact)) < 1e-12, "\(metric.name)")
        }
    }

    private func likelihoodOfTruth(_ mechanism: some ExactlyAuditable) -> Double {
        let words = mechanism.likelihood(of: mechanism.allReports[0], given: 0).words
        let numerator = words.enumerated().reduce(0) { $0 + Double($1.element) * pow(2, 64 * Double($1.offset)) }
        return numerator / pow(2, Double(mechanism.likelihoodBitCount))
    }

    @Test("RAPPOR's explanation holds filter, cohorts, both stages and the four claims")
    func rappor() throws {
        let metric = try rapporMetric(bits: 16)
        let facts = facts(metric)
        #expect(facts["bits"]?.value == .integer(16) && facts["hashes"]?.value == .integer(2))
        #expect(facts["cohorts"]?.value == .integer(4) && facts["cohorts"]?.sentence.contains("n/4") == true)
        #expect(facts["not_covered_cohort"]?.sentence.contains("never changes") == true)
        #expect(self.facts(try rapporMetric(cohorts: 1))["not_covered_cohort"] == nil)
        #expect(facts["permanent_flip_threshold"]?.value == .text("4611686018427387904"))
        #expect(facts["clear_bit_threshold"]?.value == .text("9223372036854775808"))
        #expect(facts["set_bit_threshold"]?.value == .text("13835058055282163712"))
        #expect(facts["set_bit_probability"]?.value == .decimal("0.687500"))
        #expect(facts["clear_bit_probability"]?.value == .decimal("0.562500"))
        #expect(facts["epsilon"]?.value == .decimal("1.075") && facts["epsilon_permanent"]?.value == .decimal("4.395"))
        #expect(facts["payload_bytes"]?.value == .integer(metric.mechanism.payloadByteCount))
        let sentences = MetricExplanation(metric).sections.flatMap(\.facts).map(\.sentence)
        #expect((1...4).allSatisfy { claim in sentences.contains { $0.hasPrefix("Claim \(claim), ") } })
    }

    @Test("The sketch's and the mean's explanations hold their integers, and the range")
    func sketchAndMean() throws {
        let sketch = facts(try sketchMetric())
        #expect(sketch["rows"]?.value == .integer(1024) && sketch["width"]?.value == .integer(256))
        #expect(sketch["width"]?.sentence.contains("hash collisions") == true && sketch["flip_threshold"] != nil)
        let mean = facts(try meanMetric(low: -10.5, high: 720))
        #expect(mean["range_low"]?.value == .decimal("-10.5") && mean["range_high"]?.value == .decimal("720"))
        // ⌈2⁶⁴ / (1 + e)⌉, computed apart in arbitrary precision.
        #expect(mean["lie_threshold"]?.value == .text("4961093570831980854"))
        #expect(mean["lowest_probability"]?.value == .decimal("0.268941"))
        #expect(mean["highest_probability"]?.value == .decimal("0.731059"))
        #expect(mean["type"]?.sentence.contains("counts as the nearer end") == true)
    }

    @Test(
        "What is no answer of a list is not called one of some answers, and \u{201C}no event\u{201D} has no label there"
    )
    func noAnswers() throws {
        for metric in [try rapporMetric(), try sketchMetric(), try meanMetric()] {
            for fact in MetricExplanation(metric).sections.flatMap(\.facts) {
                #expect(!fact.sentence.contains("answers by") && !fact.sentence.contains("(none)"), "\(fact.sentence)")
                #expect(!fact.sentence.contains("one of 0"), "\(fact.sentence)")
            }
        }
        let basic = facts(try basicRapporMetric())
        #expect(basic["mechanism"]?.sentence == "Each UTC day the device sends 3 noisy bits by basic_rappor, memoized.")
    }

    @Test("The file of candidates is named where there is one")
    func candidates() throws {
        let metric = try rapporMetric()
        let source = CandidateSource(path: "lists/airports.csv", column: "iata")
        let explanation = RegistryExplanation(
            try testMetricSet(metrics: [metric]), candidates: ["destination": source])
        let fact = explanation.metrics[0].sections.flatMap(\.facts).first { $0.name == "candidates" }
        #expect(fact?.sentence.contains("column 'iata' of lists/airports.csv") == true)
        #expect(facts(metric)["candidates"] == nil)
    }

    @Test("Beliefs and odds are rounded up, never down, and belief never above a hundred percent")
    func rounding() throws {
        for thousandths in [1, 2, 10, 500, 693, 1000, 1099, 2197, 5000, 10_000, 16_000] {
            let loss = PrivacyLoss(try Epsilon(thousandths: thousandths))
            let nats = Double(thousandths) / 1000
            let percent = try #require(Double(loss.posteriorPercent))
            let posterior = 100 / (1 + exp(-nats))
            #expect(percent <= 100 && percent + 1e-9 >= min(100, posterior) && percent - posterior < 0.1 + 1e-9)
            let odds = try #require(Double(loss.oddsFactor))
            #expect(odds + 1e-6 >= exp(nats) && odds <= exp(nats) * 1.0000001 + 1.01)
        }
    }

    @Test("Every mechanism of the catalog is explained")
    func catalog() {
        for type in MechanismCatalog.standard.randomizers { #expect(type is any ExplainedMechanism.Type) }
    }

    @Test("What a metric does without an event, and that presence is public, is said in words")
    func absence() throws {
        let none = facts(try booleanMetric(whenAbsent: .none))
        #expect(none["when_absent"]?.sentence.contains("'(none)'") == true)
        let skip = facts(try categoryMetric(whenAbsent: .skip))
        #expect(skip["when_absent"]?.sentence.contains("is public") == true && skip["not_covered_presence"] != nil)
        #expect(facts(try booleanMetric())["not_covered_presence"] == nil)
    }

    @Test("The sums over all metrics are those that the ceilings bound")
    func overview() throws {
        let set = try testMetricSet()
        let facts = Dictionary(
            uniqueKeysWithValues: RegistryExplanation(set).overview.facts.map { ($0.name, $0) })
        #expect(facts["epsilon_per_day"]?.value == .decimal(try MetricSet.daySum(of: set.metrics).description))
        #expect(
            facts["epsilon_lifetime"]?.value == .decimal(try MetricSet.lifetimeSum(of: set.metrics).description))
        #expect(facts["epsilon_lifetime"]?.sentence.contains("given the change pattern") == true)
    }
}
