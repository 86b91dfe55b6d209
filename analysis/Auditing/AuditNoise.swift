public import SecureRandomness

/// The words that an audit's reports are made of: the system's, drawn in blocks, or a test's.
///
/// A class, so that one stream runs on wherever it is handed to; used by one thread at a time.
public final class AuditNoise: NoiseSource {
    private static let blockWordCount = 8192
    private let block: () throws -> [UInt64]
    private var words: [UInt64] = []
    private var position = 0
    private var blockCount = 0
    /// Whether a block could not be had; words are then zeros, and whatever was made of them is void.
    public private(set) var hasFailed = false

    /// Words that come block by block.
    public init(block: @escaping () throws -> [UInt64]) { self.block = block }

    /// The system's words: ChaCha20 under keys from getrandom(2), as an agent's reports are made of.
    public static func system() -> AuditNoise {
        AuditNoise {
            var noise = try FreshNoise(wordCount: blockWordCount)
            return (0..<blockWordCount).map { _ in noise.next() }
        }
    }

    /// How many words have been drawn.
    public var drawnWordCount: Int { blockStart + position }

    private var blockStart = 0

    public func next() -> UInt64 {
        if position == words.count { refill() }
        defer { position += 1 }
        return words[position]
    }

    private func refill() {
        blockStart += position
        position = 0
        if let fresh = try? block(), !fresh.isEmpty { return words = fresh }
        hasFailed = true
        words = [0]
    }

    /// A secret of its own for one more device.
    func secret() -> SecretKey {
        let bytes = (0..<SecretKey.byteCount / 8).flatMap { _ in
            let word = next()
            return (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        guard let key = SecretKey(copying: bytes) else { preconditionFailure("a key has four words of bytes") }
        return key
    }
}
