internal import Yams

/// Reads the parts of a settings file and gathers what is wrong with them.
struct SettingsReader {
    /// How many problems of one file are told; a reader fixes those and asks again.
    private static let problemLimit = 100

    let path: String
    private(set) var entries: [SettingKey: SettingsFile.Entry] = [:]
    var problems: [SettingsProblem] = []

    init(path: String) { self.path = path }

    mutating func read(_ root: Node) {
        switch root {
        case .mapping(let mapping):
            for (key, value) in mapping where problems.count < Self.problemLimit { read(key, value) }
        case .scalar(let scalar) where scalar.string.isEmpty && scalar.style == .plain:
            // Nothing but comments.
            break
        default:
            problems.append(
                .notFlat(
                    path: path, Self.position(of: root), "this is no setting; write it like listen: 127.0.0.1:8080"))
        }
    }

    private mutating func read(_ keyNode: Node, _ valueNode: Node) {
        let position = Self.position(of: keyNode)
        guard let name = Self.text(of: keyNode), let key = SettingKey(rawValue: name) else {
            let suggestion = NearestSetting.suggestion(for: Self.text(of: keyNode) ?? "")
            return problems.append(.unknownKey(path: path, position, suggestion: suggestion))
        }
        guard let text = Self.text(of: valueNode) else {
            let sentence =
                key.setting.kind == .numbers
                ? "\(name) takes its ids in one text; write it like \(name): 7,9"
                : "\(name) takes a single value; write it in one line, without a tag"
            return problems.append(.notFlat(path: path, Self.position(of: valueNode), sentence))
        }
        if let fault = key.setting.kind.fault(in: text) {
            return problems.append(.unfit(key, .file(path: path, position), fault: fault))
        }
        entries[key] = .init(text: text, position: position)
    }

    mutating func refuse(_ error: YamlError, in text: String) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let scene = context.map { "\($0.text) from line \($0.mark.line), " } ?? ""
            problems.append(
                .notYAML(
                    path: path, .init(line: mark.line, column: mark.column),
                    "this is not YAML: \(scene)\(problem); check indentation, quotes and colons here and before"))
        case .duplicatedKeysInMapping(let keys, let context):
            // A key of a setting can be repeated to people; anything else might be a secret in a wrong place.
            let known = keys.compactMap { SettingKey(rawValue: $0) }
            guard let key = known.first else {
                let first = SettingPosition(line: context.mark.line, column: context.mark.column)
                return problems.append(.repeatedKey(path: path, first, key: "a key"))
            }
            problems.append(.repeatedKey(path: path, Self.secondLine(of: key, in: text), key: key.rawValue))
        default:
            problems.append(.notYAML(path: path, .start, "this is not YAML; check its syntax"))
        }
    }

    /// The second line that starts with a key; the file's start where it stands otherwise, as in `{listen: …}`.
    private static func secondLine(of key: SettingKey, in text: String) -> SettingPosition {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let places = lines.indices.filter { lines[$0].drop { " \"'".contains($0) }.hasPrefix(key.rawValue) }
        return places.count > 1 ? .init(line: places[1] + 1, column: 1) : .start
    }

    /// The text of a scalar that carries no tag but that of a text.
    private static func text(of node: Node) -> String? {
        guard case .scalar(let scalar) = node else { return nil }
        let tag = scalar.tag.description
        let isUsual = tag.isEmpty || tag == Tag.Name.implicit.rawValue || tag == Tag.Name.str.rawValue
        return isUsual ? scalar.string : nil
    }

    private static func position(of node: Node) -> SettingPosition {
        .init(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }
}
