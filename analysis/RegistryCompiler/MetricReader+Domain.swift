internal import MetricDefinitions

extension MetricReader {
    private static let types = ["boolean", "category", "string", "number", "pair"]

    func readDomain(_ findings: inout DiagnosticList) -> MetricDomain? {
        let type = keys.choice("type", Self.types.map { ($0, $0) }, &findings)
        if keys.place == .half, let type, type == "number" || type == "pair" {
            findings.error(
                keys.position(of: "type"), "\(keys.subject) is a \(type)",
                "Write boolean, category or string: how two of these go together can be asked.")
            return nil
        }
        if type != nil, type != "category", keys.has("values") {
            findings.error(
                keys.position(of: "values"), "\(keys.subject) has 'values' and is no category",
                "Remove them, or write 'type: category'.")
        }
        if type != nil, type != "number", keys.has("range") {
            findings.error(
                keys.position(of: "range"), "\(keys.subject) has a 'range' and is no number",
                "Remove it, or write 'type: number'.")
        }
        switch type {
        case "boolean": return .boolean
        case "category": return readCategories(&findings).map(MetricDomain.category)
        case "string": return .string
        case "number": return readRange(&findings).map(MetricDomain.number)
        default: return nil
        }
    }

    private func readRange(_ findings: inout DiagnosticList) -> NumberRange? {
        guard let node = keys.required("range", &findings),
            let ends = MappingReader(node, .range, subject: "'range' of \(keys.subject)", &findings)
        else { return nil }
        let (low, high) = (ends.real("low", &findings), ends.real("high", &findings))
        guard let low, let high else { return nil }
        guard low < high else {
            findings.error(
                ends.position(of: "low"), "'low' is not below 'high' in the range of \(keys.subject)",
                "Give the range a width above zero.")
            return nil
        }
        guard let range = NumberRange(low: low, high: high) else {
            findings.error(
                node.position, "the range of \(keys.subject) is too wide to be counted with", "Choose nearer ends.")
            return nil
        }
        return range
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
            return fault(of: name, byteLimit: MetricDomain.labelByteLimit).problem
        }
        return nil
    }
}
