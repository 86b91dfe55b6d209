internal import ReportFormat
public import SecureRandomness

/// A compiled metric set with a sequence number, the keys that may sign it, and a signature: what a collector hands to
/// agents, and what an agent believes only after ``verified(trusting:afterSequence:afterRotation:)``.
///
/// An instance is proof of the form alone. The content is not decoded before its signature is known to be right.
public struct SignedMetricSet: Hashable, Sendable {
    /// The most bytes of a signed set.
    public static let byteLimit = 1 << 20
    /// The numbers that sets may have; they fit the integers of every store.
    public static let allowedSequences: ClosedRange<UInt64> = 1...UInt64(Int64.max)
    /// The media type of the bytes.
    public static let mediaType = "application/vnd.dither.registry.v1"

    static let magic = Array("DTSS".utf8)
    static let formatVersion: UInt8 = 1

    /// Grows with every set that is published.
    public let sequence: UInt64
    /// The keys, of which the last one signed.
    public let chain: SigningKeyChain
    /// The bytes of the compiled set.
    public let content: [UInt8]
    /// The signature of the chain's last key over all that stands before it.
    public let signature: [UInt8]

    /// Signs a set.
    ///
    /// - Parameters:
    ///   - sequence: above that of every set that was published before.
    ///   - chain: the keys up to the one that signs.
    ///   - key: the private key of the chain's last one.
    /// - Throws: ``SignedMetricSetError``.
    public init(
        signing set: MetricSet, sequence: UInt64, chain: SigningKeyChain, by key: Ed25519PrivateKey
    ) throws(SignedMetricSetError) {
        let content: [UInt8]
        do { content = try set.encoded() } catch { throw .metricSet(error) }
        guard Self.allowedSequences.contains(sequence) else { throw .sequenceOutOfRange(sequence) }
        let signed = Self.signedPart(sequence: sequence, chain: chain, content: content)
        let byteCount = signed.count + Ed25519PublicKey.signatureByteCount
        guard byteCount <= Self.byteLimit else { throw .tooLarge(byteCount: byteCount) }
        let publicKey: Ed25519PublicKey
        do {
            publicKey = try key.publicKey()
            signature = try key.signature(of: Self.message(signed))
        } catch { throw .cryptography(error) }
        guard publicKey == chain.lastKey else { throw .notTheLastKey }
        (self.sequence, self.chain, self.content) = (sequence, chain, content)
    }

    /// The canonical bytes: `DTSS`, version, sequence, chain, the compiled set after its length, signature.
    public var encoded: [UInt8] { signedPart + signature }

    /// Reads a signed set. No signature is checked.
    ///
    /// - Throws: ``SignedMetricSetError``; any bytes give a set or an error, and a set encodes to the bytes it came from.
    public init(decoding bytes: [UInt8]) throws(SignedMetricSetError) {
        var reader = try SignedSetReader(bytes, magic: Self.magic, version: Self.formatVersion)
        sequence = try reader.integer(UInt64.self)
        guard Self.allowedSequences.contains(sequence) else { throw .sequenceOutOfRange(sequence) }
        chain = try SigningKeyChain(reading: &reader)
        let byteCount = try reader.integer(UInt32.self)
        content = try reader.bytes(count: Int(byteCount))
        signature = try reader.signature()
        try reader.finish()
    }

    /// Whether bytes claim to be a signed set.
    public static func isRecognised(_ bytes: [UInt8]) -> Bool { bytes.starts(with: magic) }

    private var signedPart: [UInt8] { Self.signedPart(sequence: sequence, chain: chain, content: content) }

    private static func signedPart(sequence: UInt64, chain: SigningKeyChain, content: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(magic)
        writer.append(formatVersion)
        writer.append(sequence)
        chain.write(to: &writer)
        writer.append(UInt32(content.count))
        writer.append(content)
        return writer.bytes
    }

    /// What is signed: no signature over a key is one over this.
    private static func message(_ signedPart: [UInt8]) -> [UInt8] { Array("dither/set/v1\0".utf8) + signedPart }

    /// The bytes that ``signature`` is over.
    var message: [UInt8] { Self.message(signedPart) }
}
