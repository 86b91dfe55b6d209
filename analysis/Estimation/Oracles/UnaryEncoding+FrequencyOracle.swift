internal import LocalPrivacy
public import Mechanisms
public import ReportFormat

/// Both unary encodings: each item is supported by its own bit.
extension UnaryEncoding where Self: PureFrequencyOracle, Aggregate == BitCounts {
    /// p* = Q/N and q* = P/N.
    public var support: SupportProbabilities {
        let (clear, set) = (response.clear.numerator, response.set)
        return SupportProbabilities(
            truthful: Double(set) * 0x1p-64, spurious: Double(clear) * 0x1p-64, gap: Double(set - clear) * 0x1p-64)
    }

    public func subsetSupport(ofValues count: Int) -> SubsetSupport? { .independent }

    public func makeAggregate(of definition: Fingerprint) -> BitCounts {
        BitCounts(of: definition, cohortCount: 1, bitCount: shape.bitCount)
    }

    public func supportCounts(in aggregate: BitCounts) -> [Int] { aggregate.setCounts }

    public func absorb(_ report: BitVectorReport, into aggregate: inout BitCounts) { aggregate.count(report) }

    public func tally(_ payloads: Span<UInt8>, partition: Int, into aggregate: inout BitCounts) throws(ReportError) {
        let stride = payloadByteCount
        try aggregate.tally(payloads, partition: partition) { $0.count / stride }
    }
}

extension SymmetricUnaryEncoding: PureFrequencyOracle {
    public typealias Aggregate = BitCounts
}

extension OptimizedUnaryEncoding: PureFrequencyOracle {
    public typealias Aggregate = BitCounts
}
