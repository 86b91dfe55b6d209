internal import Mechanisms
public import MetricDefinitions
public import ReportFormat

/// A pair's reports are counted here and no more: how its values go together takes every report, and not counts.
extension PairedResponse: ReportCounter {
    public func makeAggregate(of definition: Fingerprint) -> ReportTally { ReportTally(of: definition) }

    public func absorb(_ report: PairReport, into aggregate: inout ReportTally) { aggregate.count() }

    public func tally(
        _ payloads: Span<UInt8>, partition: Int, into aggregate: inout ReportTally
    ) throws(ReportError) {
        try count(payloads, partition: partition, into: &aggregate)
    }
}

extension MemoizedPairedResponse: ReportCounter {
    public func makeAggregate(of definition: Fingerprint) -> ReportTally { ReportTally(of: definition) }

    public func absorb(_ report: PairReport, into aggregate: inout ReportTally) { aggregate.count() }

    public func tally(
        _ payloads: Span<UInt8>, partition: Int, into aggregate: inout ReportTally
    ) throws(ReportError) {
        try count(payloads, partition: partition, into: &aggregate)
    }
}

extension PairRandomizer where Self: ReportCounter {
    fileprivate func count(
        _ payloads: Span<UInt8>, partition: Int, into aggregate: inout ReportTally
    ) throws(ReportError) {
        let stride = storedByteCount
        guard payloads.count.isMultiple(of: stride) else {
            throw .wrongByteCount(actual: payloads.count % stride, expected: stride)
        }
        for start in Swift.stride(from: 0, to: payloads.count, by: stride) {
            _ = try reports(inPartition: partition, rest: (start..<start + stride).map { payloads[$0] })
            aggregate.count()
        }
        // No report at all still has a partition that there is.
        if payloads.isEmpty { guard partition >> (8 * partitionByteCount) == 0 else { throw .valueOutOfRange } }
    }
}
