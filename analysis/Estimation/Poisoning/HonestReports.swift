/// What is known of the honest reports of one period, whatever the devices hold: what ``ReportScreen`` holds reports against.
///
/// A single report of any content is as honest as another. What tells is how many there are of a kind, where the mechanism fixes
/// that by itself.
public struct HonestReports: Sendable {
    /// How many bits are set.
    public var weights: WeightLaws?
    /// How often each payload is sent.
    public var payloads: PayloadBounds?

    /// What is known; by default nothing.
    public init(weights: WeightLaws? = nil, payloads: PayloadBounds? = nil) {
        (self.weights, self.payloads) = (weights, payloads)
    }
}

/// How far one false report can move an estimate: it adds to a count, or takes from it, at most this much.
public struct ReportInfluence: Hashable, Sendable {
    /// The most that one adds.
    public let raise: Double
    /// The most that one takes away, not negative.
    public let lower: Double
    /// Whether no report moves the estimate further, whatever the others are. Otherwise the estimate is not linear in the counts,
    /// and this is by how much one moves it where it is about linear.
    public let isExact: Bool

    /// An influence of these counts.
    public init(raise: Double, lower: Double, isExact: Bool = true) {
        (self.raise, self.lower, self.isExact) = (raise, lower, isExact)
    }

    /// Of a count that is (C − n·q*) / (p* − q*).
    init(of support: SupportProbabilities) {
        self.init(raise: (1 - support.spurious) / support.gap, lower: support.spurious / support.gap)
    }

    /// Where an estimate that is made with so many false reports may have been without them.
    ///
    /// - Parameter interval: what is covered where no report is false.
    public func interval(
        _ interval: ClosedRange<Double>, falseReportCount: Double, of reportCount: Int
    ) -> ClosedRange<Double> {
        let share = falseReportCount / Double(reportCount)
        return interval.lowerBound - share * raise...interval.upperBound + share * lower
    }
}
