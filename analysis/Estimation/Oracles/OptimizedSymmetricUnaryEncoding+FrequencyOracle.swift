public import Mechanisms

extension OptimizedSymmetricUnaryEncoding: PureFrequencyOracle {
    public typealias Aggregate = BitCounts

    /// Of both stages: a report supports the items whose bits it sets.
    public var support: SupportProbabilities { response.rule.support }

    public var permanentSupport: SupportProbabilities? { response.rule.permanentSupport }

    public func subsetSupport(ofValues count: Int) -> SubsetSupport? { .independent }

    public func supportCounts(in aggregate: BitCounts) -> [Int] { aggregate.setCounts }
}
