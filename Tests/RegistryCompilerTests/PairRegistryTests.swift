import LocalPrivacy
import Mechanisms
import MetricDefinitions
import TestSupport
import Testing

@testable import RegistryCompiler

@Suite("Registries of pairs")
struct PairRegistryTests {
    private func set() throws -> MetricSet {
        try RegistryCompiler.metricSet(
            of: try Fixtures.bytes("registries/valid/pairs.yaml"), file: "pairs.yaml", today: testDay)
    }

    /// The fixture's first metric alone, with its halves and some lines replaced.
    private func registry(
        first: String =
            "{ name: carrier, type: category, values: [AA, UA], mechanism: randomized_response, epsilon: 1.0 }",
        second: String = "{ name: late, type: boolean, mechanism: randomized_response, epsilon: 0.5 }",
        more: [String] = ["epsilon_lifetime: 180", "when_absent: none"], type: String = "pair"
    ) -> [UInt8] {
        let lines =
            [
                "id: 1", "version: 1", "description: What is it?", "type: \(type)", "first: \(first)",
                "second: \(second)", "period: day", "release: { minimum_reports: 1 }", "owner: me",
                "expires: { never: it is a test }",
            ] + more
        let head = """
            registry: 1
            project: flights
            ceiling: { epsilon_per_day: 16, epsilon_lifetime: 1000 }
            metrics:
              route:

            """
        return Array((head + lines.map { "    \($0)\n" }.joined()).utf8)
    }

    private let memoized = ["max_reports: 365", "max_distinct_values: 3", "when_absent: last"]

    @Test("arrive as they were written, with the joint ε, and their candidates under both names")
    func arrival() throws {
        let set = try set()
        let route = try #require(set.metric(named: "route")), home = try #require(set.metric(named: "home"))
        let fresh = try #require(route.mechanism as? PairedResponse)
        #expect(fresh.first is RandomizedResponse && fresh.second is SymmetricUnaryEncoding)
        #expect(fresh.epsilon.thousandths == 1500 && route.periodCap == 120)
        #expect(route.whenAbsent == .value(.pair(.category("UA"), .boolean(false))))
        let kept = try #require(home.mechanism as? MemoizedPairedResponse)
        #expect(kept.first is Rappor && kept.second is MemoizedRandomizedResponse)
        #expect(kept.epsilon.thousandths == kept.first.epsilon.thousandths + 1000)
        #expect(kept.distinctResponseLimit == .max)
        let folder = try TemporaryFolder()
        try folder.write(
            String(decoding: try Fixtures.bytes("registries/valid/pairs.yaml"), as: UTF8.self), to: "pairs.yaml")
        let source = try RegistrySource.load(path: folder.path("pairs.yaml"), today: testDay)
        #expect(Set(source.candidates.keys) == ["home/airport"])
        #expect(source.candidates[CandidateSource.place(of: "airport", in: "home")]?.column == "iata")
    }

    @Test("are explained as two answers that are reported together, with both ε and their sum")
    func explanations() throws {
        let set = try set()
        for metric in set.metrics {
            let facts = Dictionary(
                MetricExplanation(metric).sections.flatMap(\.facts).map { ($0.name, $0) }
            ) { first, _ in first }
            let pair = try #require(metric.mechanism as? any PairRandomizer)
            #expect(facts["epsilon"]?.value == .decimal(pair.epsilon.description))
            #expect(facts["first_epsilon"]?.value == .decimal(pair.first.epsilon.description))
            #expect(facts["second_epsilon"]?.value == .decimal(pair.second.epsilon.description))
            #expect(facts["paired"]?.sentence.contains("ask how they go together") == true)
            #expect((facts["not_covered_cohort"] != nil) == metric.isMemoized)
        }
        let page = PrivacyPage(set).markdown
        #expect(page.contains("whoever reads the reports can ask how they go together"))
        #expect(set.metrics.allSatisfy { page.contains("ε \($0.mechanism.epsilon)") })
    }

    @Test("make code that takes both values and names their categories")
    func code() throws {
        let set = try set()
        let swift = try GeneratedCode.text(of: set, in: .swift)
        #expect(swift.contains("static func recordRoute(\n        _ first: Route_CarrierValue, _ second: Bool"))
        #expect(swift.contains("agent.record(.pair(.category(first.rawValue), .boolean(second)), for: \"route\")"))
        #expect(swift.contains(".pair(.text(first), .category(second.rawValue))"))
        let c = try GeneratedCode.text(of: set, in: .c)
        #expect(c.contains("#include <string.h>") && c.contains("FLIGHTS_ROUTE_CARRIER_AA = 0"))
        #expect(
            c.contains(
                "flights_record_route(dither_agent agent, flights_first_category_route first, int second)"))
        #expect(c.contains("first_name, strlen(first_name), second ? \"true\" : \"false\", second ? 4 : 5"))
        #expect(c.contains("const char *first, size_t first_length, flights_second_category_home second"))
    }

    @Test("have a type for the categories of each half, though both names are made of the same words")
    func codeOfLikeNames() throws {
        func half(_ name: String) -> String {
            "{ name: \(name), type: category, values: [x, y], mechanism: randomized_response, epsilon: 1.0 }"
        }
        let set = try RegistryCompiler.metricSet(
            of: registry(first: half("a_b"), second: half("a.b")), file: "r", today: testDay)
        let swift = try GeneratedCode.text(of: set, in: .swift)
        #expect(swift.contains("enum Route_ABValue: ") && swift.contains("enum Route_AB_SecondValue: "))
        #expect(swift.contains("_ first: Route_ABValue, _ second: Route_AB_SecondValue"))
    }

    @Test("are refused where the halves do not fit each other or the metric, at the key that is wrong")
    func refusals() throws {
        let coin = "type: boolean, mechanism: randomized_response, epsilon: 0.5"
        let kept = "\(coin), memoize: true, epsilon_permanent: 1.0"
        let text = "type: string, mechanism: rappor, bits: 8, hashes: 2, epsilon: 1.0, epsilon_permanent: 2.0"
        let cases: [([UInt8], [String])] = [
            (registry(), []),
            (registry(first: "{ name: a, \(kept) }", second: "{ name: b, \(kept) }", more: memoized), []),
            (
                registry(more: ["epsilon: 1.0", "epsilon_lifetime: 180", "when_absent: none"]),
                ["is a pair and has 'epsilon' of its own"]
            ),
            (registry(second: "{ name: late, \(kept) }"), ["'second' is memoized and the other is not"]),
            (
                registry(first: "{ name: late, type: number, mechanism: one_bit_mean, epsilon: 1.0 }"),
                ["'first' of metric 'route' is a number"]
            ),
            (
                registry(first: "{ name: late, type: pair, mechanism: x, epsilon: 1.0 }"),
                ["is a pair", "unknown mechanism"]
            ),
            (
                registry(first: "{ name: a, type: boolean, mechanism: auto, epsilon: 1.0 }"),
                ["has 'mechanism: auto'"]
            ),
            (registry(first: "{ name: late, \(coin) }"), ["have the name 'late'"]),
            (registry(first: "{ name: Late, \(coin) }"), ["'Late' is no name"]),
            (registry(first: "{ \(coin) }"), ["has no 'name'"]),
            (registry(first: "{ name: a, \(coin), period: day }"), ["has an unknown key 'period'"]),
            (registry(first: "{ name: a, \(coin), bits: 8 }"), ["which randomized_response does not take"]),
            (registry(first: "[1]"), ["is a list, not a mapping"]),
            (
                registry(
                    first: "{ name: a, \(text), cohorts: 4 }", second: "{ name: b, \(text), cohorts: 8 }",
                    more: memoized),
                ["'first' has 4 cohorts and 'second' has 8"]
            ),
            (
                registry(
                    first: "{ name: a, type: string, mechanism: rappor, bits: 7, hashes: 2, cohorts: 4, epsilon: 1.0, "
                        + "epsilon_permanent: 2.0 }", second: "{ name: b, \(kept) }", more: memoized),
                ["'first' of metric 'route': 'bits' is 7, and must be a power of two"]
            ),
            (
                registry(more: ["epsilon_lifetime: 1", "when_absent: none"]),
                ["is below its 'epsilon', so that no report fits"]
            ),
            (
                registry(
                    first: "{ name: a, type: boolean, mechanism: randomized_response, epsilon: 16 }"),
                ["ε is 16.500, and must be 0.001 to 16"]
            ),
            (registry(more: ["epsilon_lifetime: 180", "when_absent: { value: true }"]), ["is none of the metric's"]),
            (registry(more: ["epsilon_lifetime: 180", "when_absent: { value: [AA, maybe] }"]), ["is none of"]),
            (registry(more: ["epsilon_lifetime: 180", "when_absent: { value: [AA, true] }"]), []),
            (registry(more: ["epsilon_lifetime: 180", "when_absent: none", "combine: any"]), ["is for booleans"]),
            (
                registry(
                    more: [
                        "mechanism: randomized_response", "epsilon: 1.0", "epsilon_lifetime: 180", "when_absent: none",
                    ],
                    type: "boolean"),
                ["has 'first' and is no pair", "has 'second' and is no pair"]
            ),
        ]
        for (bytes, expected) in cases {
            let found = try findings(in: bytes)
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(found.count == expected.count, "\(found) in \(text)")
            for (finding, part) in zip(found, expected) { #expect(finding.message.contains(part), "\(finding)") }
        }
    }

    @Test("are told apart by the lock when a half changes, and not when its candidates do")
    func lock() throws {
        func hash(_ bytes: [UInt8]) throws -> [UInt8]? {
            try RegistryCompiler.metricSet(of: bytes, file: "m.yaml", today: testDay).metrics.first?.definitionHash
        }
        let same = try hash(registry())
        #expect(try hash(registry()) == same)
        #expect(
            try hash(registry(second: "{ name: late, type: boolean, mechanism: randomized_response, epsilon: 0.6 }"))
                != same)
        #expect(
            try hash(registry(second: "{ name: delayed, type: boolean, mechanism: randomized_response, epsilon: 0.5 }"))
                != same)
    }
}
