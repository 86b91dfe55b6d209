internal import MetricDefinitions

extension MetricReader {
    private static let takenTypes = ["boolean", "category"]
    private static let allTypes = ["boolean", "category", "string", "number"]

    func readDomain(_ findings: inout DiagnosticList) -> MetricDomain? {
        let type = keys.choice("type", Self.allTypes.map { ($0, $0) }, &findings)
        if type != nil, type != "category", keys.has("values") {
            findings.error(
                keys.position(of: "values"), "\(keys.subject) has 'values' and is no category",
                "Remove them, or write 'type: category'.")
        }
        if let range = keys.node("range") { check(range: range, type: type, &findings) }
        switch type {
        case "boolean": return .boolean
        case "category": return readCategories(&findings).map(MetricDomain.category)
        case let other?:
            let mechanisms = MechanismCatalog.standard.identifiers.joined(separator: ", ")
            findings.error(
                keys.position(of: "type"),
                "\(keys.subject) is of type \(other), which no mechanism of this version takes",
                "Use boolean or category, which \(mechanisms) takes.")
            return nil
        case nil: return nil
        }
    }

    private func check(range node: SourceNode, type: String?, _ findings: inout DiagnosticList) {
        if type != nil, type != "number" {
            findings.error(
                node.position, "\(keys.subject) has a 'range' and is no number", "Remove it.")
        }
        guard let range = MappingReader(node, .range, subject: "'range' of \(keys.subject)", &findings) else {
            return
        }
        _ = range.required("low", &findings)
        _ = range.required("high", &findings)
    }

    private func readCategories(_ findings: inout DiagnosticList) -> [String]? {
        guard let node = keys.required("values", &findings) else { return nil }
        guard case .sequence(let nodes) = node.content, !nodes.isEmpty else {
            findings.error(
                node.position, "'values' of \(keys.subject) is \(node.kind), not a list of names",
                "Write it as 'values: [small, medium, large]'.")
            return nil
        }
        var names: [String] = [], seen: Set<String> = []
        for node in nodes {
            guard case .scalar(let name, _) = node.content,
                let reason = reasonToRefuse(name, seen: &seen)
            else {
                if case .scalar(let name, _) = node.content {
                    names.append(name)
                } else {
                    findings.error(
                        node.position, "a value of \(keys.subject) is \(node.kind), not a name",
                        "Write each as a word, or in quotes.")
                }
                continue
            }
            findings.error(node.position, "a value of \(keys.subject) \(reason)", "Rename or remove it.")
        }
        return names.count == nodes.count ? names : nil
    }

    private func reasonToRefuse(_ name: String, seen: inout Set<String>) -> String? {
        if name.isEmpty { return "is empty" }
        if name == MetricDomain.absenceLabel { return "is '\(name)', which stands for no event" }
        // A set of strings compares by canonical equivalence, as recording does.
        if !seen.insert(name).inserted { return "is '\(name)' again" }
        guard MetricDefinition.isWellFormed(text: name, byteLimit: MetricDomain.labelByteLimit) else {
            return "is longer than \(MetricDomain.labelByteLimit) bytes or has a line break"
        }
        return nil
    }
}
