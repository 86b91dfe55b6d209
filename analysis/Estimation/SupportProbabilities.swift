/// The probabilities with which a report supports a value: p* and q* of [WBLJ17] §3.
public struct SupportProbabilities: Hashable, Sendable {
    /// p*: if the value is the device's own.
    public let truthful: Double

    /// q*: if it is not.
    public let spurious: Double

    /// p* − q*, which is positive. Kept beside them because a difference of near-equal numbers has few right digits.
    public let gap: Double

    /// Probabilities whose difference is `gap`.
    public init(truthful: Double, spurious: Double, gap: Double) {
        precondition(gap > 0, "a report supports the device's own value more often than another")
        (self.truthful, self.spurious, self.gap) = (truthful, spurious, gap)
    }

    /// The variance of one report's support of the device's own value.
    var truthfulVariance: Double { truthful * (1 - truthful) }

    /// The variance of one report's support of another value.
    var spuriousVariance: Double { spurious * (1 - spurious) }
}
