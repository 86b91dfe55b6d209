/// A registry's bytes as text, once they are known to be text that a reader sees as it is.
struct SourceText {
    let text: String

    /// - Throws: ``RegistryError/refused(_:)`` at the first byte that is not UTF-8, and at the first character that is
    ///   not shown or changes the order of reading.
    init(_ bytes: [UInt8], file: String) throws(RegistryError) {
        let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let content = bytes.starts(with: byteOrderMark) ? Array(bytes.dropFirst(3)) : bytes
        guard let text = String(validating: content, as: UTF8.self) else {
            let valid = Self.validPrefix(of: content)
            throw Self.refusal(
                at: Self.end(of: valid), in: file, "the file is not UTF-8 from here on", "Save it as UTF-8.")
        }
        if let index = text.unicodeScalars.firstIndex(where: Self.isRefused) {
            let scalar = text.unicodeScalars[index]
            throw Self.refusal(
                at: Self.end(of: text.unicodeScalars[..<index]), in: file,
                "the invisible character \(codePoint(scalar)) is not allowed",
                "Remove it.")
        }
        self.text = text
    }

    private static func isRefused(_ scalar: Unicode.Scalar) -> Bool {
        scalar != "\n" && scalar != "\r" && scalar != "\t"
            && (isUnprintable(scalar) || scalar.properties.isNoncharacterCodePoint)
    }

    private static func validPrefix(of bytes: [UInt8]) -> String.UnicodeScalarView.SubSequence {
        var decoder = UTF8(), source = bytes.makeIterator()
        var valid = String.UnicodeScalarView()
        while case .scalarValue(let scalar) = decoder.decode(&source) { valid.append(scalar) }
        return valid[...]
    }

    private static func end(of scalars: String.UnicodeScalarView.SubSequence) -> SourcePosition {
        var (line, column) = (1, 1)
        for scalar in scalars {
            if scalar == "\n" { (line, column) = (line + 1, 1) } else { column += 1 }
        }
        return SourcePosition(line: line, column: column)
    }

    private static func refusal(
        at position: SourcePosition, in file: String, _ message: String, _ remedy: String
    ) -> RegistryError {
        .refused([
            RegistryDiagnostic(
                file: file, position: position, severity: .error, message: message, remedy: remedy)
        ])
    }

    /// Where an alias stands that refers to an anchor of this text; `nil` if there is none.
    ///
    /// Looks at the text alone: comments and texts with both `&x` and `*x` are taken for YAML too. That is the price
    /// of never building what a few nested aliases can stand for.
    var firstAlias: SourcePosition? {
        let scalars = text.unicodeScalars
        var anchors: Set<String> = []
        for index in scalars.indices where scalars[index] == "&" { anchors.insert(name(after: index)) }
        anchors.remove("")
        guard !anchors.isEmpty else { return nil }
        for index in scalars.indices where scalars[index] == "*" && anchors.contains(name(after: index)) {
            return Self.end(of: scalars[..<index])
        }
        return nil
    }

    private func name(after index: String.UnicodeScalarView.Index) -> String {
        let rest = text.unicodeScalars[text.unicodeScalars.index(after: index)...]
        return String(rest.prefix(while: Self.isInName))
    }

    /// YAML allows more in a name; the parser in use does not.
    private static func isInName(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", "A"..."Z", "a"..."z", "_", "-": true
        default: false
        }
    }
}
