/// One mapping of a registry, its keys checked: known, and each there once.
struct MappingReader {
    /// The words for the mapping in messages, such as `metric 'departed_late'`.
    let subject: String
    let place: RegistryKey.Place
    /// Where a finding about the mapping as a whole stands.
    let position: SourcePosition
    private var entries: [String: SourceNode] = [:]

    /// `nil`, with a finding, unless the node is a mapping.
    init?(
        _ node: SourceNode, _ place: RegistryKey.Place, subject: String, at position: SourcePosition? = nil,
        _ findings: inout DiagnosticList
    ) {
        (self.subject, self.place, self.position) = (subject, place, position ?? node.position)
        guard case .mapping(let pairs) = node.content else {
            let example = RegistryKey.all.first { $0.place == place }?.example ?? ""
            findings.error(
                node.position, "\(subject) is \(node.kind), not a mapping of keys",
                "Write it as '\(example)' and so on.")
            return nil
        }
        let known = RegistryKey.names(in: place)
        for (key, value) in pairs where !findings.isFull {
            guard case .scalar(let name, _) = key.content else {
                findings.error(key.position, "a key of \(subject) is \(key.kind)", "Write it as a plain word.")
                continue
            }
            if !known.contains(name) {
                findings.error(
                    key.position, "\(subject) has an unknown key '\(name)'",
                    NearestName.suggestion(for: name, among: known))
            } else if entries.updateValue(value, forKey: name) != nil {
                findings.error(key.position, "\(subject) has the key '\(name)' twice", "Keep one of them.")
            }
        }
    }

    func node(_ key: String) -> SourceNode? { entries[key] }

    func has(_ key: String) -> Bool { entries[key] != nil }

    /// Where the value of a key stands; where it is missing, the mapping itself.
    func position(of key: String) -> SourcePosition { entries[key]?.position ?? position }

    func required(_ key: String, _ findings: inout DiagnosticList) -> SourceNode? {
        if let node = entries[key] { return node }
        let example = RegistryKey.example(of: key, in: place)
        findings.error(position, "\(subject) has no '\(key)'", "Add it, for example '\(example)'.")
        return nil
    }

    /// The text of a required single value, quoted or not, with line breaks read as spaces.
    func text(_ key: String, _ findings: inout DiagnosticList) -> (text: String, position: SourcePosition)? {
        guard let node = required(key, &findings) else { return nil }
        guard case .scalar(let raw, _) = node.content else {
            findings.error(
                node.position, "'\(key)' of \(subject) is \(node.kind), not a text",
                "Write it as '\(RegistryKey.example(of: key, in: place))'.")
            return nil
        }
        let text = raw.split { $0.isNewline }.joined(separator: " ")
        guard text.contains(where: { !$0.isWhitespace }) else {
            findings.error(
                node.position, "'\(key)' of \(subject) is empty",
                "Write it as '\(RegistryKey.example(of: key, in: place))'.")
            return nil
        }
        return (text, node.position)
    }

    /// The text of a required single value that stands without quotes.
    func plain(_ key: String, _ kind: String, _ findings: inout DiagnosticList) -> String? {
        guard let node = required(key, &findings) else { return nil }
        let example = RegistryKey.example(of: key, in: place)
        switch node.content {
        case .scalar(let text, isPlain: true) where !text.isEmpty: return text
        case .scalar(_, isPlain: false):
            findings.error(
                node.position, "'\(key)' of \(subject) is a text in quotes, not \(kind)",
                "Write it without quotes, as in '\(example)'.")
        default:
            findings.error(
                node.position, "'\(key)' of \(subject) is \(node.kind), not \(kind)", "Write it as '\(example)'.")
        }
        return nil
    }

    /// One of a few words.
    func choice<Choice>(
        _ key: String, _ choices: [(String, Choice)], _ findings: inout DiagnosticList
    ) -> Choice? {
        guard let word = plain(key, "a word", &findings) else { return nil }
        if let choice = choices.first(where: { $0.0 == word }) { return choice.1 }
        let names = choices.map(\.0)
        findings.error(
            position(of: key), "'\(word)' is no '\(key)' of \(subject)",
            NearestName.suggestion(for: word, among: names))
        return nil
    }
}
