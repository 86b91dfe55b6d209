/// Damaged twins of valid bytes.
public enum Mutations {
    /// Every proper prefix, the empty one first.
    public static func truncations(of bytes: [UInt8]) -> [[UInt8]] { bytes.indices.map { Array(bytes[..<$0]) } }

    /// Every byte changed in one bit, in all bits, and to its neighbour.
    public static func changedBytes(of bytes: [UInt8]) -> [[UInt8]] {
        bytes.indices.flatMap { index in
            [bytes[index] ^ 1, bytes[index] ^ 0xFF, bytes[index] &+ 1].map { changed in
                var mutant = bytes
                mutant[index] = changed
                return mutant
            }
        }
    }

    /// Every truncation and every change.
    public static func all(of bytes: [UInt8]) -> [[UInt8]] { truncations(of: bytes) + changedBytes(of: bytes) }
}
