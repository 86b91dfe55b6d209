/// With what probability an interval covers what it estimates: strictly between 0 and 1.
public struct ConfidenceLevel: Hashable, Sendable {
    /// 95 %.
    public static let standard = ConfidenceLevel(unchecked: 0.95)

    /// The probability.
    public let probability: Double

    /// A level; `nil` unless it lies strictly between 0 and 1.
    public init?(_ probability: Double) {
        guard probability > 0, probability < 1 else { return nil }
        self.probability = probability
    }

    private init(unchecked probability: Double) { self.probability = probability }

    /// The probability of a miss, on both sides together.
    var missProbability: Double { 1 - probability }
}
