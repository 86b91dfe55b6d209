public import Estimation
public import MetricDefinitions
public import ReportFormat

/// What a store's reports say about a metric.
public struct EstimateResult: Sendable {
    /// The metric as the registry defines it.
    public let definition: MetricDefinition
    /// What was asked for.
    public let request: EstimateRequest
    /// One group of all periods, or one for each.
    public let groups: [EstimateGroup]
    /// What a reader has to know, as sentences.
    public let notes: [String]

    /// Whether any group has reached the release gate.
    public var hasReleasedGroup: Bool { groups.contains { $0.estimates != nil } }
}

/// The estimates of one group of periods.
public struct EstimateGroup: Hashable, Sendable {
    /// The first day with reports.
    public let from: UTCDay
    /// The last day with reports.
    public let to: UTCDay
    /// The reports, and one estimate per value in the order of ``MetricDefinitions/MetricDefinition/itemLabels``; `nil`
    /// below the release gate, where neither is told.
    public let estimates: ReleasedEstimates?
}

/// What is shown of a group that has reached the release gate.
public struct ReleasedEstimates: Hashable, Sendable {
    /// n.
    public let reportCount: Int
    /// One per value.
    public let values: [FrequencyEstimate]
}
