internal import Foundation
internal import RegistryCompiler

/// One value of a ``Table``.
public enum Cell: Hashable, Sendable {
    /// Words, such as a category's name; untrusted.
    case text(String)
    /// A whole number.
    case integer(Int)
    /// A number in the digits it is shown with; made by ``decimal(_:digits:)`` and its siblings.
    case number(NumberText)
    /// `true` or `false`.
    case boolean(Bool)
    /// Nothing known.
    case null

    /// A number as it is written in JSON, so that all formats show the same digits.
    public struct NumberText: Hashable, Sendable {
        /// The digits, such as `0.210` or `3.1e-12`.
        public let digits: String

        fileprivate init(_ digits: String) { self.digits = digits }
    }

    /// A number with so many digits after the point; null if it is not finite.
    public static func decimal(_ value: Double, digits: Int) -> Cell {
        guard value.isFinite else { return .null }
        let text = decimalDigits(value, digits: max(0, digits))
        // What rounds to zero has no sign.
        let isNegativeZero = text.hasPrefix("-") && !text.utf8.contains { (49...57).contains($0) }
        return .number(NumberText(isNegativeZero ? String(text.dropFirst()) : text))
    }

    /// A number as `d.de±xx`, for what may be very small; null if it is not finite.
    public static func scientific(_ value: Double, digits: Int) -> Cell {
        value.isFinite ? .number(NumberText(printed(value, "%.*e", digits: max(0, digits)))) : .null
    }

    /// A number in so many significant digits, with an exponent where zeros would pad it; null if it is not finite.
    public static func significant(_ value: Double, digits: Int) -> Cell {
        value.isFinite ? .number(NumberText(printed(value, "%.*g", digits: max(0, digits)))) : .null
    }

    /// A number whose digits are known, such as a bound that was rounded up; they must be those of a JSON number.
    public static func digits(_ digits: String) -> Cell {
        precondition(JSONNumber.isWellFormed(digits), "a number is written as in JSON")
        return .number(NumberText(digits))
    }

    /// An exact number of thousandths, with three digits after the point.
    public static func thousandths(_ count: Int) -> Cell {
        let fraction = String(count.magnitude % 1000)
        let padding = String(repeating: "0", count: 3 - fraction.count)
        return .number(NumberText("\(count < 0 ? "-" : "")\(count.magnitude / 1000).\(padding)\(fraction)"))
    }

    /// As people see it.
    var shown: String {
        switch self {
        case .text(let text): printable(text)
        case .integer(let value): String(value)
        case .number(let number): number.digits
        case .boolean(let truth): String(truth)
        case .null: "-"
        }
    }

    /// As a CSV field. A text that a spreadsheet would take for a formula gets an apostrophe.
    var separated: String {
        switch self {
        case .text(let text):
            let guarded = text.utf8.first.map { "=+-@\t\r".utf8.contains($0) } == true ? "'" + text : text
            let needsQuotes = guarded.utf8.contains { ",\"\r\n".utf8.contains($0) }
            return needsQuotes ? "\"" + guarded.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : guarded
        case .null: return ""
        case .integer, .number, .boolean: return shown
        }
    }

    var isNumberOrNull: Bool {
        switch self {
        case .integer, .number, .null: true
        case .text, .boolean: false
        }
    }
}
