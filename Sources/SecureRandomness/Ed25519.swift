internal import CCrypto

/// A key that checks signatures of Ed25519 (RFC 8032).
public struct Ed25519PublicKey: Hashable, Sendable, CustomStringConvertible {
    /// The length of every public key, in bytes.
    public static let byteCount = 32
    /// The length of every signature, in bytes.
    public static let signatureByteCount = 64

    /// The thirty-two bytes.
    public let bytes: [UInt8]

    /// A key of exactly 32 bytes; `nil` for any other count. Bytes that are no point of the curve verify nothing.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// A key of exactly 64 hexadecimal digits of either case; `nil` for any other text.
    public init?(hexadecimal text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 2 * Self.byteCount else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = Self.value(ofDigit: digits[index]), let low = Self.value(ofDigit: digits[index + 1])
            else { return nil }
            bytes.append(high << 4 | low)
        }
        self.bytes = bytes
    }

    /// Whether `signature` is this key's over exactly these bytes.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no Ed25519.
    /// - Complexity: linear in the message, after some 0.1 ms.
    public func verifies(_ signature: [UInt8], of message: [UInt8]) throws(RandomnessError) -> Bool {
        guard signature.count == Self.signatureByteCount else { return false }
        // A host that uses OpenSSL too must not find our refusals in its thread's queue of errors.
        ERR_set_mark()
        defer { ERR_pop_to_mark() }
        guard let key = EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, bytes, bytes.count) else {
            throw .algorithmUnavailable(name: "Ed25519")
        }
        defer { EVP_PKEY_free(key) }
        guard let context = EVP_MD_CTX_new() else { throw .cryptographyFailed(operation: "Ed25519") }
        defer { EVP_MD_CTX_free(context) }
        guard EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1 else {
            throw .cryptographyFailed(operation: "Ed25519")
        }
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }

    /// The key in 64 lower-case hexadecimal digits.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case 48...57: digit - 48
        case 65...70: digit - 55
        case 97...102: digit - 87
        default: nil
        }
    }
}

/// A key that makes signatures of Ed25519 (RFC 8032). The same message gives the same signature.
public struct Ed25519PrivateKey: Sendable {
    private let seed: SecretKey

    /// The key of a seed of 32 bytes, which is all that is kept of a private key.
    public init(seed: SecretKey) { self.seed = seed }

    /// A fresh key from the system's generator.
    ///
    /// - Throws: ``RandomnessError/systemSourceFailed(errno:)``.
    public static func random() throws(RandomnessError) -> Ed25519PrivateKey {
        Ed25519PrivateKey(seed: try SecretKey.random())
    }

    /// Lends the seed, for storing it.
    public func withUnsafeSeed<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        seed.withUnsafeBytes(body)
    }

    /// The key that checks what this one signs.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no Ed25519.
    public func publicKey() throws(RandomnessError) -> Ed25519PublicKey {
        let key = try handle()
        defer { EVP_PKEY_free(key) }
        var bytes = [UInt8](repeating: 0, count: Ed25519PublicKey.byteCount)
        var byteCount = bytes.count
        guard EVP_PKEY_get_raw_public_key(key, &bytes, &byteCount) == 1, byteCount == bytes.count,
            let publicKey = Ed25519PublicKey(bytes: bytes)
        else { throw .cryptographyFailed(operation: "Ed25519") }
        return publicKey
    }

    /// The signature of 64 bytes over these bytes.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no Ed25519.
    public func signature(of message: [UInt8]) throws(RandomnessError) -> [UInt8] {
        let key = try handle()
        defer { EVP_PKEY_free(key) }
        guard let context = EVP_MD_CTX_new() else { throw .cryptographyFailed(operation: "Ed25519") }
        defer { EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: Ed25519PublicKey.signatureByteCount)
        var byteCount = signature.count
        guard EVP_DigestSignInit(context, nil, nil, nil, key) == 1,
            EVP_DigestSign(context, &signature, &byteCount, message, message.count) == 1,
            byteCount == signature.count
        else { throw .cryptographyFailed(operation: "Ed25519") }
        return signature
    }

    private func handle() throws(RandomnessError) -> OpaquePointer {
        let key = seed.withUnsafeBytes { bytes in
            EVP_PKEY_new_raw_private_key_ex(
                nil, "ED25519", nil, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
        }
        guard let key else { throw .algorithmUnavailable(name: "Ed25519") }
        return key
    }
}
