/// A set of so many of the items of a domain, as a vector with a bit for each item: bit i in bit i mod 8 of byte ⌊i / 8⌋,
/// the unused bits of the last byte zero.
public struct SubsetReport: ReportPayload {
    /// What fixes the encoding.
    public struct Shape: Hashable, Sendable {
        /// How many items there are, in `1...65,536`.
        public let itemCount: Int
        /// How many of them a report names.
        public let subsetSize: Int

        /// Sets of `subsetSize` of `itemCount` items.
        public init(itemCount: Int, subsetSize: Int) {
            precondition((0...itemCount).contains(subsetSize), "a set has no more items than there are")
            (self.itemCount, self.subsetSize) = (itemCount, subsetSize)
        }

        /// The vector that the set is written as.
        public var vector: BitVectorReport.Shape { BitVectorReport.Shape(partitionCount: 1, bitCount: itemCount) }
    }

    /// Bit i of the vector is bit i mod 64 of word ⌊i / 64⌋; bits beyond the vector are zero.
    public let words: [UInt64]

    /// A report of the items whose bits are set.
    public init(words: [UInt64]) { self.words = words }

    /// Whether the set has an item.
    public subscript(item: Int) -> Bool { words[item / 64] >> UInt64(item % 64) & 1 == 1 }

    public static func byteCount(of shape: Shape) -> Int { BitVectorReport.byteCount(of: shape.vector) }

    /// Reads a vector.
    ///
    /// - Throws: ``ReportError/valueOutOfRange`` for a set of another size, and for a spare bit that is set.
    public init(decoding bytes: Span<UInt8>, shape: Shape) throws(ReportError) {
        words = try BitVectorReport(decoding: bytes, shape: shape.vector).words
        guard words.reduce(0, { $0 + $1.nonzeroBitCount }) == shape.subsetSize else { throw .valueOutOfRange }
    }

    public func append(to bytes: inout [UInt8], shape: Shape) {
        BitVectorReport(partition: 0, words: words).append(to: &bytes, shape: shape.vector)
    }
}
