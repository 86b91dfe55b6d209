/// One category that belongs to one of several partitions, such as the devices that share a hash function.
///
/// The partition comes first, a little-endian index in the fewest bytes that fit (none where there is only one); then
/// the category as ``CategoryReport`` writes it.
public struct PartitionedCategoryReport: ReportPayload {
    /// What fixes the encoding.
    public struct Shape: Hashable, Sendable {
        /// How many partitions there are, in `1...65,536`.
        public let partitionCount: Int
        /// How many categories there are.
        public let categoryCount: Int

        /// Categories of `categoryCount` in `partitionCount` partitions.
        public init(partitionCount: Int, categoryCount: Int) {
            precondition((1...65_536).contains(partitionCount), "a partition has an index of at most two bytes")
            (self.partitionCount, self.categoryCount) = (partitionCount, categoryCount)
        }

        /// The bytes that name the partition.
        public var partitionByteCount: Int { partitionCount == 1 ? 0 : partitionCount <= 256 ? 1 : 2 }
    }

    /// The partition, counted from 0.
    public let partition: Int

    /// The category, below the number of categories.
    public let category: Int

    /// A report of `category` in `partition`.
    public init(partition: Int, category: Int) { (self.partition, self.category) = (partition, category) }

    public static func byteCount(of shape: Shape) -> Int {
        shape.partitionByteCount + CategoryReport.byteCount(of: shape.categoryCount)
    }

    /// Reads a partition and a category.
    ///
    /// - Throws: ``ReportError/valueOutOfRange`` for a partition or a category that there is not.
    public init(decoding bytes: Span<UInt8>, shape: Shape) throws(ReportError) {
        let expected = Self.byteCount(of: shape), start = shape.partitionByteCount
        guard bytes.count == expected else { throw .wrongByteCount(actual: bytes.count, expected: expected) }
        var partition = 0
        for index in 0..<start { partition |= Int(bytes[index]) << (8 * index) }
        guard partition < shape.partitionCount else { throw .valueOutOfRange }
        let answer = try CategoryReport(decoding: bytes.extracting(start..<expected), shape: shape.categoryCount)
        self.init(partition: partition, category: answer.category)
    }

    public func append(to bytes: inout [UInt8], shape: Shape) {
        bytes.append(lowBytes: shape.partitionByteCount, of: UInt64(partition))
        CategoryReport(category: category).append(to: &bytes, shape: shape.categoryCount)
    }
}
