/// The noise that a device adds to a value once and for ever, as a pseudorandom function of its secret, the metric's
/// definition and the value. Nothing is stored, so a crash cannot make a second draw.
///
/// The permanent response to a value is a function of `HMAC(K_metric, value)`; K_metric binds the metric and every
/// parameter of its definition, so that a changed definition draws anew and two metrics share no noise.
public struct PermanentNoise: Sendable {
    /// The longest canonical value, in bytes; every value is padded to one length, so that hashing takes
    /// as many blocks for each.
    public static let valueByteLimit = 255
    private static let zeros = [UInt8](repeating: 0, count: valueByteLimit + 1)

    private let key: SecretKey
    /// The bits that a cohort is made of, no secret: all parts of one metric's noise share them.
    private let cohortBits: UInt32

    /// The permanent noise of one metric on one device.
    ///
    /// - Parameters:
    ///   - secret: the device's secret.
    ///   - metric: the metric's wire identity.
    ///   - definitionHash: the SHA-256 of the canonical definition.
    /// - Throws: ``RandomnessError`` when libcrypto has no HMAC-SHA256.
    public init(secret: SecretKey, metric: UInt32, definitionHash: [UInt8]) throws(RandomnessError) {
        let identity = withUnsafeBytes(of: metric.littleEndian) { Array($0) }
        key = try secret.derive(Array("dither/prr/v1".utf8) + [UInt8(identity.count), 0] + identity + definitionHash)
        let drawn = try key.derive(Array("cohort".utf8))
        cohortBits = drawn.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self).littleEndian }
    }

    private init(key: SecretKey, cohortBits: UInt32) { (self.key, self.cohortBits) = (key, cohortBits) }

    /// The noise of one of several responses to one value: independent of that of every other position, of every other
    /// value and of ``words(for:wordCount:)`` itself, with the same cohort.
    ///
    /// - Parameters:
    ///   - position: which response, counted from 0.
    ///   - value: the canonical bytes of the whole value, at most ``valueByteLimit``.
    /// - Throws: ``RandomnessError`` when libcrypto has no HMAC-SHA256.
    public func part(_ position: UInt8, of value: [UInt8]) throws(RandomnessError) -> PermanentNoise {
        let partKey = try key.derive(Array("dither/prr-part/v1".utf8) + [position])
        return PermanentNoise(
            key: try partKey.derive { Self.add(CanonicalValue(value), to: $0) }, cohortBits: cohortBits)
    }

    /// The first `wordCount` words of permanent noise for a value.
    ///
    /// - Parameter value: the canonical bytes of the value, at most ``valueByteLimit``.
    /// - Throws: ``RandomnessError`` when libcrypto lacks an algorithm.
    public func words(for value: CanonicalValue, wordCount: Int) throws(RandomnessError) -> NoiseWords {
        let seed = SecretMemory.take()
        defer { SecretMemory.giveBack(seed) }
        try HMACSHA256.write(key: key, into: seed) { Self.add(value, to: $0) }
        let words = NoiseWords(count: wordCount)
        try words.addKeystream(key: UnsafeRawBufferPointer(seed))
        return words
    }

    /// The cohort of the device in this metric: uniform, fixed for the definition's life, and known to the collector.
    ///
    /// - Parameter count: how many cohorts there are, a power of two up to 65,536.
    public func cohort(among count: Int) -> Int {
        precondition((1...65_536).contains(count) && count.nonzeroBitCount == 1, "cohorts are a power of two")
        return Int(cohortBits) & (count - 1)
    }

    /// A keyed 64-bit tag by which a ledger knows a value again without storing it.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no HMAC-SHA256.
    public func tag(for value: [UInt8]) throws(RandomnessError) -> UInt64 {
        let ledgerKey = try key.derive(Array("dither/ledger-tag/v1".utf8))
        let tag = try ledgerKey.derive { Self.add(CanonicalValue(value), to: $0) }
        return tag.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self).littleEndian }
    }

    /// What is hashed of a value, as many bytes for all: its length in two bytes, the value, and zeros.
    private static func add(_ value: CanonicalValue, to message: DigestContext) -> Bool {
        precondition(value.count <= valueByteLimit, "a canonical value has at most 255 bytes")
        return message.add(UInt64(value.count), byteCount: 2)
            && value.add(to: message, byteCount: valueByteLimit + 1, zeros: zeros)
    }
}
