internal import Estimation
internal import Foundation

/// What counts of an event among reports about two inputs show of the loss: with at least the given confidence it is not
/// below this.
///
/// Clopper's and Pearson's bounds [CP34] of both probabilities, each missed with half the error rate; the logarithm of
/// their ratio.
public struct LossBound: Hashable, Sendable {
    /// The lower bound in nats, not below 0.
    public let nats: Double
    /// The event's share of the reports about the second input.
    public let rarerShare: Double

    /// The bound from `firstCount` of the reports about one input and `secondCount` of as many about the other.
    init(firstCount: Int, secondCount: Int, trialCount: Int, errorRate: Double) {
        // Each interval misses on the side that counts with half of what it may miss.
        let own = ProportionEstimate.exactInterval(
            successCount: firstCount, trialCount: trialCount, missProbability: errorRate)
        let other = ProportionEstimate.exactInterval(
            successCount: secondCount, trialCount: trialCount, missProbability: errorRate)
        nats = own.lowerBound > 0 ? max(0, log(own.lowerBound / other.upperBound)) : 0
        rarerShare = Double(secondCount) / Double(trialCount)
    }

    /// The bound with three decimals, rounded down.
    var words: String { String(format: "%.3f", (nats * 1000).rounded(.down) / 1000) }
}
