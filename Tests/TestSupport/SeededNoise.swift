public import SecureRandomness

/// Reproducible noise, for tests only: splitmix64 from a literal seed. Not secure in any way.
public struct SeededNoise: NoiseSource, RandomNumberGenerator {
    private var state: UInt64

    /// How many words have been drawn.
    public private(set) var drawnWordCount = 0

    /// The sequence of this seed.
    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        drawnWordCount += 1
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// The next `count` bytes.
    public mutating func bytes(count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let word = next()
            bytes += (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        return Array(bytes.prefix(count))
    }

    /// A secret that every run of the test shares.
    public mutating func secret() -> SecretKey {
        guard let key = SecretKey(copying: bytes(count: SecretKey.byteCount)) else {
            preconditionFailure("a key is made of exactly as many bytes as a key has")
        }
        return key
    }
}

/// The SHA-256 of bytes, for sealing what a test has changed.
public func sha256(_ bytes: [UInt8]) throws -> [UInt8] { try SHA256.digest(bytes) }
