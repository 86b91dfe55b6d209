public import SecureRandomness

extension [UInt64] {
    /// The words, which nobody wipes any more.
    public init(_ words: borrowing NoiseWords) { self = (0..<words.count).map { words[$0] } }
}
