package import SecureRandomness

/// A text, or that there was none, as the 64 bits that every row of a sketch hashes further.
public struct SketchKey: Hashable, Sendable {
    /// X: uniform over texts, as far as SHA-256 is a random function.
    public let word: UInt64

    private static let domain = Array("dither/cms/v1".utf8)
    private static let zeros = [UInt8](repeating: 0, count: 256)

    /// A key of these bits.
    public init(word: UInt64) { self.word = word }

    /// The key of a text of at most ``InputDomain/textByteLimit`` bytes, or of "no event" if there is none.
    ///
    /// The first eight bytes, little-endian, of SHA-256("dither/cms/v1" ‖ seed, 8 bytes ‖ tag ‖ length, 2 bytes ‖ text
    /// padded with zeros to 256 bytes), integers little-endian; the tag is 1 for a text and 0 for none. The digest is
    /// over one length: its time is equal to the block, not to the byte.
    ///
    /// - Throws: ``RandomnessError`` when libcrypto has no SHA-256.
    package init(of text: [UInt8]?, seed: UInt64) throws(RandomnessError) {
        let content = text ?? []
        precondition(content.count <= InputDomain.textByteLimit, "a text has at most 254 bytes")
        word = try SHA256.firstWord { message in
            message.add(Self.domain) && message.add(seed, byteCount: 8)
                && message.add(text == nil ? 0 : 1, byteCount: 1)
                && message.add(UInt64(content.count), byteCount: 2) && message.add(content)
                && message.add(Self.zeros, count: 256 - content.count)
        }
    }
}

/// The hash function of one row of a sketch: X ↦ ((a·X + b) mod 2⁶⁴) >> (64 − log₂ m), a odd.
///
/// a and b are outputs of SplitMix64 [SLF14], which cannot fail: they are public and only have to be spread well. Why
/// two keys meet in a row with probability 1/m is in <doc:CountMeanSketch>.
public struct SketchRow: Hashable, Sendable {
    /// a, odd.
    public let multiplier: UInt64
    /// b.
    public let offset: UInt64
    /// 64 − log₂ m.
    @usableFromInline let shift: UInt64

    /// The function of row `index` under a seed, with values below `width`, a power of two of at least 2.
    ///
    /// With s the first output of SplitMix64 seeded with `seed`, a | 1 and b are outputs 2·index and 2·index + 1, counted
    /// from 0, of SplitMix64 seeded with s.
    public init(_ index: Int, seed: UInt64, width: Int) {
        precondition(index >= 0 && width >= 2 && width.nonzeroBitCount == 1, "a row has a power of two of places")
        let start = Self.mixed(seed &+ Self.step)
        multiplier = Self.mixed(start &+ Self.step &* (2 &* UInt64(index) &+ 1)) | 1
        offset = Self.mixed(start &+ Self.step &* (2 &* UInt64(index) &+ 2))
        shift = UInt64(64 - width.trailingZeroBitCount)
    }

    /// The place of a key in the row, below the width.
    @inlinable
    public func place(of key: SketchKey) -> Int {
        Int(truncatingIfNeeded: (multiplier &* key.word &+ offset) &>> shift)
    }

    private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

    private static func mixed(_ state: UInt64) -> UInt64 {
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
