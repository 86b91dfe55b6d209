internal import CCrypto
internal import CPlatform

/// The ChaCha20 keystream (RFC 8439), from libcrypto.
///
/// A context is keyed for each keystream, and with zeros before it is kept for the next.
public enum ChaCha20 {
    // Immutable, counted by references and shared between threads, as libcrypto documents.
    nonisolated(unsafe) private static let algorithm = EVP_CIPHER_fetch(nil, "ChaCha20", nil)
    private static let spare = Spare()
    private static let zeros = [UInt8](repeating: 0, count: SecretKey.byteCount)
    private static let longestUpdate = 1 << 30
    static let blockByteCount = 64

    /// Writes little-endian keystream words under a zero nonce, from block 0. One key serves one purpose once.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no ChaCha20.
    /// - Complexity: linear in the words; about 5 GB/s.
    public static func writeKeystream(
        key: SecretKey, into words: UnsafeMutableBufferPointer<UInt64>
    ) throws(RandomnessError) {
        words.update(repeating: 0)
        try key.withUnsafeBytes { (key) throws(RandomnessError) in try addKeystream(key: key, to: words) }
    }

    /// The same into words that are zero.
    static func addKeystream(
        key: UnsafeRawBufferPointer, to words: UnsafeMutableBufferPointer<UInt64>
    ) throws(RandomnessError) {
        precondition(key.count == SecretKey.byteCount, "a key has 32 bytes")
        guard let algorithm else { throw .algorithmUnavailable(name: "ChaCha20") }
        guard let context = spare.take() ?? EVP_CIPHER_CTX_new() else {
            throw .cryptographyFailed(operation: "ChaCha20")
        }
        let hasWorked = zeros.withUnsafeBytes { zeros in
            // A context that is new gets its algorithm; one that is not has it.
            (EVP_CIPHER_CTX_get0_cipher(context) != nil || EVP_EncryptInit_ex2(context, algorithm, nil, nil, nil) == 1)
                && begin(context, key: key, nonce: zeros)
                && add(context, to: UnsafeMutableRawBufferPointer(words))
                // The nonce stays, which is no secret.
                && begin(context, key: zeros, nonce: nil)
        }
        // Cleanses what the context holds.
        if !hasWorked || !spare.keep(context) { EVP_CIPHER_CTX_free(context) }
        guard hasWorked else { throw .cryptographyFailed(operation: "ChaCha20") }
        for index in words.indices { words[index] = UInt64(littleEndian: words[index]) }
    }

    private static func begin(
        _ context: OpaquePointer, key: UnsafeRawBufferPointer, nonce: UnsafeRawBufferPointer?
    ) -> Bool {
        let (key, nonce) = (key.assumingMemoryBound(to: UInt8.self), nonce?.assumingMemoryBound(to: UInt8.self))
        return EVP_EncryptInit_ex2(context, nil, key.baseAddress, nonce?.baseAddress, nil) == 1
    }

    private static func add(_ context: OpaquePointer, to bytes: UnsafeMutableRawBufferPointer) -> Bool {
        // Whole blocks only: the context would keep what is left of one. Sixteen at a time are fast, and libcrypto computes
        // as many for each that follows them in one call.
        let strideEnd = bytes.count & ~(16 * blockByteCount - 1), blocksEnd = bytes.count & ~(blockByteCount - 1)
        var offset = 0
        while offset < blocksEnd {
            let next = offset < strideEnd ? min(strideEnd, offset + longestUpdate) : blocksEnd
            guard update(context, UnsafeMutableRawBufferPointer(rebasing: bytes[offset..<next])) else { return false }
            offset = next
        }
        let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[blocksEnd...])
        return rest.isEmpty || addLastBlock(context, to: rest)
    }

    private static func update(_ context: OpaquePointer, _ bytes: UnsafeMutableRawBufferPointer) -> Bool {
        let pointer = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
        var written: Int32 = 0
        return EVP_EncryptUpdate(context, pointer, &written, pointer, Int32(bytes.count)) == 1
    }

    private static func addLastBlock(_ context: OpaquePointer, to bytes: UnsafeMutableRawBufferPointer) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: blockByteCount, alignment: 16) { block in
            defer { dither_wipe(block.baseAddress, block.count) }
            block.initializeMemory(as: UInt8.self, repeating: 0)
            guard update(context, block) else { return false }
            for index in bytes.indices { bytes[index] ^= block[index] }
            return true
        }
    }
}
