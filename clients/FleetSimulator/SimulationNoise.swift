public import SecureRandomness

/// The randomness of a simulation: a ChaCha20 keystream, reproducible if it is seeded. No agent has anything like it.
public struct SimulationNoise: NoiseSource, ~Copyable {
    private static let wordsPerBlock = 8_192

    private var key: SecretKey
    private var words: [UInt64]
    private var position = 0

    /// Keystream under a key from the system, or under one that follows from a seed.
    ///
    /// - Throws: ``RandomnessError``.
    public init(seed: UInt64?) throws(RandomnessError) {
        let first = try Self.block(under: try Self.firstKey(seed: seed))
        (key, words) = (first.successor, first.words)
    }

    private static func firstKey(seed: UInt64?) throws(RandomnessError) -> SecretKey {
        guard let seed else { return try SecretKey.random() }
        let digits = withUnsafeBytes(of: seed.littleEndian) { Array($0) }
        guard let key = SecretKey(copying: try SHA256.digest(Array("dither/simulation/v1".utf8) + digits)) else {
            preconditionFailure("a digest has as many bytes as a key")
        }
        return key
    }

    public mutating func next() -> UInt64 {
        if position == words.count {
            // libcrypto gave keystream when the noise was made, and needs nothing for more that it lacked then.
            guard let block = try? Self.block(under: key) else { preconditionFailure("the keystream ended") }
            (key, words, position) = (block.successor, block.words, 0)
        }
        defer { position += 1 }
        return words[position]
    }

    /// A device's secret of its own.
    public mutating func secret() -> SecretKey {
        Self.key(of: [next(), next(), next(), next()])
    }

    /// Words of keystream, and the key of the next block, which is what the keystream ends with.
    private static func block(
        under key: SecretKey
    ) throws(RandomnessError) -> (words: [UInt64], successor: SecretKey) {
        var failure: RandomnessError?
        var words = [UInt64](unsafeUninitializedCapacity: wordsPerBlock) { buffer, count in
            buffer.initialize(repeating: 0)
            count = buffer.count
            do throws(RandomnessError) { try ChaCha20.writeKeystream(key: key, into: buffer) } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        let successor = Self.key(of: words.suffix(4))
        words.removeLast(4)
        return (words, successor)
    }

    private static func key(of words: some Sequence<UInt64>) -> SecretKey {
        let bytes = words.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
        guard let key = SecretKey(copying: bytes) else { preconditionFailure("a key is made of four words") }
        return key
    }
}
