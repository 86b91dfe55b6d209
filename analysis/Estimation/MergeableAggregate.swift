public import ReportFormat

/// Why two aggregates make none together.
public enum AggregateError: Error, Hashable, Sendable {
    /// They count reports of different definitions.
    case differentDefinitions(Fingerprint, Fingerprint)
    /// They are about domains of different sizes.
    case differentDomains(valueCount: Int, otherValueCount: Int)
    /// A count would be above what an `Int` holds.
    case countOverflow
}

/// Sufficient statistics of a set of reports, in exact integers.
///
/// Aggregates of one definition are a commutative monoid under ``merge(_:)``, with an aggregate of no reports as
/// identity: a set of reports has one aggregate, in whatever order and parts it was counted.
public protocol MergeableAggregate: Sendable, Hashable {
    /// The definition whose reports are counted.
    var definition: Fingerprint { get }

    /// How many reports are counted.
    var reportCount: Int { get }

    /// The memory that its counters take, about, in bytes.
    var byteCount: Int { get }

    /// Adds what another aggregate has counted.
    ///
    /// - Throws: ``AggregateError``; this aggregate is then unchanged.
    mutating func merge(_ other: Self) throws(AggregateError)
}
