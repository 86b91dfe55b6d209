import Estimation
import Mechanisms
import MetricDefinitions
import TestSupport
import Testing

@testable import DecoderCommands

@Suite("Associations of a store's pairs")
struct PairAssociationTests {
    private func associated(
        _ metric: MetricDefinition, in store: StoreFixture, candidates: (CandidateList?, CandidateList?) = (nil, nil),
        name: String? = nil, keepsAll: Bool = false, days: (String?, String?) = (nil, nil)
    ) throws -> AssociationResult {
        let set = try testMetricSet(metrics: [metric])
        var progress = Progress("reading", isVisible: false)
        let request = PairAssociation.Request(
            metric: name ?? metric.name, days: try DayRange(days.0, days.1, options: ("--from", "--to")),
            confidence: .standard, selection: .init(keepsAll: keepsAll, includesOther: true))
        return try PairAssociation.result(
            of: request, from: set, candidates: candidates, storePath: store.path, progress: &progress)
    }

    private func repeated(_ first: MechanismInput, _ second: MechanismInput, _ count: Int) -> [MechanismInput] {
        [MechanismInput](repeating: .pair(first, second), count: count)
    }

    @Test("shares of pairs and of none are found, by the halves' names, and depend on each other")
    func fresh() throws {
        let metric = try pairMetric(firstThousandths: 4000, secondThousandths: 4000), store = try StoreFixture()
        try store.add(definition: metric)
        let held =
            repeated(.item(0), .item(1), 1200) + repeated(.item(1), .item(0), 1500)
            + [MechanismInput](repeating: .absent, count: 300)
        try store.add(try seededPayloads(of: metric, about: held, seed: 0xA550_0001), of: metric, day: testDay(1))
        let result = try associated(metric, in: store)
        #expect(result.variables.first.values == ["AA", "UA", "DL", "(none)"])
        #expect(result.variables.second.values == ["false", "true", "(none)"])
        #expect(result.variables.first.name == "carrier" && result.variables.second.name == "late")
        let truths = [0: [1: 0.4], 1: [0: 0.5], 3: [2: 0.1]]
        #expect(result.estimate.isConverged && result.estimate.independence.pValue < 1e-12)
        for first in 0..<4 {
            for second in 0..<3 {
                let truth = truths[first]?[second] ?? 0
                // Errors are a hundredth at most.
                let share = result.estimate[first, second]
                #expect(abs(share.frequency - truth) < 6 * max(share.standardError, 0.005), "\(first), \(second)")
            }
        }
        #expect(!result.notes.contains { $0.contains("several days") })
    }

    @Test("candidates of a text are kept as far as reports show them, cohort by cohort, and others are one value")
    func memoized() throws {
        let metric = try memoizedPairMetric(), store = try StoreFixture()
        try store.add(definition: metric)
        for (day, count, seed) in [(1, 3000, UInt64(0xA550_0002)), (2, 20, 0xA550_0003)] {
            let held =
                repeated(.text(Array("JFK".utf8)), .item(0), count)
                + repeated(.text(Array("LGA".utf8)), .item(2), count)
            try store.add(try seededPayloads(of: metric, about: held, seed: seed), of: metric, day: testDay(day))
        }
        let list = try candidates(["JFK", "LGA", "EWR", "BOS"])
        let result = try associated(metric, in: store, candidates: (list, nil))
        #expect(result.variables.first.hasOther && !result.variables.second.hasOther)
        #expect(result.variables.first.values.starts(with: ["JFK", "LGA"]))
        #expect(result.notes.contains { $0.contains("several days") })
        #expect(result.estimate.reportCount == 6040)
        #expect(result.estimate.independence.pValue < 0.01)
        let all = try associated(metric, in: store, candidates: (list, nil), keepsAll: true)
        #expect(all.variables.first.values == ["JFK", "LGA", "EWR", "BOS", "(none)"])
    }

    @Test("candidates of the same bits count as one, so that they are found and hide no others")
    func equalCandidates() throws {
        // Of 16 bits in one cohort, w1 and w45 set the same.
        let metric = try memoizedPairMetric(bits: 16, cohorts: 1), store = try StoreFixture()
        try store.add(definition: metric)
        let held = [("w1", 0), ("w45", 0), ("w2", 2)].flatMap { text, item in
            repeated(.text(Array(text.utf8)), .item(item), 2500)
        }
        try store.add(try seededPayloads(of: metric, about: held, seed: 0xA550_0004), of: metric, day: testDay(1))
        let list = try candidates(["w1", "w45", "w2", "w3"])
        let result = try associated(metric, in: store, candidates: (list, nil))
        #expect(result.variables.first.values.starts(with: ["w1 or w45", "w2"]))
        #expect(result.estimate.hasErrors && result.estimate.firstMarginal[0].interval.contains(2.0 / 3))
        #expect(result.notes.contains { $0.contains("cannot tell apart count as one value") })
        let all = try associated(metric, in: store, candidates: (list, nil), keepsAll: true)
        #expect(all.variables.first.values == ["w1 or w45", "w2", "w3", "(none)"] && all.estimate.hasErrors)
    }

    @Test("no pair, no such metric, missing and superfluous candidates, and too few reports are refused")
    func refusals() throws {
        let metric = try memoizedPairMetric(), store = try StoreFixture()
        try store.add(definition: metric)
        let list = try candidates(["JFK"])
        func status(_ run: () throws -> AssociationResult) throws -> DecoderCommands.ExitStatus {
            let error = try #require(throws: CommandError.self) { _ = try run() }
            return error.status
        }
        #expect(try status { try associated(metric, in: store) } == .usage)
        #expect(try status { try associated(metric, in: store, candidates: (list, list)) } == .usage)
        #expect(try status { try associated(metric, in: store, name: "nothing") } == .usage)
        #expect(try status { try associated(metric, in: store, candidates: (list, nil)) } == .insufficientData)
        let sketch = try sketchMetric()
        #expect(try status { try associated(sketch, in: store) } == .usage)
    }
}
