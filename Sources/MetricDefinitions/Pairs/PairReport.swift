public import ReportFormat

/// A report by each of two mechanisms about one event, as the bytes of both.
///
/// Where the halves are of one partition, such as a device's cohort, its bytes come first and once; then the rest of the
/// first report, and the rest of the second.
public struct PairReport: ReportPayload {
    /// What fixes the encoding.
    public struct Shape: Sendable {
        let first, second: Half

        /// The bytes that name the partition of both, and stand before the rest.
        var partitionByteCount: Int { max(first.partitionByteCount, second.partitionByteCount) }
    }

    /// The encoding of one half.
    struct Half: Sendable {
        /// The length of the half's own bytes, its partition included.
        let byteCount: Int
        /// How many of them name the partition that it has in common with the other half; none where it has none.
        let partitionByteCount: Int
        /// Refuses bytes that the half's mechanism cannot make.
        let validate: @Sendable ([UInt8]) throws(ReportError) -> Void

        var restByteCount: Int { byteCount - partitionByteCount }
    }

    /// The bytes of the first mechanism's report.
    public let first: [UInt8]
    /// The bytes of the second mechanism's report.
    public let second: [UInt8]

    init(first: [UInt8], second: [UInt8]) { (self.first, self.second) = (first, second) }

    public static func byteCount(of shape: Shape) -> Int {
        shape.partitionByteCount + shape.first.restByteCount + shape.second.restByteCount
    }

    /// Reads both halves.
    ///
    /// - Throws: ``ReportError`` for another length, and for bytes that a half's mechanism cannot make.
    public init(decoding bytes: Span<UInt8>, shape: Shape) throws(ReportError) {
        let expected = Self.byteCount(of: shape), lead = shape.partitionByteCount
        guard bytes.count == expected else { throw .wrongByteCount(actual: bytes.count, expected: expected) }
        var (first, second) = ([UInt8](), [UInt8]())
        for index in 0..<shape.first.partitionByteCount { first.append(bytes[index]) }
        for index in 0..<shape.second.partitionByteCount { second.append(bytes[index]) }
        let middle = lead + shape.first.restByteCount
        for index in lead..<middle { first.append(bytes[index]) }
        for index in middle..<expected { second.append(bytes[index]) }
        try shape.first.validate(first)
        try shape.second.validate(second)
        self.init(first: first, second: second)
    }

    public func encoded(shape: Shape) -> [UInt8] {
        let partition = shape.first.partitionByteCount > 0 ? first : second
        return Array(partition[..<shape.partitionByteCount]) + first[shape.first.partitionByteCount...]
            + second[shape.second.partitionByteCount...]
    }
}
