internal import CKernels
public import ReportFormat

/// How many reports fell into each row of a sketch, and how many of them had each bit set.
public struct SketchCounts: MergeableAggregate {
    public let definition: Fingerprint

    /// How many cells a row has.
    public let width: Int

    /// Row after row, the reports with each bit set; at most as many as the row has reports.
    public internal(set) var cells: [UInt32]

    /// The reports of each row.
    public internal(set) var rowReportCounts: [UInt32]

    public internal(set) var reportCount = 0

    /// No reports in so many rows of a width.
    ///
    /// - Complexity: four bytes a cell.
    public init(of definition: Fingerprint, rowCount: Int, width: Int) {
        (self.definition, self.width) = (definition, width)
        cells = [UInt32](repeating: 0, count: rowCount * width)
        rowReportCounts = [UInt32](repeating: 0, count: rowCount)
    }

    public var byteCount: Int { (cells.count + rowReportCounts.count) * MemoryLayout<UInt32>.stride }

    public mutating func merge(_ other: Self) throws(AggregateError) {
        guard definition == other.definition else { throw .differentDefinitions(definition, other.definition) }
        guard cells.count == other.cells.count, width == other.width else {
            throw .differentDomains(valueCount: cells.count, otherValueCount: other.cells.count)
        }
        // No cell is above its row's reports, so that no cell overflows where no row does.
        var sums = rowReportCounts
        for row in sums.indices {
            let (sum, overflows) = sums[row].addingReportingOverflow(other.rowReportCounts[row])
            guard !overflows else { throw .countOverflow }
            sums[row] = sum
        }
        for cell in cells.indices { cells[cell] &+= other.cells[cell] }
        rowReportCounts = sums
        reportCount += other.reportCount
    }

    /// Counts one report of a row that is about one of its cells alone.
    ///
    /// - Throws: ``ReportError/countOverflow``; the report is then not counted.
    mutating func count(row: Int, cell: Int) throws(ReportError) {
        guard rowReportCounts[row] < .max else { throw .countOverflow }
        rowReportCounts[row] += 1
        reportCount += 1
        cells[row * width + cell] &+= 1
    }

    /// Counts the bits of one report of a row that has fewer than eight cells, from the lowest bit up.
    ///
    /// - Throws: ``ReportError/countOverflow``; the report is then not counted.
    mutating func count(row: Int, bits: UInt8) throws(ReportError) {
        guard rowReportCounts[row] < .max else { throw .countOverflow }
        rowReportCounts[row] += 1
        reportCount += 1
        for bit in 0..<width { cells[row * width + bit] &+= UInt32(bits >> UInt8(bit) & 1) }
    }

    /// Counts the bits of reports that lie end to end, each the number of its row and then a bit for each of its cells, of
    /// which there is a multiple of eight.
    ///
    /// - Throws: ``ReportError`` for the first report of a row that there is not, or that is full; those before it are then
    ///   counted.
    /// - Complexity: beside the time, memory for a copy of the payloads and some MiB where rows are many.
    mutating func count(rowsAndBitsOf payloads: Span<UInt8>, rowByteCount: Int) throws(ReportError) {
        let (rowCount, stride) = (rowReportCounts.count, rowByteCount + width / 8)
        let counted = payloads.withUnsafeBufferPointer { payloads in
            var reports = dither_row_reports(
                bytes: payloads.baseAddress, count: payloads.count / stride, row_byte_count: rowByteCount,
                bit_byte_count: width / 8)
            return dither_count_row_reports(&reports, rowCount, &cells, &rowReportCounts, .best)
        }
        reportCount += counted
        let rest = payloads.extracting(droppingFirst: counted * stride)
        guard !rest.isEmpty else { return }
        var row = 0
        for index in 0..<rowByteCount { row |= Int(rest[index]) << (8 * index) }
        guard row < rowCount else { throw .valueOutOfRange }
        throw .countOverflow
    }
}
