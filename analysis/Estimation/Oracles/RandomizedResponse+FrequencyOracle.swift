internal import LocalPrivacy
public import Mechanisms
public import ReportFormat

extension RandomizedResponse: PureFrequencyOracle {
    public var support: SupportProbabilities { rule.support }

    public func subsetSupport(ofValues count: Int) -> SubsetSupport? { .exclusive }

    public func makeAggregate(of definition: Fingerprint) -> SupportCounts {
        SupportCounts(of: definition, valueCount: shape)
    }

    @inlinable
    public func absorb(_ report: CategoryReport, into aggregate: inout SupportCounts) {
        aggregate.count(supporting: report.category)
    }
}

extension ResponseRule<UInt64> {
    /// p* and q* of one stage, from the integers that are sampled: p* = (N − T)/N, and q* = T/(N·m) on average over the
    /// m other categories, none of which is further from it than 2⁻⁶⁴.
    var support: SupportProbabilities {
        let truthful = Double(0 &- lieThreshold) * 0x1p-64
        let spurious = Double(lieThreshold) * 0x1p-64 / Double(categoryCount - 1)
        return SupportProbabilities(truthful: truthful, spurious: spurious, gap: truthful - spurious)
    }
}
