public import Mechanisms
public import ReportFormat

extension CountMeanSketch: ReportCounter {
    public func makeAggregate(of definition: Fingerprint) -> SketchCounts {
        SketchCounts(of: definition, rowCount: configuration.rowCount, width: configuration.width)
    }

    /// Sixty-four reports for each row, as far as 64 MiB hold them.
    public var tallyByteCount: Int { min(64 * configuration.rowCount * payloadByteCount, 1 << 26) }

    /// Counts one report of a row that has fewer than 2³² − 1.
    public func absorb(_ report: BitVectorReport, into aggregate: inout SketchCounts) {
        do throws(ReportError) {
            try tally(report.encoded(shape: shape).span, partition: 0, into: &aggregate)
        } catch { preconditionFailure("a report of the shape is counted while its row has room: \(error)") }
    }

    /// - Complexity: of 1,024 bits about 25 ns a report where there are many for each row, and a few times that otherwise.
    public func tally(
        _ payloads: Span<UInt8>, partition: Int, into aggregate: inout SketchCounts
    ) throws(ReportError) {
        let stride = BitVectorReport.byteCount(of: shape)
        guard partition == 0 else { throw .valueOutOfRange }
        guard payloads.count.isMultiple(of: stride) else {
            throw .wrongByteCount(actual: payloads.count % stride, expected: stride)
        }
        // Rows of at least a byte are whole bytes: a width is a power of two.
        if shape.bitCount >= 8 {
            try aggregate.count(rowsAndBitsOf: payloads, rowByteCount: shape.partitionByteCount)
        } else {
            try countNarrow(payloads, into: &aggregate)
        }
    }

    private func countNarrow(_ payloads: Span<UInt8>, into aggregate: inout SketchCounts) throws(ReportError) {
        let (shape, start) = (shape, shape.partitionByteCount)
        let spareBits = UInt8(truncatingIfNeeded: ~shape.lastWordMask)
        for offset in Swift.stride(from: 0, to: payloads.count, by: start + 1) {
            var row = 0
            for index in 0..<start { row |= Int(payloads[offset + index]) << (8 * index) }
            let bits = payloads[offset + start]
            guard row < shape.partitionCount, bits & spareBits == 0 else { throw .valueOutOfRange }
            try aggregate.count(row: row, bits: bits)
        }
    }
}
