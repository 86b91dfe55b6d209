public import SecureRandomness

/// Noise that is a list of words, for enumerating what a mechanism does with each.
public struct ListedNoise: NoiseSource {
    private let words: [UInt64]
    private var position = 0

    /// These words, one after the other; drawing more is a fault of the test.
    public init(_ words: [UInt64]) { self.words = words }

    public mutating func next() -> UInt64 {
        defer { position += 1 }
        return words[position]
    }
}
