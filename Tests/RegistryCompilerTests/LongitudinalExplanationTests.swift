import LocalPrivacy
import Mechanisms
import MetricDefinitions
import TestSupport
import Testing

@testable import RegistryCompiler

@Suite("Explanations of memoized mechanisms")
struct LongitudinalExplanationTests {
    private func facts(_ metric: MetricDefinition) -> [String: ExplainedFact] {
        Dictionary(
            MetricExplanation(metric).sections.flatMap(\.facts).map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in first })
    }

    @Test("make four claims and no other, about that which has a kept answer")
    func claims() throws {
        let unary = try longitudinalMetric(OptimizedSymmetricUnaryEncoding.self, domain: .boolean)
        for (metric, unit, sum) in [
            (unary, "value", "6.000"), (try hashedMetric(), "hash value", "4.000"),
            (try memoizedMeanMetric(), "rounded number", "4.000"),
        ] {
            let facts = facts(metric), sentences = facts.values.map(\.sentence)
            for claim in 1...4 {
                #expect(sentences.count { $0.hasPrefix("Claim \(claim), ") } == 1, "\(claim), \(unit)")
            }
            #expect(!sentences.contains { $0.contains("Claim 5") })
            let third = try #require(facts["epsilon_lifetime"]).sentence
            #expect(third.contains("the same reports repeat a \(unit), of up to"), "\(third)")
            #expect(facts["epsilon_lifetime"]?.value == .decimal(sum), "\(unit)")
            #expect(facts["memoized"]?.sentence.contains("one answer per \(unit) that is kept") == true)
            let memoized = try #require(metric.mechanism as? any LongitudinalRandomizer)
            #expect(facts["epsilon_per_differing_report"]?.value == .decimal(memoized.instantaneousLoss.description))
        }
    }

    @Test("of LOLOHA say that the hash function is public, and how many answers are kept")
    func hashed() throws {
        let facts = facts(try hashedMetric())
        #expect(facts["hash_range"]?.value == .integer(2) && facts["hash_functions"]?.value == .integer(64))
        #expect(facts["not_covered_cohort"]?.sentence.contains("hash function openly, and it never changes") == true)
        #expect(facts["max_distinct_values"]?.sentence.contains("keeps at most 2 answers, one per hash value") == true)
        let capped = self.facts(try hashedMetric(maximumDistinctValues: 1))["max_distinct_values"]
        #expect(capped?.sentence.hasPrefix("After 1 distinct hash value, '(none)' counted as one, the device") == true)
    }

    @Test("of a mean name its segments and the number of a day without an event, and no event that has no number")
    func mean() throws {
        let facts = facts(try memoizedMeanMetric(segments: 4, maximumDistinctValues: 2))
        #expect(facts["segments"]?.value == .integer(4) && facts["when_absent"]?.value == .text("value: 0"))
        #expect(
            facts["max_distinct_values"]?.sentence.hasPrefix("After 2 distinct rounded numbers, the device repeats")
                == true)
        #expect(facts["not_covered_cohort"] == nil && facts["mechanism"]?.sentence.contains("one noisy bit") == true)
        #expect(!facts.values.contains { $0.sentence.contains("no event'") || $0.sentence.contains("(none)") })
    }

    @Test("of the unary encoding tell a set bit from the others")
    func unary() throws {
        let metric = try longitudinalMetric(OptimizedSymmetricUnaryEncoding.self, domain: .boolean)
        let facts = facts(metric), flip = try #require(facts["permanent_flip_threshold"]).sentence
        #expect(facts["bits"]?.value == .integer(3))
        #expect(flip.contains("the set bit is kept with probability 0.500000"), "\(flip)")
        #expect(facts["set_bit_probability"]?.value == .decimal("0.500000"))
    }
}
