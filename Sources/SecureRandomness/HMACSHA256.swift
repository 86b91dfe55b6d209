internal import CPlatform

/// HMAC-SHA256 (RFC 2104) on libcrypto's SHA-256.
///
/// libcrypto's own HMAC keeps the key in its context, in ordinary memory. A new context for each tag, or one that is keyed
/// anew to forget, takes twice the time of the two digests here.
public enum HMACSHA256 {
    private static let blockByteCount = 64

    /// The 32-byte tag of `message` under a key of any length; for keys that are not secret, as in test vectors.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no SHA-256.
    public static func tag(publicKey key: [UInt8], message: [UInt8]) throws(RandomnessError) -> [UInt8] {
        let key = key.count > blockByteCount ? try SHA256.digest(key) : key
        var tag = [UInt8](repeating: 0, count: SHA256.byteCount)
        try SHA256.algorithm.use { context in
            key.withUnsafeBytes { key in
                tag.withUnsafeMutableBytes { compute(context, key: key, into: $0) { $0.add(message) } }
            }
        }
        return tag
    }

    /// Writes the tag of what `message` adds.
    static func write(
        key: SecretKey, into tag: UnsafeMutableRawBufferPointer, message: (DigestContext) -> Bool
    ) throws(RandomnessError) {
        try SHA256.algorithm.use { context in
            key.withUnsafeBytes { compute(context, key: $0, into: tag, message: message) }
        }
    }

    /// With K of at most a block: H((K ⊕ 5c…) ‖ H((K ⊕ 36…) ‖ message)).
    private static func compute(
        _ context: DigestContext, key: UnsafeRawBufferPointer, into tag: UnsafeMutableRawBufferPointer,
        message: (DigestContext) -> Bool
    ) -> Bool {
        precondition(key.count <= blockByteCount && tag.count == SHA256.byteCount, "a tag has 32 bytes")
        return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: blockByteCount / 8) { pad in
            guard let inner = tag.baseAddress else { return false }
            let bytes = UnsafeMutableRawBufferPointer(pad)
            defer { dither_wipe(bytes.baseAddress, bytes.count) }
            pad.initialize(repeating: 0)
            bytes.copyMemory(from: key)
            for index in pad.indices { pad[index] ^= 0x3636_3636_3636_3636 }
            guard context.add(UnsafeRawBufferPointer(pad)), message(context), context.finish(into: inner),
                context.begin()
            else { return false }
            for index in pad.indices { pad[index] ^= 0x3636_3636_3636_3636 ^ 0x5c5c_5c5c_5c5c_5c5c }
            return context.add(UnsafeRawBufferPointer(pad)) && context.add(UnsafeRawBufferPointer(tag))
                && context.finish(into: inner)
        }
    }
}
