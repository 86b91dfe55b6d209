public import Estimation
public import ReportFormat

/// What is to be estimated, from a registry and a store that are named apart.
public struct EstimateRequest: Hashable, Sendable {
    /// The metric's name in the registry.
    public var metric: String
    /// The first day that counts; without one, the first that has reports.
    public var from: UTCDay?
    /// The last day that counts; without one, the last that has reports.
    public var to: UTCDay?
    /// Whether each period is estimated by itself.
    public var byPeriod: Bool
    /// What the intervals claim.
    public var confidence: ConfidenceLevel
    /// What is shown beyond the columns of every estimate.
    public var choices: EstimateChoices
    /// What is shown of numbers; without it, what the mechanism is for.
    public var numbers: NumberView?
    /// How a likely distribution of numbers is found; without it, with smoothing.
    public var fitting: DistributionFitting?

    /// A request; by default over all days together, with intervals of 95 %.
    public init(
        metric: String, from: UTCDay? = nil, to: UTCDay? = nil, byPeriod: Bool = false,
        confidence: ConfidenceLevel = .standard, choices: EstimateChoices = EstimateChoices(),
        numbers: NumberView? = nil,
        fitting: DistributionFitting? = nil
    ) {
        (self.metric, self.from, self.to) = (metric, from, to)
        (self.byPeriod, self.confidence, self.choices) = (byPeriod, confidence, choices)
        (self.numbers, self.fitting) = (numbers, fitting)
    }

    func includes(_ day: UTCDay) -> Bool {
        from.map { $0 <= day } ?? true && to.map { day <= $0 } ?? true
    }
}
