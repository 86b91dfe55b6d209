/// Bits about some of the buckets of a range: which ones were sampled, and a bit for each.
///
/// The sampled buckets come first, in the shorter of two forms: as bits of a map with one bit for each bucket, or as
/// little-endian indices in rising order, of one byte each for up to 256 buckets and else two. Then follow their bits in the
/// order of the buckets. Bit i lies in bit i mod 8 of byte ⌊i / 8⌋; unused bits of a last byte are zero.
public struct SampledBitsReport: ReportPayload {
    /// What fixes the encoding.
    public struct Shape: Hashable, Sendable {
        /// How many buckets there are, in `1...65,536`.
        public let bucketCount: Int
        /// How many are sampled, at most all.
        public let sampleCount: Int

        /// Reports about `sampleCount` of `bucketCount` buckets.
        public init(bucketCount: Int, sampleCount: Int) {
            precondition((1...65_536).contains(bucketCount), "a bucket has an index of at most two bytes")
            precondition((1...bucketCount).contains(sampleCount), "some buckets are sampled, at most all")
            (self.bucketCount, self.sampleCount) = (bucketCount, sampleCount)
        }

        /// The 64-bit words that hold a bit for each bucket.
        public var wordCount: Int { (bucketCount + 63) / 64 }

        var indexByteCount: Int { bucketCount <= 256 ? 1 : 2 }
        var mapByteCount: Int { (bucketCount + 7) / 8 }
        var hasMap: Bool { mapByteCount <= sampleCount * indexByteCount }

        /// The bytes that name the sampled buckets.
        var sampleByteCount: Int { hasMap ? mapByteCount : sampleCount * indexByteCount }
    }

    /// Bit i mod 64 of word ⌊i / 64⌋ tells whether bucket i was sampled.
    public let sampled: [UInt64]

    /// The bits, in the places of their buckets; zero where a bucket was not sampled.
    public let bits: [UInt64]

    /// A report of these bits.
    public init(sampled: [UInt64], bits: [UInt64]) { (self.sampled, self.bits) = (sampled, bits) }

    /// Whether a bucket was sampled.
    public func isSampled(_ bucket: Int) -> Bool { Self.bit(bucket, of: sampled) }

    /// The bit of a sampled bucket.
    public func isSet(_ bucket: Int) -> Bool { Self.bit(bucket, of: bits) }

    public static func byteCount(of shape: Shape) -> Int { shape.sampleByteCount + (shape.sampleCount + 7) / 8 }

    /// Reads as many buckets and bits as the shape has.
    ///
    /// - Throws: ``ReportError/valueOutOfRange`` for a bucket that there is not, for indices that do not rise, for another
    ///   number of buckets in a map, and for a spare bit that is set.
    public init(decoding bytes: Span<UInt8>, shape: Shape) throws(ReportError) {
        let expected = Self.byteCount(of: shape)
        guard bytes.count == expected else { throw .wrongByteCount(actual: bytes.count, expected: expected) }
        var buckets: [Int] = []
        buckets.reserveCapacity(shape.sampleCount)
        if shape.hasMap {
            for index in 0..<8 * shape.mapByteCount where bytes[index / 8] >> UInt8(index % 8) & 1 == 1 {
                buckets.append(index)
            }
        } else {
            for index in 0..<shape.sampleCount {
                let start = index * shape.indexByteCount
                buckets.append(Int(bytes[start]) | (shape.indexByteCount == 2 ? Int(bytes[start + 1]) << 8 : 0))
            }
        }
        guard buckets.count == shape.sampleCount, buckets.allSatisfy({ $0 < shape.bucketCount }),
            zip(buckets, buckets.dropFirst()).allSatisfy({ $0 < $1 })
        else { throw .valueOutOfRange }
        var sampled = [UInt64](repeating: 0, count: shape.wordCount), bits = sampled
        for (position, bucket) in buckets.enumerated() {
            let bit = UInt64(bytes[shape.sampleByteCount + position / 8] >> UInt8(position % 8) & 1)
            sampled[bucket / 64] |= 1 << UInt64(bucket % 64)
            bits[bucket / 64] |= bit << UInt64(bucket % 64)
        }
        let spareCount = 8 * (expected - shape.sampleByteCount) - shape.sampleCount
        guard bytes[expected - 1].leadingZeroBitCount >= spareCount else { throw .valueOutOfRange }
        self.init(sampled: sampled, bits: bits)
    }

    public func append(to bytes: inout [UInt8], shape: Shape) {
        precondition(sampled.count == shape.wordCount, "a report has the buckets of its shape")
        let buckets = (0..<shape.bucketCount).filter(isSampled)
        precondition(buckets.count == shape.sampleCount, "a report has as many sampled buckets as its shape")
        let start = bytes.count
        bytes.append(addingCapacity: Self.byteCount(of: shape)) {
            $0.append(repeating: 0, count: Self.byteCount(of: shape))
        }
        for (position, bucket) in buckets.enumerated() {
            if shape.hasMap {
                bytes[start + bucket / 8] |= 1 << UInt8(bucket % 8)
            } else {
                for byte in 0..<shape.indexByteCount {
                    let place = start + position * shape.indexByteCount + byte
                    bytes[place] = UInt8(truncatingIfNeeded: bucket >> (8 * byte))
                }
            }
            if isSet(bucket) { bytes[start + shape.sampleByteCount + position / 8] |= 1 << UInt8(position % 8) }
        }
    }

    private static func bit(_ index: Int, of words: [UInt64]) -> Bool {
        words[index / 64] >> UInt64(index % 64) & 1 == 1
    }
}
