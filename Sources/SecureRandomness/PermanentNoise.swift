/// The noise that a device adds to a value once and for ever, as a pseudorandom function of its secret, the metric's
/// definition and the value. Nothing is stored, so a crash cannot make a second draw.
///
/// The permanent response to a value is a function of `HMAC(K_metric, value)`; K_metric binds the metric and every
/// parameter of its definition, so that a changed definition draws anew and two metrics share no noise.
public struct PermanentNoise: Sendable {
    /// The longest canonical value, in bytes; every value is padded to one length, so that hashing time tells none.
    public static let valueByteLimit = 255
    private static let paddedByteCount = 258

    private let key: SecretKey
    /// What the cohort comes from: all parts of one metric's noise share it.
    private let cohortKey: SecretKey

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
        cohortKey = key
    }

    private init(key: SecretKey, cohortKey: SecretKey) { (self.key, self.cohortKey) = (key, cohortKey) }

    /// The noise of one of several responses to one value: independent of that of every other position, of every other
    /// value and of ``words(for:wordCount:)`` itself, with the same cohort.
    ///
    /// - Parameters:
    ///   - position: which response, counted from 0.
    ///   - value: the canonical bytes of the whole value, at most ``valueByteLimit``.
    /// - Throws: ``RandomnessError`` when libcrypto has no HMAC-SHA256.
    public func part(_ position: UInt8, of value: [UInt8]) throws(RandomnessError) -> PermanentNoise {
        let partKey = try key.derive(Array("dither/prr-part/v1".utf8) + [position])
        var message = Self.padded(value)
        defer { wipe(&message) }
        return PermanentNoise(key: try partKey.derive(message), cohortKey: cohortKey)
    }

    /// The first `wordCount` words of permanent noise for a value.
    ///
    /// - Parameter value: the canonical bytes of the value, at most ``valueByteLimit``.
    /// - Throws: ``RandomnessError`` when libcrypto lacks an algorithm.
    public func words(for value: [UInt8], wordCount: Int) throws(RandomnessError) -> [UInt64] {
        var message = Self.padded(value)
        defer { wipe(&message) }
        let seed = try key.derive(message)
        var words = [UInt64](repeating: 0, count: wordCount)
        let failure: RandomnessError? = words.withUnsafeMutableBufferPointer { buffer in
            do throws(RandomnessError) {
                try ChaCha20.writeKeystream(key: seed, into: buffer)
                return nil
            } catch { return error }
        }
        if let failure { throw failure }
        return words
    }

    /// The cohort of the device in this metric: uniform, fixed for the definition's life, and known to the collector.
    ///
    /// - Parameter count: how many cohorts there are, a power of two up to 65,536.
    /// - Throws: ``RandomnessError`` when libcrypto has no HMAC-SHA256.
    public func cohort(among count: Int) throws(RandomnessError) -> Int {
        precondition((1...65_536).contains(count) && count.nonzeroBitCount == 1, "cohorts are a power of two")
        let drawn = try cohortKey.derive(Array("cohort".utf8))
        return drawn.withUnsafeBytes { Int($0.loadUnaligned(as: UInt32.self).littleEndian) & (count - 1) }
    }

    /// A keyed 64-bit tag by which a ledger knows a value again without storing it.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no HMAC-SHA256.
    public func tag(for value: [UInt8]) throws(RandomnessError) -> UInt64 {
        let ledgerKey = try key.derive(Array("dither/ledger-tag/v1".utf8))
        var message = Self.padded(value)
        defer { wipe(&message) }
        let tag = try ledgerKey.derive(message)
        return tag.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self).littleEndian }
    }

    private static func padded(_ value: [UInt8]) -> [UInt8] {
        precondition(value.count <= valueByteLimit, "a canonical value has at most 255 bytes")
        var padded = [UInt8](repeating: 0, count: paddedByteCount)
        padded[0] = UInt8(value.count)
        for (index, byte) in value.enumerated() { padded[index + 2] = byte }
        return padded
    }
}
