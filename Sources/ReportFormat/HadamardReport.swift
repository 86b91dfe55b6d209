/// One entry of a Hadamard matrix, with its sign: a row of a sketch, an index into that row's transform, and a bit.
///
/// The three are one little-endian number in the fewest bytes that fit: the bit lowest, then the index, then the row. The
/// counts of rows and indices are powers of two, so that each has bits of its own; those above are zero.
public struct HadamardReport: ReportPayload {
    /// What fixes the encoding.
    public struct Shape: Hashable, Sendable {
        /// How many rows there are, a power of two in `1...65,536`.
        public let rowCount: Int
        /// How many indices a row has, a power of two in `1...65,536`.
        public let width: Int

        /// `rowCount` rows of `width` indices.
        public init(rowCount: Int, width: Int) {
            for count in [rowCount, width] {
                precondition(
                    (1...65_536).contains(count) && count.nonzeroBitCount == 1, "a count is a power of two to 65,536")
            }
            (self.rowCount, self.width) = (rowCount, width)
        }

        /// How many reports there are: one more than the highest number.
        public var reportCount: Int { 2 * rowCount * width }
    }

    /// The row, counted from 0.
    public let row: Int

    /// The index into the row's transform, counted from 0.
    public let index: Int

    /// Whether the bit is set: whether the sign is negative.
    public let isSet: Bool

    /// A report of this entry and sign.
    public init(row: Int, index: Int, isSet: Bool) { (self.row, self.index, self.isSet) = (row, index, isSet) }

    /// The report of this number.
    public init(number: Int, shape: Shape) {
        self.init(row: number / (2 * shape.width), index: number / 2 % shape.width, isSet: number % 2 == 1)
    }

    /// The number that is sent.
    public func number(shape: Shape) -> Int { (row * shape.width + index) * 2 + (isSet ? 1 : 0) }

    public static func byteCount(of shape: Shape) -> Int { (shape.reportCount.trailingZeroBitCount + 7) / 8 }

    /// Reads a number below the count of reports.
    ///
    /// - Throws: ``ReportError/valueOutOfRange`` for a row that there is not.
    public init(decoding bytes: Span<UInt8>, shape: Shape) throws(ReportError) {
        let expected = Self.byteCount(of: shape)
        guard bytes.count == expected else { throw .wrongByteCount(actual: bytes.count, expected: expected) }
        var number = 0
        for index in 0..<expected { number |= Int(bytes[index]) << (8 * index) }
        guard number < shape.reportCount else { throw .valueOutOfRange }
        self.init(number: number, shape: shape)
    }

    public func append(to bytes: inout [UInt8], shape: Shape) {
        let number = number(shape: shape)
        precondition((0..<shape.reportCount).contains(number), "a report is of a row and an index of its shape")
        bytes.append(lowBytes: Self.byteCount(of: shape), of: UInt64(number))
    }
}
