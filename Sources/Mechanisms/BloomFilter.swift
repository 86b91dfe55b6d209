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
        let cohortBytes = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: cohort >> $0) }
        var message = cohortBytes + text
        defer { wipe(&message) }
        return try MD5.digest(message).prefix(hashCount).map { Int($0) % bitCount }
    }

    /// The same for a device, whose time shall not tell the text's length.
    ///
    /// MD5 takes its time by blocks of 64 bytes, so a second message makes up the number: six blocks are hashed for any
    /// text of up to 254 bytes.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no MD5.
    func bitsInEqualTime(of text: [UInt8], cohort: Int) throws(RandomnessError) -> [Int] {
        // Four bytes of cohort go before the text, and nine or more of padding and length follow it.
        let (blockCount, paddingByteCount) = ((4 + text.count + 8) / 64 + 1, 9)
        let restBlockCount = max(1, Self.blockCount - blockCount)
        _ = try MD5.digest([UInt8](repeating: 0, count: 64 * restBlockCount - paddingByteCount))
        return try bits(of: text, cohort: cohort)
    }

    private static let blockCount = 6
}

extension [Int] {
    /// The vector in which the bits of these indices are set.
    func bitVector(wordCount: Int) -> [UInt64] {
        var words = [UInt64](repeating: 0, count: wordCount)
        for index in self { words[index / 64] |= 1 << UInt64(index % 64) }
        return words
    }
}
