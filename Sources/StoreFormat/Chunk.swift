public import SecureRandomness

/// Why the bytes of a stored chunk are not what was sealed.
public enum ChunkError: Error, Hashable, Sendable {
    /// There are no payloads, or one has another length than the others.
    case unequalPayloads
    /// Count and stride do not make the blob's length.
    case wrongByteCount(actual: Int, expected: Int)
    /// The checksum does not match: the store is damaged.
    case checksumMismatch
    /// There was no randomness to shuffle with, or no digest.
    case noRandomness(RandomnessError)
}

/// Payloads of one metric, version, day and shape key, sealed in random order.
public struct Chunk: Hashable, Sendable {
    /// A chunk is sealed when its payloads take this many bytes.
    public static let targetByteCount = 262_144

    /// And when it holds this many payloads, however short they are.
    public static let targetPayloadCount = 65_536

    /// The length of each payload, in bytes.
    public let stride: Int

    /// The payloads, end to end.
    public let payloads: [UInt8]

    /// The SHA-256 of ``payloads``.
    public let checksum: [UInt8]

    /// The number of payloads.
    public var count: Int { payloads.count / stride }

    /// Shuffles payloads of one length and seals them.
    ///
    /// - Throws: ``ChunkError``.
    public init(sealing payloads: [[UInt8]]) throws(ChunkError) {
        guard let stride = payloads.first?.count, stride > 0, payloads.allSatisfy({ $0.count == stride }) else {
            throw .unequalPayloads
        }
        var shuffled = payloads
        do {
            try shuffle(&shuffled)
            var joined: [UInt8] = []
            joined.reserveCapacity(stride * shuffled.count)
            for payload in shuffled { joined += payload }
            (self.stride, self.payloads) = (stride, joined)
            checksum = try SHA256.digest(joined)
        } catch { throw .noRandomness(error) }
    }

    /// A chunk as it was stored.
    ///
    /// - Throws: ``ChunkError`` when the columns contradict each other or the checksum.
    public init(stride: Int, count: Int, checksum: [UInt8], payloads: [UInt8]) throws(ChunkError) {
        try Self.check(payloads.span, stride: stride, count: count, checksum: checksum)
        (self.stride, self.payloads, self.checksum) = (stride, payloads, checksum)
    }

    /// Makes sure that payloads, wherever they lie, are those that were sealed.
    ///
    /// - Parameter checksum: their SHA-256; `nil` checks no more than their length.
    /// - Throws: ``ChunkError`` when the columns contradict each other or the checksum.
    public static func check(
        _ payloads: Span<UInt8>, stride: Int, count: Int, checksum: [UInt8]?
    ) throws(ChunkError) {
        let (expected, overflow) = stride.multipliedReportingOverflow(by: count)
        guard stride > 0, count > 0, !overflow, payloads.count == expected else {
            throw .wrongByteCount(actual: payloads.count, expected: overflow ? .max : expected)
        }
        guard let checksum else { return }
        let digest: [UInt8]
        do { digest = try SHA256.digest(payloads) } catch { throw .noRandomness(error) }
        guard digest == checksum else { throw .checksumMismatch }
    }
}
