public import Estimation
public import Mechanisms
public import MetricDefinitions
public import ReportFormat

/// What a store's reports say about a metric.
public struct EstimateResult: Sendable {
    /// The metric as the registry defines it.
    public let definition: MetricDefinition
    /// What was asked for.
    public let request: EstimateRequest
    /// The values whose frequencies are estimated, in the order of the rows; empty where a mean is.
    public let values: [MechanismInput]
    /// One group of all periods, or one for each.
    public let groups: [EstimateGroup]
    /// What a reader has to know, as sentences.
    public let notes: [String]
    /// The columns of rows about numbers where they are not those of a mean.
    let numberColumns: [String]?

    /// Whether any group has reached the release gate.
    public var hasReleasedGroup: Bool { groups.contains { $0.estimates != nil } }
}

/// The estimates of one group of periods.
public struct EstimateGroup: Hashable, Sendable {
    /// The first day with reports.
    public let from: UTCDay
    /// The last day with reports.
    public let to: UTCDay
    /// How many days have reports.
    public let periodCount: Int
    /// The reports and what they say; `nil` below the release gate, where neither is told.
    public let estimates: ReleasedEstimates?
}

/// What is shown of a group that has reached the release gate.
public struct ReleasedEstimates: Hashable, Sendable {
    /// n.
    public let reportCount: Int
    /// What the reports say.
    public internal(set) var figures: EstimatedFigures
    /// The sums that were asked for.
    public internal(set) var sums: [SumEstimate] = []
    /// What noisy Bloom filters say beside them.
    public internal(set) var remarks: FilterRemarks?
    /// Whether the reports look honest; `nil` where nothing can tell.
    public internal(set) var screen: ScreenOutcome?
    /// How far a false report moves the figures.
    public internal(set) var influences = ReportInfluences()
    /// The columns that were asked for.
    var added = AddedColumns()
    /// Where the figures come from.
    var origins = FigureOrigins()
    /// The most frequent value, for a population too, where that was asked for.
    var drawn: DrawnEstimate?
}

/// What is estimated of a group of reports.
public enum EstimatedFigures: Hashable, Sendable {
    /// How often each value occurs, in the order of ``EstimateResult/values``.
    case frequencies([FrequencyEstimate])
    /// The mean, in the units of the declared range.
    case mean(MeanEstimate)
    /// Buckets, quantiles or the mean of numbers, in the units of the declared range.
    case numbers(NumberFigures)
}
