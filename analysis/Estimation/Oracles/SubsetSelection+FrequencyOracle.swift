internal import LocalPrivacy
public import Mechanisms
public import ReportFormat

extension SubsetSelection: PureFrequencyOracle {
    /// p* = (N − T)/N exactly; q* = (w − p*)/(d − 1), of which no item's is further than 2⁻⁴⁰ away: a set has w items.
    public var support: SupportProbabilities {
        let (own, others) = (Double(configuration.subsetSize), Double(configuration.itemCount - 1))
        let lie = Double(configuration.lieThreshold) * 0x1p-64
        let truthful = Double(0 &- configuration.lieThreshold) * 0x1p-64
        // (p*·d − w)/(d − 1), without the difference of near-equal numbers where p* is near 1.
        return SupportProbabilities(
            truthful: truthful, spurious: (own - truthful) / others,
            gap: (others + 1 - own - (others + 1) * lie) / others)
    }

    public func makeAggregate(of definition: Fingerprint) -> BitCounts {
        BitCounts(of: definition, cohortCount: 1, bitCount: configuration.itemCount)
    }

    public func supportCounts(in aggregate: BitCounts) -> [Int] { aggregate.setCounts }

    public func absorb(_ report: SubsetReport, into aggregate: inout BitCounts) {
        aggregate.count(BitVectorReport(partition: 0, words: report.words))
    }

    /// - Complexity: about three nanoseconds a report for eight items.
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
