public import Mechanisms
public import ReportFormat

/// The analyst's role in a mechanism: counts reports, then estimates how often each value occurs among them.
public protocol FrequencyOracle: LocalRandomizer {
    /// What is counted.
    associatedtype Aggregate: MergeableAggregate

    /// The aggregate of no reports of a definition.
    func makeAggregate(of definition: Fingerprint) -> Aggregate

    /// Counts one report.
    func absorb(_ report: Report, into aggregate: inout Aggregate)

    /// Counts payloads that lie end to end.
    ///
    /// A requirement, not only an extension: an opened existential then pays one dynamic call per blob, not per report.
    ///
    /// - Throws: ``ReportError`` for the first malformed payload; those before it are then counted.
    /// - Complexity: linear in the payloads, a few nanoseconds each.
    func tally(_ payloads: Span<UInt8>, into aggregate: inout Aggregate) throws(ReportError)

    /// How often each value occurs among the reports, in item order; empty if there are none.
    ///
    /// Estimates are of reports, not of devices: a device that reported on three days counts three times.
    func estimates(from reports: PooledReports<Aggregate>, confidence: ConfidenceLevel) -> [FrequencyEstimate]
}

extension FrequencyOracle {
    @inlinable
    public func tally(_ payloads: Span<UInt8>, into aggregate: inout Aggregate) throws(ReportError) {
        let shape = shape
        let stride = Report.byteCount(of: shape)
        guard payloads.count.isMultiple(of: stride) else {
            throw .wrongByteCount(actual: payloads.count % stride, expected: stride)
        }
        var offset = 0
        while offset < payloads.count {
            absorb(
                try Report(decoding: payloads.extracting(offset..<offset + stride), shape: shape), into: &aggregate)
            offset += stride
        }
    }
}
