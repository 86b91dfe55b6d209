import FleetSimulator
import Mechanisms
import MetricDefinitions
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@Suite("A fleet in one process")
struct LocalFleetTests {
    @Test("one seed gives one simulation, another seed another, and no seed none that was before")
    func seeds() throws {
        let definition = try categoryMetric()
        let population = Population(groups: [.init(input: .item(1), deviceCount: 200)])
        let first = try payloads(definition, population, periods: 1, seed: 7)
        #expect(try payloads(definition, population, periods: 1, seed: 7) == first)
        #expect(try payloads(definition, population, periods: 1, seed: 8) != first)
        #expect(
            try payloads(definition, population, periods: 1, seed: nil)
                != payloads(definition, population, periods: 1, seed: nil))
    }

    @Test("every device makes one report a period, of the agent's payload length, in order")
    func reports() throws {
        let definition = try categoryMetric()
        let population = Population(groups: [
            .init(input: .item(0), deviceCount: 3), .init(input: nil, deviceCount: 2),
        ])
        let all = try payloads(definition, population, periods: 4, seed: 1)
        #expect(all.map(\.period) == (0..<5).flatMap { _ in 0..<4 })
        for report in all { try definition.mechanism.validate(payload: report.payload) }
    }

    @Test("devices without an event report it as the metric says, and not at all where absence is public")
    func absence() throws {
        let idle = Population(groups: [.init(input: nil, deviceCount: 5)])
        #expect(try payloads(try booleanMetric(whenAbsent: .skip), idle, periods: 2, seed: 1).isEmpty)
        // At ε 16 a report lies with probability 1.1e-7: a lie among these is the test's only false alarm.
        let sure = try booleanMetric(epsilonThousandths: 16_000, whenAbsent: .value(.boolean(true)))
        #expect(try payloads(sure, idle, periods: 1, seed: 1).map(\.payload) == .init(repeating: [1], count: 5))
    }

    @Test("a memoized device keeps one permanent response over its periods, and devices have their own")
    func memoization() throws {
        // Permanent noise alone: the fresh stage nearly never lies, so that a device's reports repeat its response.
        let definition = try memoizedMetric(epsilonThousandths: 1999, permanentEpsilonThousandths: 2000)
        let mechanism = try #require(definition.mechanism as? MemoizedRandomizedResponse)
        let lie = Double(mechanism.stages.instantaneous.lieThreshold) * 0x1p-64
        let population = Population(groups: [.init(input: .item(0), deviceCount: 300)])
        let all = try payloads(definition, population, periods: 3, seed: 2)
        var agreements = 0
        for device in 0..<300 {
            let reports = all[(3 * device)..<(3 * device + 3)].map(\.payload)
            if Set(reports).count == 1 { agreements += 1 }
        }
        // P[all three fresh stages are honest] ≥ 1 − 3·lie; each device that disagrees needs a lie.
        let test = BinomialTest(comparisons: 1)
        #expect(lie < 0.01)
        #expect(
            test.worstBreach(counts: [300 - agreements, agreements], probabilities: [3 * lie, 1 - 3 * lie]) == nil)
        #expect(Set(all.map(\.payload)).count > 1, "all devices drew the same permanent response")
    }

    private struct Report: Equatable { var payload: [UInt8], period: Int }

    private func payloads(
        _ definition: MetricDefinition, _ population: Population, periods: Int, seed: UInt64?
    ) throws -> [Report] {
        var noise = try SimulationNoise(seed: seed), all: [Report] = []
        try LocalFleet(definition: definition, periodCount: periods).run(
            population, using: &noise,
            receive: { (payload, period) throws(Never) in all.append(Report(payload: payload, period: period)) },
            progress: { _ in })
        return all
    }
}

@Suite("A population")
struct PopulationTests {
    private let population = Population(groups: [
        .init(input: .item(0), deviceCount: 3), .init(input: nil, deviceCount: 0),
        .init(input: .item(2), deviceCount: 7),
    ])

    @Test("looks up each device's value by its place, and none beyond the last")
    func lookup() {
        let holds = population.lookup()
        #expect((0..<3).map(holds) == [.item(0), .item(0), .item(0)])
        #expect((3..<10).allSatisfy { holds($0) == .item(2) })
        #expect(holds(10) == nil && Population(groups: []).lookup()(0) == nil)
    }

    @Test("draws with replacement in proportion to its groups, never from an empty one")
    func drawing() {
        var noise = SeededNoise(seed: 0xD4A3)
        let drawn = population.drawing(100_000, using: &noise)
        #expect(drawn.deviceCount == 100_000 && drawn.groups[1].deviceCount == 0)
        let counts = [drawn.groups[0].deviceCount, drawn.groups[2].deviceCount]
        #expect(BinomialTest(comparisons: 2).worstBreach(counts: counts, probabilities: [0.3, 0.7]) == nil)
        #expect(Population(groups: []).drawing(5, using: &noise).deviceCount == 0)
    }
}

@Suite("The noise of a simulation")
struct SimulationNoiseTests {
    @Test("does not repeat itself over the ends of its blocks")
    func blocks() throws {
        var noise = try SimulationNoise(seed: 1)
        var seen: Set<UInt64> = []
        for _ in 0..<50_000 { seen.insert(noise.next()) }
        // Two of 50,000 uniform words are equal with probability 7e-11.
        #expect(seen.count == 50_000)
    }
}
