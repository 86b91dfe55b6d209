internal import CCrypto

/// SHA-256 (FIPS 180-4), from libcrypto.
public enum SHA256 {
    static let byteCount = 32
    static let algorithm = DigestAlgorithm("SHA256")

    /// The 32-byte digest of `message`.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no SHA-256.
    public static func digest(_ message: [UInt8]) throws(RandomnessError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: byteCount)
        try algorithm.use { context in context.add(message) && context.finish(into: &digest) }
        return digest
    }

    /// The 32-byte digest of bytes that somebody else owns.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no SHA-256.
    public static func digest(_ message: Span<UInt8>) throws(RandomnessError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: byteCount)
        try algorithm.use { context in message.withUnsafeBytes { context.add($0) } && context.finish(into: &digest) }
        return digest
    }

    /// The first eight bytes of the digest of what `message` adds, as a little-endian number.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no SHA-256.
    package static func firstWord(of message: (DigestContext) -> Bool) throws(RandomnessError) -> UInt64 {
        var digest: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        try algorithm.use { context in message(context) && context.finish(into: &digest) }
        return UInt64(littleEndian: digest.0)
    }
}

/// MD5 (RFC 1321), from libcrypto. It hides nothing: RAPPOR's Bloom filters use it for compatibility alone.
public enum MD5 {
    /// The length of every digest, in bytes.
    public static let byteCount = 16
    private static let algorithm = DigestAlgorithm("MD5")
    private static let zeros = [UInt8](repeating: 0, count: 64 * 8)

    /// The 16-byte digest of `message`.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no MD5, as under a FIPS provider.
    public static func digest(_ message: [UInt8]) throws(RandomnessError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: byteCount)
        try algorithm.use { context in context.add(message) && context.finish(into: &digest) }
        return digest
    }

    /// The digest of four bytes and a text, as two little-endian numbers.
    ///
    /// - Parameters:
    ///   - prefix: the four bytes, the most significant first.
    ///   - idleBlockCount: how many blocks of 64 bytes are hashed besides and forgotten, up to 8, so that texts of
    ///     different lengths take one time.
    /// - Throws: ``RandomnessError`` when libcrypto has no MD5.
    package static func words(
        of text: [UInt8], after prefix: UInt32, idleBlockCount: Int
    ) throws(RandomnessError) -> (UInt64, UInt64) {
        var digest: (UInt64, UInt64) = (0, 0)
        try algorithm.use { context in
            guard context.add(zeros, count: 64 * idleBlockCount), context.begin() else { return false }
            return context.add(UInt64(prefix.byteSwapped), byteCount: 4) && context.add(text)
                && context.finish(into: &digest)
        }
        return (UInt64(littleEndian: digest.0), UInt64(littleEndian: digest.1))
    }
}

/// A digest algorithm, fetched once, and a spare context for it: both cost more than a short message's digest.
final class DigestAlgorithm: Sendable {
    private let name: String
    // Immutable, counted by references and shared between threads, as libcrypto documents.
    nonisolated(unsafe) private let fetched: OpaquePointer?
    private let spare = Spare()

    init(_ name: String) { (self.name, fetched) = (name, EVP_MD_fetch(nil, name, nil)) }

    /// Lends a context that has begun a digest. It is reset afterwards, so that nothing is kept of what it hashed.
    ///
    /// - Throws: ``RandomnessError`` where libcrypto has no such algorithm, or `body` returns `false`.
    func use(_ body: (DigestContext) -> Bool) throws(RandomnessError) {
        guard let fetched else { throw .algorithmUnavailable(name: name) }
        guard let context = spare.take() ?? DigestContext.make(fetched) else {
            throw .cryptographyFailed(operation: name)
        }
        let hasWorked = body(DigestContext(context: context)) && DigestContext(context: context).begin()
        // Cleanses what the context holds.
        if !hasWorked || !spare.keep(context) { EVP_MD_CTX_free(context) }
        guard hasWorked else { throw .cryptographyFailed(operation: name) }
    }
}

/// A digest that is being computed. Its functions return `false` where libcrypto fails.
package struct DigestContext {
    fileprivate let context: OpaquePointer

    fileprivate static func make(_ algorithm: OpaquePointer) -> OpaquePointer? {
        guard let context = EVP_MD_CTX_new() else { return nil }
        if EVP_DigestInit_ex2(context, algorithm, nil) == 1 { return context }
        EVP_MD_CTX_free(context)
        return nil
    }

    /// Forgets what was added.
    func begin() -> Bool { EVP_DigestInit_ex2(context, nil, nil) == 1 }

    func add(_ bytes: UnsafeRawBufferPointer) -> Bool {
        EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1
    }

    /// Adds bytes to the message.
    package func add(_ bytes: [UInt8]) -> Bool { EVP_DigestUpdate(context, bytes, bytes.count) == 1 }

    /// Adds the first bytes of an array.
    package func add(_ bytes: [UInt8], count: Int) -> Bool {
        precondition((0...bytes.count).contains(count), "an array has so many bytes")
        return EVP_DigestUpdate(context, bytes, count) == 1
    }

    /// Adds the low bytes of a number, the least significant first.
    package func add(_ number: UInt64, byteCount: Int) -> Bool {
        precondition((0...8).contains(byteCount), "a number has eight bytes")
        return withUnsafeBytes(of: number.littleEndian) { add(UnsafeRawBufferPointer(rebasing: $0[..<byteCount])) }
    }

    /// Writes the digest to as many bytes as it has.
    func finish(into digest: UnsafeMutableRawPointer) -> Bool {
        EVP_DigestFinal_ex(context, digest.assumingMemoryBound(to: UInt8.self), nil) == 1
    }
}
