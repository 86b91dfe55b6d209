/// JSON as far as a collector's answers need it: RFC 8259, sixteen levels deep, numbers kept as text.
///
/// The agent links no Foundation, and an answer has at most 128 KiB.
enum JSONValue: Hashable {
    case object([String: JSONValue])
    case array([JSONValue])
    case string(String)
    case number(String)
    case bool(Bool)
    case null

    /// Why bytes are no JSON text.
    struct SyntaxError: Error, Hashable {
        var offset: Int
    }

    /// Reads one JSON text; nothing may follow it.
    init(parsing bytes: [UInt8]) throws(SyntaxError) {
        var parser = JSONParser(bytes: bytes)
        self = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.offset == bytes.count else { throw SyntaxError(offset: parser.offset) }
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    var offset = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    private var failure: JSONValue.SyntaxError { JSONValue.SyntaxError(offset: offset) }

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    mutating func skipSpace() {
        while let byte = current, byte == 32 || (9...10).contains(byte) || byte == 13 { offset += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard current == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    mutating func value(depth: Int) throws(JSONValue.SyntaxError) -> JSONValue {
        guard depth < 16 else { throw failure }
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(JSONValue.SyntaxError) -> JSONValue {
        offset += 1
        var members: [String: JSONValue] = [:]
        if take("}") { return .object(members) }
        repeat {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw failure }
            let name = try string()
            guard members[name] == nil, take(":") else { throw failure }
            members[name] = try value(depth: depth + 1)
        } while take(",")
        guard take("}") else { throw failure }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(JSONValue.SyntaxError) -> JSONValue {
        offset += 1
        var elements: [JSONValue] = []
        if take("]") { return .array(elements) }
        repeat { elements.append(try value(depth: depth + 1)) } while take(",")
        guard take("]") else { throw failure }
        return .array(elements)
    }

    private mutating func word(_ text: String, _ value: JSONValue) throws(JSONValue.SyntaxError) -> JSONValue {
        guard bytes[offset...].starts(with: text.utf8) else { throw failure }
        offset += text.utf8.count
        return value
    }

    private mutating func number() throws(JSONValue.SyntaxError) -> JSONValue {
        let start = offset
        while let byte = current, (48...57).contains(byte) || [43, 45, 46, 69, 101].contains(byte) { offset += 1 }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        let digits = text.drop { $0 == "-" }
        guard let first = digits.first, first.isNumber, digits.count < 40,
            !(first == "0" && digits.dropFirst().first?.isNumber == true)
        else { throw JSONValue.SyntaxError(offset: start) }
        return .number(text)
    }

    private mutating func string() throws(JSONValue.SyntaxError) -> String {
        offset += 1
        var content: [UInt8] = []
        while let byte = current {
            offset += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else { throw failure }
                return text
            case UInt8(ascii: "\\"): content += try escape()
            case 0..<32: throw failure
            default: content.append(byte)
            }
        }
        throw failure
    }

    private mutating func escape() throws(JSONValue.SyntaxError) -> [UInt8] {
        guard let byte = current else { throw failure }
        offset += 1
        switch Unicode.Scalar(byte) {
        case "\"", "\\", "/": return [byte]
        case "b": return [8]
        case "f": return [12]
        case "n": return [10]
        case "r": return [13]
        case "t": return [9]
        case "u":
            let high = try codeUnit()
            guard (0xD800...0xDFFF).contains(high) else { return try utf8(UInt32(high)) }
            guard high < 0xDC00, take("\\"), current == UInt8(ascii: "u") else { throw failure }
            offset += 1
            let low = try codeUnit()
            guard (0xDC00...0xDFFF).contains(low) else { throw failure }
            return try utf8(0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(low) - 0xDC00))
        default: throw failure
        }
    }

    private mutating func codeUnit() throws(JSONValue.SyntaxError) -> UInt16 {
        guard bytes.count - offset >= 4,
            let unit = UInt16(String(decoding: bytes[offset..<offset + 4], as: UTF8.self), radix: 16),
            bytes[offset] != UInt8(ascii: "+")
        else { throw failure }
        offset += 4
        return unit
    }

    private func utf8(_ value: UInt32) throws(JSONValue.SyntaxError) -> [UInt8] {
        guard let scalar = Unicode.Scalar(value) else { throw failure }
        return Array(String(Character(scalar)).utf8)
    }
}
