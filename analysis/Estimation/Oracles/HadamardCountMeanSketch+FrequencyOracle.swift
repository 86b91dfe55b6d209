internal import LocalPrivacy
public import Mechanisms
public import ReportFormat

extension HadamardCountMeanSketch: ReportCounter {
    /// A row has two cells an index, for reports whose bit is clear and for those whose bit is set.
    public func makeAggregate(of definition: Fingerprint) -> SketchCounts {
        SketchCounts(of: definition, rowCount: table.rowCount, width: 2 * table.width)
    }

    /// Counts one report of a row that has fewer than 2³² − 1.
    public func absorb(_ report: HadamardReport, into aggregate: inout SketchCounts) {
        do throws(ReportError) { try count(report.number(shape: shape), in: &aggregate) } catch {
            preconditionFailure("a report of the shape is counted while its row has room: \(error)")
        }
    }

    /// - Complexity: a few nanoseconds a report.
    public func tally(
        _ payloads: Span<UInt8>, partition: Int, into aggregate: inout SketchCounts
    ) throws(ReportError) {
        let shape = shape
        let stride = HadamardReport.byteCount(of: shape)
        guard partition == 0 else { throw .valueOutOfRange }
        guard payloads.count.isMultiple(of: stride) else {
            throw .wrongByteCount(actual: payloads.count % stride, expected: stride)
        }
        for offset in Swift.stride(from: 0, to: payloads.count, by: stride) {
            var number = 0
            for index in 0..<stride { number |= Int(payloads[offset + index]) << (8 * index) }
            guard number < shape.reportCount else { throw .valueOutOfRange }
            try count(number, in: &aggregate)
        }
    }

    private func count(_ number: Int, in aggregate: inout SketchCounts) throws(ReportError) {
        let (row, cell) = number.quotientAndRemainder(dividingBy: 2 * table.width)
        try aggregate.count(row: row, cell: cell)
    }
}

extension HadamardCountMeanSketch: SketchOracle {
    /// The probabilities that a report supports the place of its own value, and any other: the rows of a Hadamard matrix
    /// agree in half of their entries.
    public var cellSupport: SupportProbabilities {
        let threshold = configuration.flipThreshold
        return SupportProbabilities(
            truthful: Double(0 &- threshold) * 0x1p-64, spurious: 0.5, gap: Double((1 << 63) - threshold) * 0x1p-64)
    }

    /// A report of index l supports the places whose entry at l is its bit: half of them. With d_l the reports with a clear
    /// bit less those with a set one, the transform of d at a place is what the reports that support it are more than
    /// those that do not.
    ///
    /// - Complexity: log₂ m additions for each of the k·m cells.
    public func supportedCells(in aggregate: SketchCounts) -> SketchCounts {
        let width = table.width
        var supported = SketchCounts(of: aggregate.definition, rowCount: table.rowCount, width: width)
        (supported.rowReportCounts, supported.reportCount) = (aggregate.rowReportCounts, aggregate.reportCount)
        var differences = [Int](repeating: 0, count: width)
        for (row, reportCount) in aggregate.rowReportCounts.enumerated() where reportCount > 0 {
            for index in 0..<width {
                let cell = 2 * (row * width + index)
                differences[index] = Int(aggregate.cells[cell]) - Int(aggregate.cells[cell + 1])
            }
            WalshHadamard.transform(&differences)
            for place in 0..<width {
                supported.cells[row * width + place] = UInt32((Int(reportCount) + differences[place]) / 2)
            }
        }
        return supported
    }
}
