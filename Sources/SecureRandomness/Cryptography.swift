internal import CCrypto

/// libcrypto's algorithms, fetched once per process; the fetched objects are immutable and shared between threads.
private enum Algorithms {
    nonisolated(unsafe) static let sha256 = EVP_MD_fetch(nil, "SHA256", nil)
    nonisolated(unsafe) static let md5 = EVP_MD_fetch(nil, "MD5", nil)
    nonisolated(unsafe) static let hmac = EVP_MAC_fetch(nil, "HMAC", nil)
    nonisolated(unsafe) static let chacha20 = EVP_CIPHER_fetch(nil, "ChaCha20", nil)
}

/// SHA-256 (FIPS 180-4), from libcrypto.
public enum SHA256 {
    /// The 32-byte digest of `message`.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no SHA-256.
    public static func digest(_ message: [UInt8]) throws(RandomnessError) -> [UInt8] {
        guard let algorithm = Algorithms.sha256 else { throw .algorithmUnavailable(name: "SHA256") }
        var digest = [UInt8](repeating: 0, count: 32)
        guard EVP_Digest(message, message.count, &digest, nil, algorithm, nil) == 1 else {
            throw .cryptographyFailed(operation: "SHA-256")
        }
        return digest
    }

    /// The 32-byte digest of bytes that somebody else owns.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no SHA-256.
    public static func digest(_ message: Span<UInt8>) throws(RandomnessError) -> [UInt8] {
        guard let algorithm = Algorithms.sha256 else { throw .algorithmUnavailable(name: "SHA256") }
        var digest = [UInt8](repeating: 0, count: 32)
        let succeeded = message.withUnsafeBufferPointer {
            EVP_Digest($0.baseAddress, $0.count, &digest, nil, algorithm, nil) == 1
        }
        guard succeeded else { throw .cryptographyFailed(operation: "SHA-256") }
        return digest
    }
}

/// MD5 (RFC 1321), from libcrypto. It hides nothing: RAPPOR's Bloom filters use it for compatibility alone.
public enum MD5 {
    /// The length of every digest, in bytes.
    public static let byteCount = 16

    /// The 16-byte digest of `message`.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no MD5, as under a FIPS provider.
    public static func digest(_ message: [UInt8]) throws(RandomnessError) -> [UInt8] {
        guard let algorithm = Algorithms.md5 else { throw .algorithmUnavailable(name: "MD5") }
        var digest = [UInt8](repeating: 0, count: byteCount)
        guard EVP_Digest(message, message.count, &digest, nil, algorithm, nil) == 1 else {
            throw .cryptographyFailed(operation: "MD5")
        }
        return digest
    }
}

/// HMAC-SHA256 (RFC 2104), from libcrypto.
public enum HMACSHA256 {
    /// The 32-byte tag of `message` under a key of any length; for keys that are not secret, as in test vectors.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no HMAC.
    public static func tag(publicKey key: [UInt8], message: [UInt8]) throws(RandomnessError) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: 32)
        let succeeded = try key.withUnsafeBytesTyped { (key) throws(RandomnessError) in
            try compute(key: key, message: message, into: &tag)
        }
        guard succeeded else { throw .cryptographyFailed(operation: "HMAC-SHA256") }
        return tag
    }

    static func write(
        key: SecretKey, message: [UInt8], into buffer: UnsafeMutableRawBufferPointer
    ) throws(RandomnessError) {
        precondition(buffer.count == 32, "a tag has 32 bytes")
        let result: Result<Bool, RandomnessError> = key.withUnsafeBytes { key in
            do throws(RandomnessError) {
                return .success(try compute(key: key, message: message, into: buffer.baseAddress))
            } catch { return .failure(error) }
        }
        guard try result.get() else { throw .cryptographyFailed(operation: "HMAC-SHA256") }
    }

    private static func compute(
        key: UnsafeRawBufferPointer, message: [UInt8], into tag: UnsafeMutableRawPointer?
    ) throws(RandomnessError) -> Bool {
        guard let algorithm = Algorithms.hmac else { throw .algorithmUnavailable(name: "HMAC") }
        guard let context = EVP_MAC_CTX_new(algorithm) else {
            throw .cryptographyFailed(operation: "HMAC-SHA256")
        }
        defer { EVP_MAC_CTX_free(context) }
        var name: [CChar] = [83, 72, 65, 50, 53, 54, 0]  // "SHA256"
        return name.withUnsafeMutableBufferPointer { name in
            let parameters = [
                OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.baseAddress, 0),
                OSSL_PARAM_construct_end(),
            ]
            return EVP_MAC_init(context, key.baseAddress, key.count, parameters) == 1
                && EVP_MAC_update(context, message, message.count) == 1
                && EVP_MAC_final(context, tag?.assumingMemoryBound(to: UInt8.self), nil, 32) == 1
        }
    }
}

/// The ChaCha20 keystream (RFC 8439), from libcrypto.
public enum ChaCha20 {
    /// Writes little-endian keystream words under a zero nonce, from block 0. One key serves one purpose once.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no ChaCha20.
    /// - Complexity: linear in the words; about 5 GB/s.
    public static func writeKeystream(
        key: SecretKey, into words: UnsafeMutableBufferPointer<UInt64>
    ) throws(RandomnessError) {
        guard let algorithm = Algorithms.chacha20 else { throw .algorithmUnavailable(name: "ChaCha20") }
        guard let context = EVP_CIPHER_CTX_new() else { throw .cryptographyFailed(operation: "ChaCha20") }
        defer { EVP_CIPHER_CTX_free(context) }  // Cleanses the key and the unread keystream.
        words.update(repeating: 0)
        let nonce = [UInt8](repeating: 0, count: 16)
        let bytes = UnsafeMutableRawBufferPointer(words)
        let succeeded = key.withUnsafeBytes { key in
            guard EVP_EncryptInit_ex(context, algorithm, nil, key.baseAddress, nonce) == 1 else { return false }
            var offset = 0
            while offset < bytes.count {
                let chunk = UnsafeMutableRawBufferPointer(
                    rebasing: bytes[offset..<min(bytes.count, offset + (1 << 30))])
                let pointer = chunk.baseAddress?.assumingMemoryBound(to: UInt8.self)
                var written: Int32 = 0
                guard EVP_EncryptUpdate(context, pointer, &written, pointer, Int32(chunk.count)) == 1 else {
                    return false
                }
                offset += chunk.count
            }
            return true
        }
        guard succeeded else { throw .cryptographyFailed(operation: "ChaCha20") }
        for index in words.indices { words[index] = UInt64(littleEndian: words[index]) }
    }
}

extension Array<UInt8> {
    fileprivate func withUnsafeBytesTyped<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeBufferPointer { (buffer) throws(Failure) in try body(UnsafeRawBufferPointer(buffer)) }
    }
}
