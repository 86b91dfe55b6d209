internal import LocalPrivacy

/// The largest ratio of two likelihoods of one observation, in exact integers.
struct WorstRatio: Sendable {
    private(set) var likely = WideUnsigned(1)
    private(set) var unlikely = WideUnsigned(1)
    /// Which observation has it.
    private(set) var place = 0

    /// Takes in the likelihoods of one observation.
    mutating func include(_ likelihoods: [WideUnsigned], at place: Int) {
        guard let least = likelihoods.min(), let greatest = likelihoods.max() else { return }
        // Cross products, so that a ratio to zero is above every other.
        if greatest * unlikely > likely * least { (likely, unlikely, self.place) = (greatest, least, place) }
    }

    /// Takes in what others had.
    mutating func include(_ other: WorstRatio) {
        if other.likely * unlikely > likely * other.unlikely { self = other }
    }

    /// Its logarithm, rounded up; `nil` if that is infinite or above 32 nats.
    var loss: PrivacyLoss? { try? PrivacyLoss(of: likely, over: unlikely) }
}

extension PrivacyLoss? {
    /// The loss in nats, or that there is no bound.
    var words: String { map { "\($0)" } ?? "above 32, or infinite" }

    /// Whether this loss is at most a bound.
    func isWithin(_ bound: PrivacyLoss) -> Bool { map { $0 <= bound } ?? false }

    /// Whether this loss is a stated one, up to the last digit of each.
    func agrees(with stated: PrivacyLoss) -> Bool { map { abs($0.nanonats - stated.nanonats) <= 2 } ?? false }
}
