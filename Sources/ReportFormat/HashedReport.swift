/// A hash function, named by the seed that it follows from, and one of its values: eight bytes, little-endian, and then
/// the value in the fewest bytes that fit every one.
public struct HashedReport: ReportPayload {
    /// What fixes the encoding.
    public struct Shape: Hashable, Sendable {
        /// How many of a seed's low bits may be set, in `1...64`.
        public let seedBitCount: Int
        /// How many values a function has.
        public let valueCount: Int

        /// Functions of so many values, from seeds of so many bits.
        public init(seedBitCount: Int, valueCount: Int) {
            precondition((1...64).contains(seedBitCount), "a seed has 1 to 64 bits")
            (self.seedBitCount, self.valueCount) = (seedBitCount, valueCount)
        }
    }

    /// The bytes of a seed, whatever its bits.
    public static let seedByteCount = 8

    /// The function's seed.
    public let seed: UInt64
    /// The reported value.
    public let value: Int

    /// A report of a value of a function.
    public init(seed: UInt64, value: Int) { (self.seed, self.value) = (seed, value) }

    public static func byteCount(of shape: Shape) -> Int {
        seedByteCount + CategoryReport.byteCount(of: shape.valueCount)
    }

    /// Reads a seed and a value.
    ///
    /// - Throws: ``ReportError/valueOutOfRange`` for a value or a seed that there is not.
    public init(decoding bytes: Span<UInt8>, shape: Shape) throws(ReportError) {
        let expected = Self.byteCount(of: shape)
        guard bytes.count == expected else { throw .wrongByteCount(actual: bytes.count, expected: expected) }
        var seed: UInt64 = 0
        for index in 0..<Self.seedByteCount { seed |= UInt64(bytes[index]) << UInt64(8 * index) }
        guard seed & ~(.max >> UInt64(64 - shape.seedBitCount)) == 0 else { throw .valueOutOfRange }
        let value = try CategoryReport(
            decoding: bytes.extracting(Self.seedByteCount..<expected), shape: shape.valueCount)
        self.init(seed: seed, value: value.category)
    }

    public func append(to bytes: inout [UInt8], shape: Shape) {
        bytes.append(lowBytes: Self.seedByteCount, of: seed)
        CategoryReport(category: value).append(to: &bytes, shape: shape.valueCount)
    }
}
