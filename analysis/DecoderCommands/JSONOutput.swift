internal import RegistryCompiler

/// JSON with its keys in the order given, so that equal results are equal bytes.
public indirect enum JSONOutput: Sendable {
    /// Members in this order; each key once.
    case object([(String, JSONOutput)])
    /// Elements in this order.
    case array([JSONOutput])
    /// So many elements in order, each made when it is written.
    case elements(count: Int, @Sendable (Int) -> JSONOutput)
    /// A text, number, truth value or null.
    case cell(Cell)

    /// The value over several lines, without a newline at its end.
    public var rendered: String {
        var text = ""
        write { text += $0 }
        return text
    }

    /// Writes ``rendered`` in blocks, so that no more than one is in memory.
    public func write<Failure: Error>(to sink: (String) throws(Failure) -> Void) throws(Failure) {
        var block = TextBlock()
        try append(to: &block, indentation: "", sink)
        try block.finish(sink)
    }

    private func append<Failure: Error>(
        to block: inout TextBlock, indentation: String, _ sink: (String) throws(Failure) -> Void
    ) throws(Failure) {
        let inner = indentation + "  "
        switch self {
        case .object(let members):
            for (index, (name, member)) in members.enumerated() {
                try block.append((index == 0 ? "{\n" : ",\n") + inner + Self.quoted(name) + ": ", sink)
                try member.append(to: &block, indentation: inner, sink)
            }
            try block.append(members.isEmpty ? "{}" : "\n\(indentation)}", sink)
        case .array(let elements):
            try Self.elements(count: elements.count) { elements[$0] }
                .append(to: &block, indentation: indentation, sink)
        case .elements(let count, let element):
            for index in 0..<count {
                try block.append((index == 0 ? "[\n" : ",\n") + inner, sink)
                try element(index).append(to: &block, indentation: inner, sink)
            }
            try block.append(count == 0 ? "[]" : "\n\(indentation)]", sink)
        case .cell(.text(let text)): try block.append(Self.quoted(text), sink)
        case .cell(.null): try block.append("null", sink)
        case .cell(let cell): try block.append(cell.shown, sink)
        }
    }

    /// RFC 8259 §7. Control characters, and those that change a terminal's state or direction, are escaped.
    private static func quoted(_ text: String) -> String {
        // Most texts are plain, and a million rows name their columns each.
        if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }) { return "\"\(text)\"" }
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
