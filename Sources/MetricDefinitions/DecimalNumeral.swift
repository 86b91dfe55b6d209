/// How a shell writes a number: perhaps a sign; digits, or a point and digits, or both; and perhaps `e` or `E`, a sign
/// and digits. Narrower than `Double.init(_:)`, which also reads hexadecimal digits, infinities and what is no number.
enum DecimalNumeral {
    static func isWellFormed(_ text: String.UTF8View) -> Bool {
        var rest = text[...]
        dropSign(&rest)
        let hasWholeDigits = dropDigits(&rest)
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            guard dropDigits(&rest) else { return false }
        } else if !hasWholeDigits {
            return false
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest.removeFirst()
            dropSign(&rest)
            guard dropDigits(&rest) else { return false }
        }
        return rest.isEmpty
    }

    private static func dropSign(_ rest: inout Substring.UTF8View) {
        if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
    }

    /// Whether there was a digit at least.
    private static func dropDigits(_ rest: inout Substring.UTF8View) -> Bool {
        guard let first = rest.first, isDigit(first) else { return false }
        rest = rest.drop(while: isDigit)
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
