/// The first eight bytes of the SHA-256 of a metric's canonical definition: reports of different parameters never mix.
public struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
    /// The bytes as a little-endian integer.
    public let value: UInt64

    /// The fingerprint with this value.
    public init(value: UInt64) { self.value = value }

    /// The eight bytes in wire order.
    public var encoded: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

    /// The eight bytes in lower-case hexadecimal, in wire order.
    public var description: String { hexadecimal(encoded) }
}

/// 128 random bits that name one batch. A retry carries the same; the halves of a split batch get new ones.
public struct BatchIdentifier: Hashable, Sendable, CustomStringConvertible {
    /// The length, in bytes.
    public static let byteCount = 16

    /// The sixteen bytes.
    public let bytes: [UInt8]

    /// An identifier of exactly sixteen bytes; `nil` for any other count.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// The bytes in lower-case hexadecimal.
    public var description: String { hexadecimal(bytes) }
}

/// Bytes as lower-case hexadecimal digits.
public func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
