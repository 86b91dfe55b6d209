internal import LocalPrivacy
public import Mechanisms
public import ReportFormat

extension MemoizedRandomizedResponse: PureFrequencyOracle {
    /// Of both stages: a report is true to the value if neither stage lies, or if the second takes back the lie of the
    /// first. With p₁, q₁ and p₂, q₂ of the stages, p* − q* is (p₁ − q₁)·(p₂ − q₂).
    public var support: SupportProbabilities {
        let (first, second) = (stages.permanent.support, stages.instantaneous.support)
        let others = Double(shape - 1)
        return SupportProbabilities(
            truthful: first.truthful * second.truthful + others * first.spurious * second.spurious,
            spurious: first.spurious * second.truthful + first.truthful * second.spurious
                + (others - 1) * first.spurious * second.spurious,
            gap: first.gap * second.gap)
    }

    public var permanentSupport: SupportProbabilities? { stages.permanent.support }

    public func subsetSupport(ofValues count: Int) -> SubsetSupport? { .exclusive }

    public func makeAggregate(of definition: Fingerprint) -> SupportCounts {
        SupportCounts(of: definition, valueCount: shape)
    }

    @inlinable
    public func absorb(_ report: CategoryReport, into aggregate: inout SupportCounts) {
        aggregate.count(supporting: report.category)
    }
}
