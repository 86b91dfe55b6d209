public import SecureRandomness

/// The Bloom filter of a text, by the rule of google/rappor's Python and C++ clients: hash j of a text in a cohort is
/// byte j of MD5(cohort as four bytes, most significant first ‖ text), modulo the number of bits.
///
/// MD5 for compatibility alone: nothing rests on it but how texts are spread over bits.
public struct BloomFilter: Hashable, Sendable {
    /// k, up to 256; of a metric a power of two, so that no bit is likelier than another.
    public let bitCount: Int
    /// h, at most the sixteen bytes of a digest.
    public let hashCount: Int

    /// A filter of so many bits and hashes.
    public init(bitCount: Int, hashCount: Int) {
        precondition((1...256).contains(bitCount), "a byte tells 256 bits apart")
        precondition((1...MD5.byteCount).contains(hashCount), "a hash is a byte of the digest")
        (self.bitCount, self.hashCount) = (bitCount, hashCount)
    }

    /// The bits that a text sets, one a hash; two hashes may set the same.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no MD5.
    public func bits(of text: [UInt8], cohort: Int) throws(RandomnessError) -> [Int] {
        let digest = try MD5.words(of: text, after: UInt32(truncatingIfNeeded: cohort), idleBlockCount: 0)
        return (0..<hashCount).map { bit(of: $0, in: digest) }
    }

    /// The bits that a text sets, for a device, whose time shall not tell the text's length.
    ///
    /// MD5 takes its time by blocks of 64 bytes, so idle blocks make up the number: five are hashed for any text of up to 254
    /// bytes.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no MD5.
    func bitsInEqualTime(of text: [UInt8], cohort: Int) throws(RandomnessError) -> InlineArray<4, UInt64> {
        // Four bytes of cohort go before the text, and nine or more of padding and length follow it.
        let blockCount = (4 + text.count + 8) / 64 + 1
        let digest = try MD5.words(
            of: text, after: UInt32(truncatingIfNeeded: cohort), idleBlockCount: max(0, Self.blockCount - blockCount))
        var words = InlineArray<4, UInt64>(repeating: 0)
        for hash in 0..<hashCount {
            let bit = bit(of: hash, in: digest)
            words[bit / 64] |= 1 << UInt64(bit % 64)
        }
        return words
    }

    private func bit(of hash: Int, in digest: (UInt64, UInt64)) -> Int {
        Int((hash < 8 ? digest.0 : digest.1) >> UInt64(8 * (hash % 8)) & 0xFF) % bitCount
    }

    private static let blockCount = 5
}
