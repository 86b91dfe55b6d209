internal import Foundation

/// How likely one variable's distinct reports are under each of its values: a row for each kind of report, a column for
/// each value.
///
/// Only ratios within a row count, so that each row is scaled to a greatest entry of 1: its logarithms are taken before,
/// and a report of thousands of bits does not underflow.
public struct ReportLikelihoods: Sendable {
    /// How many values there are, at least one.
    public let valueCount: Int

    /// Row after row, each with a greatest entry of 1.
    private(set) var entries: [Double] = []

    /// No kind of report yet.
    public init(valueCount: Int) {
        precondition(valueCount > 0, "a variable has a value")
        self.valueCount = valueCount
    }

    /// How many kinds of reports there are.
    public var kindCount: Int { entries.count / valueCount }

    /// Adds a kind of report.
    ///
    /// - Parameter logLikelihoods: for each value ln P(report | value), up to a number that all share. Not all −∞.
    /// - Returns: the kind's number.
    public mutating func append(logLikelihoods: [Double]) -> Int {
        precondition(logLikelihoods.count == valueCount, "a report has a likelihood under each value")
        let greatest = logLikelihoods.max() ?? 0
        precondition(greatest.isFinite, "some value makes the report")
        for logLikelihood in logLikelihoods { entries.append(exp(logLikelihood - greatest)) }
        return kindCount - 1
    }

    /// The values in groups of those under which each kind of report is equally likely, in the order of their first ones.
    ///
    /// - Complexity: a comparison for each value and kind, until all values differ.
    package var equalValues: [[Int]] {
        /// What values have in common so far.
        struct Likeness: Hashable {
            let group: Int
            let likelihood: UInt64
        }
        var groups = [Int](repeating: 0, count: valueCount), groupCount = 1
        for kind in 0..<kindCount where groupCount < valueCount {
            var places: [Likeness: Int] = [:]
            groups = zip(groups, row(kind)).map { group, likelihood in
                let likeness = Likeness(group: group, likelihood: likelihood.bitPattern), place = places[likeness]
                places[likeness] = place ?? places.count
                return place ?? places.count - 1
            }
            groupCount = places.count
        }
        // Groups are counted as they first occur.
        var values = [[Int]](repeating: [], count: groupCount)
        for (value, group) in groups.enumerated() { values[group].append(value) }
        return values
    }

    /// The likelihoods of a kind of report.
    func row(_ kind: Int) -> ArraySlice<Double> { entries[kind * valueCount..<(kind + 1) * valueCount] }
}

/// Reports of devices about two variables each.
public struct AssociationReports: Sendable {
    /// The likelihoods of the first variable's reports.
    public let first: ReportLikelihoods
    /// The likelihoods of the second variable's reports.
    public let second: ReportLikelihoods
    private(set) var reports: [Report] = []

    /// A device's two reports by their kinds, and the cohort that both are of.
    struct Report: Hashable, Sendable {
        let cohort: Int32
        let first: Int32
        let second: Int32
    }

    /// No device yet.
    public init(first: ReportLikelihoods, second: ReportLikelihoods) { (self.first, self.second) = (first, second) }

    /// How many devices there are.
    public var count: Int { reports.count }

    /// Adds a device's reports.
    ///
    /// - Parameter cohort: the group within which reports of different devices are alike but for their values: 0 where
    ///   there is one. It must not depend on the values.
    public mutating func append(first kind: Int, second otherKind: Int, cohort: Int) {
        precondition(first.kindCount > kind && second.kindCount > otherKind, "reports are of a known kind")
        reports.append(Report(cohort: Int32(cohort), first: Int32(kind), second: Int32(otherKind)))
    }
}
