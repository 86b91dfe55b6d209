internal import LocalPrivacy
public import Mechanisms
public import ReportFormat

extension SubsetSelection: PureFrequencyOracle {
    /// p* = (N − T)/N exactly; q* = (w − p*)/(d − 1), of which no item's is further than 2⁻⁴⁰ away: a set has w items.
    public var support: SupportProbabilities {
        let (itemCount, threshold) = (configuration.itemCount, configuration.lieThreshold)
        let truthful = Double(0 &- threshold) * 0x1p-64, others = Double(itemCount - 1)
        // (p*·d − w)/(d − 1) is ((d − w)·N − d·T) / (N·(d − 1)): exact until it is rounded.
        let excess = UInt128(itemCount - configuration.subsetSize) << 64 - UInt128(itemCount) * UInt128(threshold)
        return SupportProbabilities(
            truthful: truthful, spurious: (Double(configuration.subsetSize) - truthful) / others,
            gap: Double(excess) * 0x1p-64 / others)
    }

    /// A set of w has w − 1 of the others where it has the own item and w where not, each as likely as any.
    public func subsetSupport(ofValues count: Int) -> SubsetSupport? {
        .correlated(
            valueCount: count, support: support, withOwn: pairCovariance.withOwn,
            betweenOthers: pairCovariance.betweenOthers)
    }

    var pairCovariance: PairCovariance {
        let (size, others) = (Double(configuration.subsetSize), Double(configuration.itemCount - 1))
        let (truthful, spurious) = (support.truthful, support.spurious)
        let pair = (size - 1) * (truthful * (size - 2) + (1 - truthful) * size)
        return PairCovariance(
            withOwn: truthful * (size - 1) / others - truthful * spurious,
            betweenOthers: others > 1 ? pair / (others * (others - 1)) - spurious * spurious : 0)
    }

    public func makeAggregate(of definition: Fingerprint) -> BitCounts {
        BitCounts(of: definition, cohortCount: 1, bitCount: configuration.itemCount)
    }

    public func supportCounts(in aggregate: BitCounts) -> [Int] { aggregate.setCounts }

    public func absorb(_ report: SubsetReport, into aggregate: inout BitCounts) {
        aggregate.count(BitVectorReport(partition: 0, words: report.words))
    }

    /// - Complexity: about a sixth of a nanosecond for each report and item.
    public func tally(_ payloads: Span<UInt8>, partition: Int, into aggregate: inout BitCounts) throws(ReportError) {
        let (size, stride) = (configuration.subsetSize, payloadByteCount)
        try aggregate.tally(payloads, partition: partition) { vectors in
            // As many vectors as there are before the first of another size.
            var offset = 0
            while offset < vectors.count {
                var setCount = 0
                for index in offset..<offset + stride { setCount += vectors[index].nonzeroBitCount }
                guard setCount == size else { break }
                offset += stride
            }
            return offset / stride
        }
    }
}
