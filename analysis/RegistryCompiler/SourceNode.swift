internal import Yams

/// A part of a registry with its place in the file.
struct SourceNode {
    enum Content {
        /// Text; plain if it stands without quotes, as numbers, dates and truth values must.
        case scalar(String, isPlain: Bool)
        case sequence([SourceNode])
        case mapping([(key: SourceNode, value: SourceNode)])
        /// A tag such as `!!int`, which a registry has no use for.
        case tagged(String)
        /// Nested deeper than any registry is.
        case tooDeep
    }

    let position: SourcePosition
    let content: Content

    /// The deepest nesting of a registry, with room to spare for good messages.
    static let depthLimit = 12

    /// The words for what this is, in messages.
    var kind: String {
        switch content {
        case .scalar("", isPlain: true): "nothing"
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .tagged(let tag): "tagged \(tag)"
        case .tooDeep: "nested too deeply"
        }
    }

    /// Reads text as one YAML document.
    ///
    /// - Throws: ``RegistryError/refused(_:)`` where it is not YAML.
    static func parse(_ source: SourceText, file: String) throws(RegistryError) -> SourceNode {
        var findings = DiagnosticList(file: file)
        if let alias = source.firstAlias {
            findings.error(
                alias, "this reads as a YAML alias, and a registry has none",
                "Write out what it stands for, or put a text with an asterisk in quotes and name no anchor like it.")
            throw .refused(findings.sorted)
        }
        do {
            // The basic resolver leaves every scalar a text: no regular expressions, no surprises such as NO = false.
            if let root = try Yams.compose(yaml: source.text, .basic, .default, .utf8) {
                return SourceNode(root, depth: 0)
            }
            findings.error(
                .start, "the file holds no registry",
                "Start with 'registry: 1', 'project: NAME' and 'metrics:'.")
        } catch let error as YamlError {
            findings.add(error)
        } catch {
            // `compose` throws nothing else; should a later version do, the file is still refused.
            findings.error(.start, "the file is not YAML", "Check its syntax.")
        }
        throw .refused(findings.sorted)
    }

    private init(_ node: Node, depth: Int) {
        position = SourcePosition(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        guard depth < Self.depthLimit else {
            content = .tooDeep
            return
        }
        switch node {
        case .scalar(let scalar): content = Self.content(of: scalar)
        case .sequence(let sequence):
            content = .sequence(sequence.map { SourceNode($0, depth: depth + 1) })
        case .mapping(let mapping):
            content = .mapping(
                mapping.map { (SourceNode($0.key, depth: depth + 1), SourceNode($0.value, depth: depth + 1)) })
        case .alias: content = .tagged("*")
        }
    }

    private static func content(of scalar: Node.Scalar) -> Content {
        let tag = scalar.tag.description
        let isPlain = scalar.style == .plain
        // Quoted scalars carry the tag of a text, plain ones none, until someone writes a tag.
        let isUsual = tag.isEmpty || tag == Tag.Name.implicit.rawValue || tag == Tag.Name.str.rawValue
        return isUsual ? .scalar(scalar.string, isPlain: isPlain) : .tagged(tag)
    }
}

extension DiagnosticList {
    fileprivate mutating func add(_ error: YamlError) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let position = SourcePosition(line: mark.line, column: mark.column)
            let scene = context.map { "\($0.text) from line \($0.mark.line), " } ?? ""
            self.error(position, "not YAML: \(scene)\(problem)", remedy(for: problem))
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "'\($0)'" }.joined(separator: ", ")
            self.error(
                SourcePosition(line: context.mark.line, column: context.mark.column),
                "the key \(names) stands more than once in this mapping, first here", "Keep one of them.")
        default:
            self.error(.start, "the file is not YAML", "Check its syntax.")
        }
    }

    private func remedy(for problem: String) -> String {
        if problem.contains("cannot start any token") { return "Indent with spaces, and quote texts that start so." }
        if problem.contains("alias") { return "A registry has no aliases: write out what it stands for." }
        if problem.contains("another document") { return "Keep one registry per file." }
        if problem.contains("nesting") { return "No part of a registry is nested that deeply." }
        return "Check indentation, quotes and brackets here and on the line before."
    }
}
