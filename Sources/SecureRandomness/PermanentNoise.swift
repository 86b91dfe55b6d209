/// The noise that a device adds to a value once and for ever, as a pseudorandom function of its secret, the metric's
/// definition and the value. Nothing is stored, so a crash cannot make a second draw.
///
/// The permanent response to a value is a function of `HMAC(K_metric, value)`; K_metric binds the metric and every
/// parameter of its definition, so that a changed definition draws anew and two metrics share no noise.
public struct PermanentNoise: Sendable {
    /// The longest value, in bytes; every value is padded to 256 bytes, so that hashing time tells no length.
    public static let valueByteLimit = 254

    private let key: SecretKey

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
    }

    /// The first `wordCount` words of permanent noise for a value.
    ///
    /// - Parameter value: the canonical bytes of the value, at most ``valueByteLimit``.
    /// - Throws: ``RandomnessError`` when libcrypto lacks an algorithm.
    public func words(for value: [UInt8], wordCount: Int) throws(RandomnessError) -> [UInt64] {
        let seed = try key.derive(Self.padded(value))
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

    /// A keyed 64-bit tag by which a ledger knows a value again without storing it.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no HMAC-SHA256.
    public func tag(for value: [UInt8]) throws(RandomnessError) -> UInt64 {
        let ledgerKey = try key.derive(Array("dither/ledger-tag/v1".utf8))
        let tag = try ledgerKey.derive(Self.padded(value))
        return tag.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self).littleEndian }
    }

    private static func padded(_ value: [UInt8]) -> [UInt8] {
        precondition(value.count <= valueByteLimit, "a value has at most 254 bytes")
        var padded = [UInt8](repeating: 0, count: valueByteLimit + 4)
        padded[0] = UInt8(value.count)
        for (index, byte) in value.enumerated() { padded[index + 2] = byte }
        return padded
    }
}
