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

    /// Counts the bits of one report of a row: `bytes` from `offset` on, bit i in bit i mod 8 of byte ⌊i / 8⌋.
    ///
    /// - Throws: ``ReportError/countOverflow``; the report is then not counted.
    mutating func count(row: Int, bitsOf bytes: Span<UInt8>, from offset: Int) throws(ReportError) {
        guard rowReportCounts[row] < .max else { throw .countOverflow }
        rowReportCounts[row] += 1
        reportCount += 1
        let (first, byteCount) = (row * width, width / 8)
        guard byteCount > 0 else {
            for bit in 0..<width { cells[first + bit] &+= UInt32(bytes[offset] >> UInt8(bit) & 1) }
            return
        }
        // Eight cells a byte, by adding the eight bits that it spreads to: no branch depends on the bits.
        cells.withUnsafeMutableBytes { cells in
            Self.bitsOfByte.withUnsafeBufferPointer { bitsOfByte in
                for index in 0..<byteCount {
                    let place = 4 * (first + 8 * index)
                    let counts = cells.loadUnaligned(fromByteOffset: place, as: SIMD8<UInt32>.self)
                    cells.storeBytes(
                        of: counts &+ bitsOfByte[Int(bytes[offset + index])], toByteOffset: place,
                        as: SIMD8<UInt32>.self)
                }
            }
        }
    }

    private static let bitsOfByte = (0..<256).map { byte in
        SIMD8<UInt32>((0..<8).map { UInt32(byte >> $0 & 1) })
    }
}
