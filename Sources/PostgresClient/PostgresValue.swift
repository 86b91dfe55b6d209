/// A parameter of a statement, sent in the server's binary form.
public enum PostgresValue: Sendable {
    /// A `bigint`.
    case integer(Int64)
    /// A `bytea`.
    case bytes([UInt8])
    /// A `bigint[]`.
    case integers([Int64])
    /// A `bytea[]`.
    case byteStrings([[UInt8]])

    /// The number of the type in the server's catalogue, the same in every version.
    var typeIdentifier: UInt32 {
        switch self {
        case .integer: 20
        case .bytes: 17
        case .integers: 1016
        case .byteStrings: 1001
        }
    }

    /// Appends the binary form.
    func append(to buffer: inout [UInt8]) {
        switch self {
        case .integer(let number): Self.append(number, to: &buffer)
        case .bytes(let bytes): buffer += bytes
        case .integers(let numbers):
            Self.appendHeader(count: numbers.count, elementType: 20, to: &buffer)
            for number in numbers {
                Self.append(Int32(8), to: &buffer)
                Self.append(number, to: &buffer)
            }
        case .byteStrings(let strings):
            Self.appendHeader(count: strings.count, elementType: 17, to: &buffer)
            for string in strings {
                Self.append(Int32(truncatingIfNeeded: string.count), to: &buffer)
                buffer += string
            }
        }
    }

    /// Of an array: the number of dimensions, whether there are nulls, the type, and for its dimension length and base.
    private static func appendHeader(count: Int, elementType: Int32, to buffer: inout [UInt8]) {
        append(Int32(count == 0 ? 0 : 1), to: &buffer)
        append(Int32(0), to: &buffer)
        append(elementType, to: &buffer)
        guard count > 0 else { return }
        append(Int32(truncatingIfNeeded: count), to: &buffer)
        append(Int32(1), to: &buffer)
    }

    private static func append(_ number: some FixedWidthInteger, to buffer: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { buffer += $0 }
    }
}
