internal import Foundation

/// Chernoff's bound on how many of n independent events happen [Hoe63, theorem 1]: with p̄ the mean of their probabilities and
/// c the count, P(C ≥ c) ≤ e^(−n·KL(c/n ‖ p̄)) where c/n is above p̄, and the same for C ≤ c where it is below. It holds for every
/// n, and where the events have probabilities of their own. Of p̄ a bound is enough.
enum ChernoffBound {
    /// The logarithm of a bound on the probability of `count` or more of events whose probabilities are at most `probability`
    /// on average; 0 where that many are no surprise.
    static func logUpperTail(_ count: Int, of trials: Int, probability: Double) -> Double {
        guard probability < 1, Double(count) > Double(trials) * probability else { return 0 }
        return -divergence(count, of: trials, from: probability)
    }

    /// The same for `count` or fewer, of events whose probabilities are at least `probability` on average.
    static func logLowerTail(_ count: Int, of trials: Int, probability: Double) -> Double {
        logUpperTail(trials - count, of: trials, probability: 1 - probability)
    }

    /// n·KL(c/n ‖ p), infinite where p is 0.
    private static func divergence(_ count: Int, of trials: Int, from probability: Double) -> Double {
        guard probability > 0 else { return .infinity }
        let (total, happened) = (Double(trials), Double(count)), rest = total - happened
        let own = happened > 0 ? happened * log(happened / (total * probability)) : 0
        let other = rest > 0 ? rest * log(rest / (total * (1 - probability))) : 0
        return max(0, own + other)
    }
}
