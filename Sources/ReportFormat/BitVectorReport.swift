/// A vector of bits that belongs to one of several partitions: a cohort of devices, or a row of a sketch.
///
/// The partition comes first, a little-endian index in the fewest bytes that fit (none where there is only one); then
/// the bits, bit i in bit i mod 8 of byte ⌊i / 8⌋, the unused bits of the last byte zero.
public struct BitVectorReport: ReportPayload {
    /// What fixes the encoding.
    public struct Shape: Hashable, Sendable {
        /// How many partitions there are, in `1...65,536`.
        public let partitionCount: Int
        /// How many bits a report has, in `1...65,536`.
        public let bitCount: Int

        /// Vectors of `bitCount` bits in `partitionCount` partitions.
        public init(partitionCount: Int, bitCount: Int) {
            precondition((1...65_536).contains(partitionCount), "a partition has an index of at most two bytes")
            precondition((1...65_536).contains(bitCount), "a report has 1 to 65,536 bits")
            (self.partitionCount, self.bitCount) = (partitionCount, bitCount)
        }

        /// The bytes that name the partition.
        public var partitionByteCount: Int { partitionCount == 1 ? 0 : partitionCount <= 256 ? 1 : 2 }

        /// The bytes that hold the bits.
        public var vectorByteCount: Int { (bitCount + 7) / 8 }

        /// The 64-bit words that hold the bits.
        public var wordCount: Int { (bitCount + 63) / 64 }

        /// The bits of the last word that a vector uses.
        public var lastWordMask: UInt64 { .max >> UInt64((64 - bitCount % 64) % 64) }
    }

    /// The partition, counted from 0.
    public let partition: Int

    /// Bit i of the vector is bit i mod 64 of word ⌊i / 64⌋; bits beyond the vector are zero.
    public let words: [UInt64]

    /// A report of these bits.
    public init(partition: Int, words: [UInt64]) { (self.partition, self.words) = (partition, words) }

    /// Whether bit `index` is set.
    public subscript(index: Int) -> Bool { words[index / 64] >> UInt64(index % 64) & 1 == 1 }

    public static func byteCount(of shape: Shape) -> Int { shape.partitionByteCount + shape.vectorByteCount }

    /// Whether bytes are a partition and as many bits as the shape has.
    ///
    /// - Throws: ``ReportError/valueOutOfRange`` for a partition that there is not, and for a spare bit that is set.
    public static func validate(_ bytes: Span<UInt8>, shape: Shape) throws(ReportError) {
        let expected = byteCount(of: shape)
        guard bytes.count == expected else { throw .wrongByteCount(actual: bytes.count, expected: expected) }
        guard partition(of: bytes, shape: shape) < shape.partitionCount else { throw .valueOutOfRange }
        let spareBitCount = 8 * shape.vectorByteCount - shape.bitCount
        guard bytes[expected - 1].leadingZeroBitCount >= spareBitCount else { throw .valueOutOfRange }
    }

    private static func partition(of bytes: Span<UInt8>, shape: Shape) -> Int {
        var partition = 0
        for index in 0..<shape.partitionByteCount { partition |= Int(bytes[index]) << (8 * index) }
        return partition
    }

    /// Reads a partition and as many bits as the shape has.
    ///
    /// - Throws: what ``validate(_:shape:)`` throws.
    public init(decoding bytes: Span<UInt8>, shape: Shape) throws(ReportError) {
        try Self.validate(bytes, shape: shape)
        let expected = bytes.count, start = shape.partitionByteCount
        var words: [UInt64] = []
        words.reserveCapacity(shape.wordCount)
        for index in 0..<shape.vectorByteCount / 8 {
            // Bounds are checked, and every bit pattern is an integer.
            let word = unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: start + 8 * index, as: UInt64.self)
            words.append(UInt64(littleEndian: word))
        }
        if words.count < shape.wordCount {
            let rest = start + 8 * words.count..<expected
            words.append(rest.reversed().reduce(0) { $0 << 8 | UInt64(bytes[$1]) })
        }
        self.init(partition: Self.partition(of: bytes, shape: shape), words: words)
    }

    public func append(to bytes: inout [UInt8], shape: Shape) {
        precondition(words.count == shape.wordCount, "a report has the bits of its shape")
        bytes.append(lowBytes: shape.partitionByteCount, of: UInt64(partition))
        // Known when it is compiled; words need no change where bytes already have their order.
        let isLittleEndian = UInt64(1).littleEndian == 1
        let ordered = isLittleEndian ? words : words.map(\.littleEndian)
        unsafe ordered.withUnsafeBytes {
            unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[..<shape.vectorByteCount]))
        }
    }
}
