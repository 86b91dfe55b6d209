internal import Yams

/// The settings file: one YAML mapping of keys to single values, such as `listen: "[::]:443"`.
package struct SettingsFile: Hashable, Sendable {
    /// A value and where its key stands.
    package struct Entry: Hashable, Sendable {
        package let text: String
        package let position: SettingPosition
    }

    /// The most bytes that a settings file may have.
    package static let byteLimit = 65_536

    /// The file's name, for messages.
    package let path: String
    package let entries: [SettingKey: Entry]

    /// Reads the bytes of a file. An empty file sets nothing.
    ///
    /// - Throws: ``SettingsError`` with everything that is wrong; any bytes give a file or an error.
    package init(_ bytes: [UInt8], path: String) throws(SettingsError) {
        self.path = path
        guard bytes.count <= Self.byteLimit else { throw SettingsError([.fileTooLong(path: path)]) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SettingsError([.notYAML(path: path, .start, "this is not UTF-8; save the file as UTF-8")])
        }
        if let alias = Self.firstAlias(in: text) {
            let sentence = "this reads as a YAML alias; write out what it stands for"
            throw SettingsError([.notFlat(path: path, alias, sentence)])
        }
        var reader = SettingsReader(path: path)
        do {
            // The basic resolver leaves every scalar a text: no surprises such as NO = false.
            if let root = try Yams.compose(yaml: text, .basic, .default, .utf8) { reader.read(root) }
        } catch let error as YamlError {
            reader.refuse(error, in: text)
        } catch {
            // `compose` throws nothing else; should a later version do, the file is still refused.
            reader.problems.append(.notYAML(path: path, .start, "this is not YAML; check its syntax"))
        }
        guard reader.problems.isEmpty else { throw SettingsError(reader.problems) }
        entries = reader.entries
    }

    /// Where an alias stands that refers to an anchor of this text; `nil` if there is none.
    ///
    /// Looks at the text alone, so that nothing is ever built of what a few nested aliases can stand for. A path with
    /// both `&x` and `*x` is the price.
    private static func firstAlias(in text: String) -> SettingPosition? {
        let scalars = Array(text.unicodeScalars)
        func name(after index: Int) -> ArraySlice<Unicode.Scalar> {
            scalars[(index + 1)...].prefix {
                switch $0 {
                case "0"..."9", "A"..."Z", "a"..."z", "_", "-": true
                default: false
                }
            }
        }
        let anchors = Set(scalars.indices.filter { scalars[$0] == "&" }.map(name)).filter { !$0.isEmpty }
        guard !anchors.isEmpty else { return nil }
        var (line, column) = (1, 1)
        for index in scalars.indices {
            if scalars[index] == "*", anchors.contains(name(after: index)) { return .init(line: line, column: column) }
            (line, column) = scalars[index] == "\n" ? (line + 1, 1) : (line, column + 1)
        }
        return nil
    }
}

extension SettingPosition {
    /// The first character of a file.
    static let start = SettingPosition(line: 1, column: 1)
}
