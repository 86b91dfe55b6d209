public import ReportFormat

/// How many reports there are, of a mechanism that is not estimated by counts alone.
public struct ReportTally: MergeableAggregate {
    public let definition: Fingerprint
    public private(set) var reportCount = 0

    public var byteCount: Int { MemoryLayout<Self>.stride }

    /// No reports.
    public init(of definition: Fingerprint) { self.definition = definition }

    /// Counts so many reports.
    mutating func count(_ reports: Int = 1) { reportCount += reports }

    public mutating func merge(_ other: Self) throws(AggregateError) {
        guard definition == other.definition else { throw .differentDefinitions(definition, other.definition) }
        let (sum, overflow) = reportCount.addingReportingOverflow(other.reportCount)
        guard !overflow else { throw .countOverflow }
        reportCount = sum
    }
}
