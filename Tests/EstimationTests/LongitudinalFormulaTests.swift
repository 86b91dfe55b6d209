import Estimation
import Foundation
import LocalPrivacy
import Mechanisms
import TestSupport
import Testing

/// The papers' formulas in floating point, with the second stage by bisection, against what follows from the integers.
@Suite("Published formulas of two memoized rounds")
struct LongitudinalFormulaTests {
    private static let epsilons = [(0.5, 1.0), (1, 2), (0.8, 4), (2, 4), (3.5, 4), (1, 8)]

    /// p₁, q₁, p₂, q₂ of two rounds.
    private struct Rounds {
        var first: (p: Double, q: Double), second: (p: Double, q: Double)

        var truthful: Double { first.p * second.p + (1 - first.p) * second.q }
        var spurious: Double { first.q * second.p + (1 - first.q) * second.q }

        /// ε₁ of unary encodings.
        var unaryLoss: Double { log(truthful * (1 - spurious) / (spurious * (1 - truthful))) }

        /// n·Var at f = 0.
        var variance: Double {
            spurious * (1 - spurious) / pow((first.p - first.q) * (second.p - second.q), 2)
        }
    }

    /// The rounds whose loss is ε₁, by bisection on p₂ between `least` and 1.
    private func rounds(from least: Double, _ make: (Double) -> Rounds, loss: (Rounds) -> Double, _ epsilon: Double)
        -> Rounds
    {
        var (low, high) = (least, 1.0)
        for _ in 0..<100 {
            let middle = (low + high) / 2
            if loss(make(middle)) > epsilon { high = middle } else { low = middle }
        }
        return make(low)
    }

    /// L-GRR over k categories; a report is compared as [ACAX22] does.
    private func categories(_ k: Int, _ permanent: Double, _ epsilon: Double) -> Rounds {
        let others = Double(k - 1), p1 = exp(permanent) / (exp(permanent) + others)
        let make = { (p2: Double) in
            Rounds(first: (p1, (1 - p1) / others), second: (p2, (1 - p2) / others))
        }
        return rounds(
            from: 1 / Double(k), make,
            loss: { rounds in
                let ((p1, q1), (p2, q2)) = (rounds.first, rounds.second)
                return log((p1 * p2 + others * q1 * q2) / (q1 * p2 + p1 * q2 + (others - 1) * q1 * q2))
            }, epsilon)
    }

    private func declared(_ values: Int, _ epsilon: Double, _ permanent: Double) throws -> MechanismDeclaration {
        MechanismDeclaration(
            epsilon: try Epsilon(thousandths: Int((epsilon * 1000).rounded())),
            permanentEpsilon: try Epsilon(thousandths: Int((permanent * 1000).rounded())), domain: .items(values),
            reportsAbsence: false)
    }

    private func variance(_ support: SupportProbabilities) -> Double {
        support.spurious * (1 - support.spurious) / (support.gap * support.gap)
    }

    private func nats(_ loss: PrivacyLoss) -> Double { Double(loss.nanonats) * 1e-9 }

    @Test("L-OSUE: p₁ = 1/2, q₁ = 1/(e^ε∞ + 1), and a symmetric second round with ε₁", arguments: epsilons)
    func optimizedSymmetricUnary(epsilon: Double, permanent: Double) throws {
        let q1 = 1 / (exp(permanent) + 1)
        let published = rounds(
            from: 0.5, { Rounds(first: (0.5, q1), second: ($0, 1 - $0)) }, loss: \.unaryLoss, epsilon)
        let ours = try OptimizedSymmetricUnaryEncoding(
            configuration: .init(declared: try declared(16, epsilon, permanent)))
        #expect(abs(ours.support.truthful / published.truthful - 1) < 1e-4)
        #expect(abs(ours.support.spurious / published.spurious - 1) < 1e-4)
        #expect(abs(variance(ours.support) / published.variance - 1) < 2e-4)
        #expect(abs(nats(ours.loss) - epsilon) < 4e-5 && abs(nats(ours.permanentLoss) - permanent) < 4e-5)
    }

    @Test("L-SUE: ε∞ = 2·ln(p₁/q₁), and a symmetric second round with ε₁", arguments: epsilons)
    func symmetricUnary(epsilon: Double, permanent: Double) throws {
        let p1 = exp(permanent / 2) / (exp(permanent / 2) + 1)
        let published = rounds(
            from: 0.5, { Rounds(first: (p1, 1 - p1), second: ($0, 1 - $0)) }, loss: \.unaryLoss, epsilon)
        let ours = try BasicRappor(configuration: .init(declared: try declared(16, epsilon, permanent)))
        let probabilities = [true, false].map { isSet in
            ours.response.rule.reportLikelihood(whereSet: isSet).words.reversed()
                .reduce(0) { $0 * 0x1p64 + Double($1) } * 0x1p-128
        }
        #expect(abs(probabilities[0] / published.truthful - 1) < 1e-4)
        #expect(abs(probabilities[1] / published.spurious - 1) < 1e-4)
        #expect(abs(nats(ours.loss) - epsilon) < 4e-5 && abs(nats(ours.permanentLoss) - permanent) < 4e-5)
        // Never better than with the first round's noise on set bits optimized, by more than the coarse thresholds.
        let optimized = try OptimizedSymmetricUnaryEncoding(
            configuration: .init(declared: try declared(16, epsilon, permanent)))
        #expect(variance(optimized.support) <= published.variance * 1.0002)
    }

    @Test("L-GRR: p₁ = e^ε∞/(e^ε∞ + k − 1), and a second round with ε₁", arguments: epsilons)
    func categories(epsilon: Double, permanent: Double) throws {
        for k in [2, 3, 16, 100] {
            let published = categories(k, permanent, epsilon)
            let ours = try MemoizedRandomizedResponse(
                configuration: .init(declared: try declared(k, epsilon, permanent)))
            let ((p1, q1), (p2, q2)) = (published.first, published.second)
            let truthful = p1 * p2 + Double(k - 1) * q1 * q2
            let spurious = q1 * p2 + p1 * q2 + Double(k - 2) * q1 * q2
            #expect(abs(ours.support.truthful / truthful - 1) < 1e-9, "\(k)")
            #expect(abs(ours.support.spurious / spurious - 1) < 1e-9, "\(k)")
            #expect(abs(nats(ours.loss) - epsilon) < 1e-8 && abs(nats(ours.permanentLoss) - permanent) < 1e-8, "\(k)")
        }
    }

    @Test("LOLOHA: L-GRR over g hash values, with 1/g in the place of q₁", arguments: epsilons)
    func hashed(epsilon: Double, permanent: Double) throws {
        var best = Double.infinity, chosen = try declared(1000, epsilon, permanent)
        for g in 2...128 {
            var published = categories(g, permanent, epsilon)
            published.first.q = 1 / Double(g)
            best = min(best, published.variance)
            guard [2, 8, 64].contains(g) else { continue }
            chosen.parameters = ["hash_range": DeclaredNumber(Int32(g))]
            let ours = try Loloha(configuration: .init(declared: chosen))
            #expect(abs(variance(ours.support) / published.variance - 1) < 1e-6, "\(g)")
            #expect(abs(nats(ours.loss) - epsilon) < 1e-8 && abs(nats(ours.permanentLoss) - permanent) < 1e-8, "\(g)")
        }
        chosen.parameters = [:]
        let ours = try Loloha(configuration: .init(declared: chosen))
        // What it costs that g is a power of two.
        #expect(variance(ours.support) <= 1.072 * best, "\(ours.configuration.hashRange)")
    }

    @Test("RAPPOR: ε∞ = 2h·ln((1 − f/2)/(f/2)) and ε₁ = h·ln(p*(1 − q*)/(q*(1 − p*))), with h = 1")
    func rappor() throws {
        for (f, p, q) in [(0.5, 0.5, 0.75), (0.25, 0.1, 0.6), (0.75, 0.25, 0.5)] {
            let published = Rounds(first: (1 - f / 2, f / 2), second: (q, p))
            let parameters = ["f": f, "p": p, "q": q].mapValues { DeclaredNumber(billionths: Int64($0 * 1e9)) }
            let ours = try BasicRappor(
                configuration: .init(
                    declared: MechanismDeclaration(domain: .items(4), reportsAbsence: true, parameters: parameters)))
            #expect(abs(nats(ours.loss) - published.unaryLoss) < 1e-5)
            #expect(abs(nats(ours.permanentLoss) - 2 * log((1 - f / 2) / (f / 2))) < 1e-5)
        }
    }
}
