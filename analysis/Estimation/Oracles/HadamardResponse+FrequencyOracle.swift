internal import LocalPrivacy
public import Mechanisms
public import ReportFormat

extension HadamardResponse: PureFrequencyOracle {
    /// p* = (N − T)/N and q* = 1/2, both exactly: a uniform row has a +1 in half of the places of any two columns.
    public var support: SupportProbabilities {
        let threshold = configuration.lieThreshold
        return SupportProbabilities(
            truthful: Double(0 &- threshold) * 0x1p-64, spurious: 0.5, gap: Double(1 << 63 - threshold) * 0x1p-64)
    }

    /// Of four columns an even number of +1 is as likely as not unless they sum to nothing: the only columns that depend on
    /// each other are the own one and two whose product it is. In a set of m there are at most m − 1 of these for the own
    /// item, or m for another.
    public func subsetSupport(ofValues count: Int) -> SubsetSupport? {
        let (total, covariance) = (Double(count), support.truthful / 2 - 0.25)
        let ownPairs = count >= 3 ? (total - 1) * covariance : 0
        return .correlated(
            own: support.truthfulVariance + (total - 1) / 4 + ownPairs,
            other: total / 4 + (count >= 2 ? total * covariance : 0))
    }

    /// Of rows, of which each supports about half of the items.
    public func makeAggregate(of definition: Fingerprint) -> SupportCounts {
        SupportCounts(of: definition, valueCount: rowCount)
    }

    @inlinable
    public func absorb(_ report: CategoryReport, into aggregate: inout SupportCounts) {
        aggregate.count(supporting: report.category)
    }

    /// The reports with a +1 in each item's column: half of all reports and of the Walsh–Hadamard transform of the rows'
    /// counts, which is the reports with a +1 less those with a −1.
    ///
    /// - Complexity: K·log₂ K additions.
    public func supportCounts(in aggregate: SupportCounts) -> [Int] {
        supportCounts(in: aggregate, ofItems: 0..<configuration.itemCount)
    }

    /// The same of the columns that these items have, or would have.
    func supportCounts(in aggregate: SupportCounts, ofItems items: Range<Int>) -> [Int] {
        var differences = aggregate.support
        WalshHadamard.transform(&differences)
        let total = aggregate.reportCount
        return items.map { item in
            let difference = differences[Self.column(of: item)]
            // (n + D)/2 without n + D: both are odd, or neither is.
            return total >> 1 + difference >> 1 + total & 1
        }
    }
}
