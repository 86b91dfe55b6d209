import Estimation
import Foundation
import LocalPrivacy
import Mechanisms
import Testing

@testable import Planning

@Suite("A plan")
struct PlanTests {
    /// The closed forms of the specification, at e = exp(1): k-ary randomized response has n·Var of
    /// (e + d − 2)/(e − 1)² + f·(d − 2)/(e − 1).
    static func responseVariance(values: Double, share: Double, epsilon: Double) -> Double {
        let e = exp(epsilon)
        return (e + values - 2) / ((e - 1) * (e - 1)) + share * (values - 2) / (e - 1)
    }

    @Test("has the error of the closed form", arguments: [2, 10, 100])
    func closedForm(valueCount: Int) throws {
        let question = PlanQuestion(
            domain: .items(valueCount), mechanism: .named("randomized_response"))
        let plan = try Plan(question, deviceCount: 250_000, epsilon: try Epsilon(thousandths: 1500))
        let variance = Self.responseVariance(
            values: Double(valueCount), share: 1 / Double(valueCount), epsilon: 1.5)
        let expected = 1.959963984540054 * (variance / 250_000).squareRoot()
        #expect(abs(plan.error / expected - 1) < 1e-9)
    }

    @Test("finds the fewest devices, and the least ε, that attain an error")
    func inverses() throws {
        for mechanism in [PlanQuestion.Mechanism.auto, .named("randomized_response")] {
            let question = PlanQuestion(domain: .items(12), mechanism: mechanism)
            let epsilon = try Epsilon(thousandths: 900)
            let devices = try Plan(question, epsilon: epsilon, error: 0.01)
            #expect(devices.error <= 0.01)
            #expect(try Plan(question, deviceCount: devices.deviceCount - 1, epsilon: epsilon).error > 0.01)
            let least = try Plan(question, deviceCount: devices.deviceCount, error: 0.01)
            #expect(least.error <= 0.01)
            let below = try Epsilon(thousandths: least.epsilon.thousandths - 1)
            #expect(try Plan(question, deviceCount: devices.deviceCount, epsilon: below).error > 0.01)
        }
    }

    @Test("finds the devices of a sketch, whose collisions no number of devices lowers")
    func collisions() throws {
        let question = PlanQuestion(domain: .text)
        let epsilon = try Epsilon(thousandths: 2000)
        let plan = try Plan(question, epsilon: epsilon, error: 0.01)
        #expect(plan.error <= 0.01)
        #expect(throws: PlanError.unattainable) { try Plan(question, epsilon: epsilon, error: 1e-7) }
    }

    @Test("of a total error sums the values' mean errors, and of a population adds the drawing of its devices")
    func totalError() throws {
        let variance = Self.responseVariance(values: 10, share: 0.1, epsilon: 1) + 0.09
        let expected = 100 * variance * (2 / Double.pi) / (0.01 * 0.01)
        let question = PlanQuestion(
            domain: .items(10), measure: .total, scope: .population, mechanism: .named("randomized_response"))
        let plan = try Plan(question, epsilon: try Epsilon(thousandths: 1000), error: 0.01)
        #expect(abs(Double(plan.deviceCount) / expected - 1) < 1e-6)
    }

    @Test("detects its smallest share with the probability of its confidence")
    func detectableShare() throws {
        let question = PlanQuestion(domain: .items(2), confidence: try #require(ConfidenceLevel(0.5)))
        let plan = try Plan(question, deviceCount: 100_000, epsilon: try Epsilon(thousandths: 1000))
        // At one half the share is the threshold itself: z(1 − 0.05/2)·√(e/(e − 1)²/n).
        let e = exp(1.0)
        let threshold = 1.959963984540054 * (e / ((e - 1) * (e - 1)) / 100_000).squareRoot()
        #expect(abs(try #require(plan.smallestShare) / threshold - 1) < 1e-6)
        let few = try Plan(question, deviceCount: 2, epsilon: try Epsilon(thousandths: 100))
        #expect(few.smallestShare == nil)
    }

    @Test("says where reports are too few for the normal distribution that it is made with")
    func belowNormal() throws {
        // q* is e^(-4)/(1 + e^(-4)) = 0.018, so that 100 = n·q*(1 − q*) from 5,662 devices on.
        let question = PlanQuestion(domain: .items(2), mechanism: .named("randomized_response"))
        let epsilon = try Epsilon(thousandths: 4000)
        #expect(try Plan(question, deviceCount: 5_600, epsilon: epsilon).isBelowNormal)
        #expect(try !Plan(question, deviceCount: 5_700, epsilon: epsilon).isBelowNormal)
    }

    @Test("prices the missing trust by the devices of a curator with the same error")
    func price() throws {
        // Of two values one count is enough, of more a device that changes its value changes two.
        for (valueCount, a) in [(2, exp(-1)), (3, exp(-0.5))] {
            let question = PlanQuestion(domain: .items(valueCount))
            let plan = try Plan(question, deviceCount: 100_000, epsilon: try Epsilon(thousandths: 1000))
            let deviation = (2 * a).squareRoot() / (1 - a) / plan.curatorDeviceCount
            #expect(abs(1.959963984540054 * deviation / plan.error - 1) < 1e-9)
            #expect(plan.price > 100)
        }
    }

    @Test("of a mean is in units of its range, at the place where the noise is largest")
    func mean() throws {
        let question = PlanQuestion(domain: .range, mechanism: .named("one_bit_mean"))
        let plan = try Plan(question, deviceCount: 10_000, epsilon: try Epsilon(thousandths: 1000))
        let e = exp(1.0), c = (e + 1) / (e - 1)
        #expect(abs(plan.error / (1.959963984540054 * c / 2 / 100) - 1) < 1e-9)
        #expect(plan.smallestShare == nil)
    }

    @Test("names what it cannot do")
    func refusals() throws {
        let epsilon = try Epsilon(thousandths: 1000)
        func error(_ name: String, _ domain: InputDomain) -> PlanError? {
            do {
                _ = try Plan(
                    PlanQuestion(domain: domain, mechanism: .named(name)), deviceCount: 10, epsilon: epsilon)
                return nil
            } catch { return error }
        }
        #expect(error("no_such_mechanism", .items(3)) == .unknownMechanism("no_such_mechanism"))
        #expect(error("rappor", .text) == .notPlanned("rappor"))
        #expect(error("one_bit_mean", .items(3)) == .notPlanned("one_bit_mean"))
        #expect(throws: PlanError.unattainable) {
            try Plan(PlanQuestion(domain: .items(3)), deviceCount: 3, error: 1e-6)
        }
    }
}
