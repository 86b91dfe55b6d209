/// Why the payload of a report is malformed.
public enum ReportError: Error, Hashable, Sendable {
    /// A payload has another length than its definition demands.
    case wrongByteCount(actual: Int, expected: Int)
    /// A payload holds a value that its definition excludes.
    case valueOutOfRange
    /// A payload is one more than its counter has room for.
    case countOverflow
}

/// The randomized content of one report, without its envelope.
public protocol ReportPayload: Sendable, Hashable {
    /// Public facts that fix the encoding, such as the domain size. Never read from the wire.
    associatedtype Shape: Sendable

    /// The length of every payload of this shape, in bytes.
    static func byteCount(of shape: Shape) -> Int

    /// Reads one payload of exactly ``byteCount(of:)`` bytes. Canonical: one report has one encoding.
    ///
    /// - Throws: ``ReportError``.
    init(decoding bytes: Span<UInt8>, shape: Shape) throws(ReportError)

    /// Appends the canonical bytes.
    func append(to bytes: inout [UInt8], shape: Shape)
}

extension ReportPayload {
    /// The canonical bytes.
    public func encoded(shape: Shape) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount(of: shape))
        append(to: &bytes, shape: shape)
        return bytes
    }
}

extension [UInt8] {
    /// Appends the low bytes of a number, the least significant first.
    package mutating func append(lowBytes count: Int, of number: UInt64) {
        for index in 0..<count { append(UInt8(truncatingIfNeeded: number >> UInt64(8 * index))) }
    }
}

/// One category of a domain of known size: a little-endian index in one, two or three bytes, the fewest that fit.
public struct CategoryReport: ReportPayload {
    /// The reported category, below the domain's size.
    public let category: Int

    /// A report of `category`.
    @inlinable
    public init(category: Int) { self.category = category }

    /// One byte up to 256 categories, two up to 65,536, then three.
    @inlinable
    public static func byteCount(of categoryCount: Int) -> Int {
        categoryCount <= 1 << 8 ? 1 : categoryCount <= 1 << 16 ? 2 : 3
    }

    /// Reads a category below `categoryCount`.
    ///
    /// - Throws: ``ReportError/valueOutOfRange`` for a category that the domain does not have.
    @inlinable
    public init(decoding bytes: Span<UInt8>, shape categoryCount: Int) throws(ReportError) {
        let expected = Self.byteCount(of: categoryCount)
        guard bytes.count == expected else { throw .wrongByteCount(actual: bytes.count, expected: expected) }
        var category = 0
        for index in 0..<expected { category |= Int(bytes[index]) << (8 * index) }
        guard category < categoryCount else { throw .valueOutOfRange }
        self.init(category: category)
    }

    /// The bytes of the category, for a domain of `categoryCount`.
    public func append(to bytes: inout [UInt8], shape categoryCount: Int) {
        precondition((0..<categoryCount).contains(category), "a report lies within its domain")
        bytes.append(lowBytes: Self.byteCount(of: categoryCount), of: UInt64(category))
    }
}
