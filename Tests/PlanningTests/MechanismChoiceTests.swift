import Foundation
import LocalPrivacy
import Mechanisms
import MetricDefinitions
import Testing

@testable import Planning

@Suite("The choice among mechanisms")
struct MechanismChoiceTests {
    static let domains = [2, 3, 16, 100, 1024]
    static let epsilons = [100, 500, 1000, 2000, 4000, 8000]

    @Test("is never more than 3 % above the least variance of the catalog that fits the budget", arguments: domains)
    func nearTheBest(valueCount: Int) throws {
        for thousandths in Self.epsilons {
            for budget in [1, 2, 3, 10, 128, 16_384] {
                let task = PlanningTask(
                    epsilon: try Epsilon(thousandths: thousandths), domain: .items(valueCount), deviceCount: 100_000,
                    byteBudget: budget)
                let fitting = MechanismChoice.prospects(for: task, catalog: .standard)
                    .filter { $0.byteCount <= budget }
                let least = fitting.map(\.scaledVariance).min()
                guard let least else { continue }
                let choice = try MechanismChoice(for: task)
                #expect(choice.chosen.scaledVariance <= 1.03 * least, "\(valueCount), \(thousandths), \(budget)")
                #expect(choice.chosen.byteCount <= budget)
                #expect(choice.leastScaledVariance == least)
                #expect(choice.runnerUp?.identifier != choice.chosen.identifier)
            }
        }
    }

    @Test("refuses a budget that no report fits, by the bytes of the shortest, and values that no mechanism takes")
    func refusals() throws {
        let epsilon = try Epsilon(thousandths: 1000)
        let narrow = PlanningTask(epsilon: epsilon, domain: .items(70_000), deviceCount: 1000, byteBudget: 1)
        let error = #expect(throws: MechanismChoiceError.self) { try MechanismChoice(for: narrow) }
        guard case .budgetTooSmall(let smallest)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect((2...3).contains(smallest))
        let huge = PlanningTask(epsilon: epsilon, domain: .items(1 << 25), deviceCount: 1000)
        #expect(throws: MechanismChoiceError.noMechanism) { try MechanismChoice(for: huge) }
    }

    @Test("takes memoized mechanisms where there is a permanent ε, and only those")
    func memoized() throws {
        let task = PlanningTask(
            epsilon: try Epsilon(thousandths: 1000), permanentEpsilon: try Epsilon(thousandths: 2000),
            domain: .items(8), reportsAbsence: true, deviceCount: 1000)
        let prospects = MechanismChoice.prospects(for: task, catalog: .standard)
        #expect(prospects.count >= 2)
        #expect(prospects.allSatisfy { $0.mechanism is any LongitudinalRandomizer })
    }

    @Test("of a coin is randomized response, and its reason names what it was chosen over")
    func coin() throws {
        let task = PlanningTask(
            epsilon: try Epsilon(thousandths: 1000), domain: .items(2), deviceCount: 1000)
        let choice = try MechanismChoice(for: task)
        #expect(choice.chosen.identifier == "randomized_response")
        // e / (e − 1)² at one half, where both answers have the same variance.
        #expect(abs(choice.chosen.scaledVariance - 0.920673594) < 1e-8)
        #expect(choice.reason.hasPrefix("randomized_response: n·variance 0.9207, 1 byte a report, of "))
    }
}

@Suite("The catalog")
struct CatalogPrecisionTests {
    /// n·variance of subset selection of the best size at frequency 1/d, from the closed form of [YB18].
    private func optimum(valueCount: Int, epsilon: Double) -> Double {
        let d = Double(valueCount), e = exp(epsilon)
        return (1..<valueCount).lazy.map { size in
            let w = Double(size)
            let p = w * e / (w * e + d - w)
            let q = (p * (w - 1) + (1 - p) * w) / (d - 1)
            return (p * (1 - p) / d + q * (1 - q) * (1 - 1 / d)) / ((p - q) * (p - q))
        }.min() ?? .infinity
    }

    @Test(
        "has, beside subset selection, an oracle of short reports within 1 % of the optimum for a thousand values and more",
        arguments: [1024, 4096], [1000, 2000])
    func nearTheOptimum(valueCount: Int, thousandths: Int) throws {
        let task = PlanningTask(
            epsilon: try Epsilon(thousandths: thousandths), domain: .items(valueCount), deviceCount: 1_000_000,
            byteBudget: 2)
        let choice = try MechanismChoice(for: task)
        let least = optimum(valueCount: valueCount, epsilon: Double(thousandths) / 1000)
        #expect(choice.chosen.identifier == "projective_geometry_response")
        #expect(choice.chosen.scaledVariance <= 1.01 * least && choice.chosen.scaledVariance >= 0.9999 * least)
    }

    @Test("reaches the optimum itself by subset selection", arguments: [16, 1024], [500, 1000, 2000, 4000])
    func subsetSelection(valueCount: Int, thousandths: Int) throws {
        let task = PlanningTask(
            epsilon: try Epsilon(thousandths: thousandths), domain: .items(valueCount), deviceCount: 1000)
        let prospect = try #require(MechanismProspect(SubsetSelection.self, parameters: [:], task: task))
        let least = optimum(valueCount: valueCount, epsilon: Double(thousandths) / 1000)
        #expect(abs(prospect.scaledVariance / least - 1) < 1e-6)
    }
}
