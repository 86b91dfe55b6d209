public import ReportFormat

/// The reports of one or more periods, and how many came from each: what an estimate over a range is made of.
///
/// A commutative monoid like its aggregate. The periods matter where several reports of one device share noise.
public struct PooledReports<Aggregate: MergeableAggregate>: Sendable, Hashable {
    /// What all periods together have counted.
    public private(set) var aggregate: Aggregate

    /// The reports of each period that has any.
    public private(set) var countsByDay: [UTCDay: Int]

    /// The reports of one period.
    public init(_ aggregate: Aggregate, on day: UTCDay) {
        self.aggregate = aggregate
        countsByDay = aggregate.reportCount > 0 ? [day: aggregate.reportCount] : [:]
    }

    /// Adds the reports of other periods, or more of the same.
    ///
    /// - Throws: ``AggregateError``; the pool is then unchanged.
    public mutating func merge(_ other: Self) throws(AggregateError) {
        try aggregate.merge(other.aggregate)
        countsByDay.merge(other.countsByDay) { $0 + $1 }
    }

    /// Counts reports of a day in place.
    ///
    /// - Throws: what `body` throws; what it has counted until then stays counted.
    public mutating func count<Failure: Error>(
        on day: UTCDay, _ body: (inout Aggregate) throws(Failure) -> Void
    ) throws(Failure) {
        let before = aggregate.reportCount
        defer { if aggregate.reportCount > before { countsByDay[day, default: 0] += aggregate.reportCount - before } }
        try body(&aggregate)
    }

    /// How many reports there are.
    public var reportCount: Int { aggregate.reportCount }
}
