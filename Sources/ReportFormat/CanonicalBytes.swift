/// Why bytes are not the canonical encoding of anything.
public enum ByteFormatError: Error, Hashable, Sendable {
    /// The bytes end inside a field.
    case truncated(offset: Int, needed: Int)
    /// Bytes are left over after the last field.
    case trailingBytes(offset: Int)
    /// A text field is not UTF-8.
    case notUTF8(offset: Int)
}

/// Reads little-endian fields one after the other. Never past the end, never a trap.
public struct ByteReader: Sendable {
    private let bytes: [UInt8]

    /// Where the next field starts.
    public private(set) var offset: Int
    private let end: Int

    /// A reader over all of `bytes`.
    public init(_ bytes: [UInt8]) { self.init(bytes, in: bytes.indices) }

    /// A reader over a range of `bytes`; offsets stay those of the whole.
    public init(_ bytes: [UInt8], in range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count, "a reader stays within its bytes")
        self.bytes = bytes
        (offset, end) = (range.lowerBound, range.upperBound)
    }

    /// The bytes not read so far.
    public var remainingCount: Int { end - offset }

    /// The next little-endian integer.
    ///
    /// - Throws: ``ByteFormatError/truncated(offset:needed:)``.
    public mutating func integer<Integer: FixedWidthInteger & UnsignedInteger>(
        _: Integer.Type
    ) throws(ByteFormatError) -> Integer {
        let byteCount = Integer.bitWidth / 8
        guard remainingCount >= byteCount else { throw .truncated(offset: offset, needed: byteCount) }
        var value: Integer = 0
        for index in 0..<byteCount { value |= Integer(bytes[offset + index]) << Integer(8 * index) }
        offset += byteCount
        return value
    }

    /// The next `count` bytes.
    ///
    /// - Throws: ``ByteFormatError/truncated(offset:needed:)``.
    public mutating func bytes(count: Int) throws(ByteFormatError) -> [UInt8] {
        guard count >= 0, remainingCount >= count else { throw .truncated(offset: offset, needed: count) }
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }

    /// The next text: a 16-bit byte count, then valid UTF-8.
    ///
    /// - Throws: ``ByteFormatError``.
    public mutating func text() throws(ByteFormatError) -> String {
        let start = offset
        let content = try bytes(count: Int(try integer(UInt16.self)))
        guard let text = String(validating: content, as: UTF8.self) else { throw .notUTF8(offset: start) }
        return text
    }

    /// Demands that nothing is left.
    ///
    /// - Throws: ``ByteFormatError/trailingBytes(offset:)``.
    public func finish() throws(ByteFormatError) {
        guard remainingCount == 0 else { throw .trailingBytes(offset: offset) }
    }
}

/// Writes what ``ByteReader`` reads.
public struct ByteWriter: Sendable {
    /// What has been written.
    public private(set) var bytes: [UInt8] = []

    /// An empty writer.
    public init() {}

    /// Appends a little-endian integer.
    public mutating func append<Integer: FixedWidthInteger & UnsignedInteger>(_ value: Integer) {
        for index in 0..<Integer.bitWidth / 8 { bytes.append(UInt8(truncatingIfNeeded: value >> Integer(8 * index))) }
    }

    /// Appends bytes as they are.
    public mutating func append(_ content: [UInt8]) { bytes.append(contentsOf: content) }

    /// Appends a text of at most 65,535 bytes after its 16-bit byte count.
    public mutating func append(text: String) {
        let content = Array(text.utf8)
        precondition(content.count <= Int(UInt16.max), "a text field has at most 65,535 bytes")
        append(UInt16(content.count))
        append(content)
    }
}
