internal import RegistryCompiler

/// JSON with its keys in the order given, so that equal results are equal bytes.
public indirect enum JSONOutput: Sendable {
    /// Members in this order; each key once.
    case object([(String, JSONOutput)])
    /// Elements in this order.
    case array([JSONOutput])
    /// A text, number, truth value or null.
    case cell(Cell)

    /// The value over several lines, without a newline at its end.
    public var rendered: String { rendered(indentation: "") }

    private func rendered(indentation: String) -> String {
        let inner = indentation + "  "
        switch self {
        case .object(let members):
            let lines = members.map { inner + Self.quoted($0) + ": " + $1.rendered(indentation: inner) }
            return lines.isEmpty ? "{}" : "{\n" + lines.joined(separator: ",\n") + "\n\(indentation)}"
        case .array(let elements):
            let lines = elements.map { inner + $0.rendered(indentation: inner) }
            return lines.isEmpty ? "[]" : "[\n" + lines.joined(separator: ",\n") + "\n\(indentation)]"
        case .cell(.text(let text)): return Self.quoted(text)
        case .cell(.null): return "null"
        case .cell(let cell): return cell.shown
        }
    }

    /// RFC 8259 §7. Control characters, and those that change a terminal's state or direction, are escaped.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where isUnprintable(scalar): result += escaped(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        String(scalar).utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }
}
