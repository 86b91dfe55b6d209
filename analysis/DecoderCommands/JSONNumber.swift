/// How JSON writes a number: perhaps a minus sign, digits without a leading zero, perhaps a point and digits, and perhaps
/// `e` or `E`, a sign and digits [RFC 8259, §6].
enum JSONNumber {
    /// A scan of the bytes; tables of estimates ask this for each row.
    static func isWellFormed(_ text: String) -> Bool {
        var rest = text.utf8[...]
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        if rest.first == UInt8(ascii: "0") {
            rest.removeFirst()
        } else {
            guard dropDigits(&rest) else { return false }
        }
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            guard dropDigits(&rest) else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest.removeFirst()
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
            guard dropDigits(&rest) else { return false }
        }
        return rest.isEmpty
    }

    /// Whether there was a digit at least.
    private static func dropDigits(_ rest: inout Substring.UTF8View) -> Bool {
        guard let first = rest.first, isDigit(first) else { return false }
        rest = rest.drop(while: isDigit)
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
