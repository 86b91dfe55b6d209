/// Numbers as a registry writes them, read exactly: no floating point, no exponents, no leading zeros.
enum DecimalText {
    /// Why a text is not such a number.
    enum Failure: Error, Hashable {
        case negative
        case notDecimal
        case tooManyDecimals
        case tooLarge
    }

    /// A whole number up to 9,223,372,036,854,775,807.
    static func integer(_ text: String) throws(Failure) -> Int {
        guard !text.hasPrefix("-") else { throw .negative }
        guard isDigits(text) else { throw .notDecimal }
        guard let value = Int(text) else { throw .tooLarge }
        return value
    }

    /// A number with at most three decimals, in thousandths.
    static func thousandths(_ text: String) throws(Failure) -> Int { try scaled(text, decimals: 3) }

    /// A number with at most so many decimals, in units of the last of them.
    static func scaled(_ text: String, decimals: Int) throws(Failure) -> Int {
        guard !text.hasPrefix("-") else { throw .negative }
        let (whole, fraction) = try parts(of: text)
        guard fraction.utf8.count <= decimals else { throw .tooManyDecimals }
        let padded = fraction + String(repeating: "0", count: decimals - fraction.utf8.count)
        guard let value = Int(whole + padded) else { throw .tooLarge }
        return value
    }

    /// A number with any number of decimals and perhaps a minus sign, rounded to the nearest binary one.
    static func real(_ text: String) throws(Failure) -> Double {
        _ = try parts(of: text.hasPrefix("-") ? String(text.dropFirst()) : text)
        guard let value = Double(text), value.isFinite else { throw .tooLarge }
        return value
    }

    /// The digits before and after the point of an unsigned number; `0` after a missing point.
    private static func parts(of text: String) throws(Failure) -> (whole: String, fraction: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let fraction = parts.count == 2 ? parts[1] : "0"
        guard isDigits(parts[0]), !fraction.isEmpty, fraction.utf8.allSatisfy(isDigit) else { throw .notDecimal }
        return (parts[0], fraction)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private static func isDigits(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isDigit) && (text == "0" || !text.hasPrefix("0"))
    }
}
