internal import Foundation

/// Whether a count of successes can have come from a probability: the Chernoff bound in its Kullback–Leibler form.
///
/// For n independent trials of probability p, Pr[n·KL(p̂‖p) > t on one side] ≤ e^(−t), for every n. So a right test
/// fails with probability at most α where n·KL(p̂‖p) > ln(2/α) is called a failure.
public struct BinomialTest: Sendable {
    /// The probability with which the whole test may fail though nothing is wrong.
    public static let falseFailureRate = 1e-9

    /// What n·KL(p̂‖p) must not exceed.
    public let tolerance: Double

    /// A test of which `comparisons` are made; they share ``falseFailureRate``.
    public init(comparisons: Int = 1) {
        precondition(comparisons >= 1, "a test compares something")
        tolerance = log(2 * Double(comparisons) / Self.falseFailureRate)
    }

    /// n·KL(p̂‖p), infinite for what cannot happen.
    public static func divergence(successes: Int, of trials: Int, probability: Double) -> Double {
        precondition(trials > 0 && (0...trials).contains(successes), "successes are some of the trials")
        precondition((0...1).contains(probability), "a probability lies between 0 and 1")
        func term(_ count: Int, _ probability: Double) -> Double {
            guard count > 0 else { return 0 }
            guard probability > 0 else { return .infinity }
            return Double(count) * log(Double(count) / (Double(trials) * probability))
        }
        return term(successes, probability) + term(trials - successes, 1 - probability)
    }

    /// Whether the count is within the tolerance.
    public func accepts(successes: Int, of trials: Int, probability: Double) -> Bool {
        Self.divergence(successes: successes, of: trials, probability: probability) <= tolerance
    }

    /// The cell whose count lies furthest beyond the tolerance, in words; `nil` if all are within.
    public func worstBreach(counts: [Int], probabilities: [Double]) -> String? {
        precondition(counts.count == probabilities.count, "every cell has a count and a probability")
        let trials = counts.reduce(0, +)
        let divergences = zip(counts, probabilities).map {
            Self.divergence(successes: $0, of: trials, probability: $1)
        }
        guard let worst = divergences.indices.max(by: { divergences[$0] < divergences[$1] }),
            divergences[worst] > tolerance
        else { return nil }
        return "cell \(worst): \(counts[worst]) of \(trials) at probability \(probabilities[worst]), "
            + "n·KL \(divergences[worst]) above \(tolerance)"
    }
}
