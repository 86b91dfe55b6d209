internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat

extension MetricReader {
    func readWhenAbsent(
        domain: MetricDomain?, isMemoized: Bool?, _ findings: inout DiagnosticList
    ) -> WhenAbsent? {
        let presence = keys.has("presence") ? readPresence(&findings) : nil
        guard let node = keys.required("when_absent", &findings) else { return nil }
        let choice: WhenAbsent?
        if case .mapping = node.content {
            choice = readAbsentItem(node, domain: domain, &findings)
        } else {
            choice = keys.choice("when_absent", [("none", .none), ("last", .last), ("skip", .skip)], &findings)
        }
        guard let choice else { return nil }
        if isMemoized == true, case .number = domain {
            if case .value = choice {
            } else {
                findings.error(
                    node.position, "\(keys.subject) is a memoized number and its 'when_absent' is not '{ value: … }'",
                    "Write 'when_absent: { value: X }': no number stands for 'no event' by itself.")
            }
        } else if let isMemoized, isMemoized != (choice == .last) {
            findings.error(
                node.position,
                isMemoized
                    ? "\(keys.subject) is memoized and its 'when_absent' is not 'last'"
                    : "'when_absent: last' of \(keys.subject) repeats a memoized response, and it has none",
                isMemoized
                    ? "Write 'when_absent: last': anything else would show when nothing happened."
                    : "Write 'none', 'skip' or '{ value: … }', or memoize the metric.")
        }
        if choice == .skip, presence != .some(true) {
            findings.error(
                node.position, "'when_absent: skip' of \(keys.subject) shows on which days something happened",
                "Add 'presence: public' if that is no secret; otherwise write 'when_absent: none'.")
        } else if choice != .skip, presence == .some(true) {
            findings.error(
                keys.position(of: "presence"), "\(keys.subject) reports every day, so its presence is not public",
                "Remove 'presence', or write 'protected'.")
        }
        return choice
    }

    private func readPresence(_ findings: inout DiagnosticList) -> Bool? {
        keys.choice("presence", [("public", true), ("protected", false)], &findings)
    }

    private func readAbsentItem(
        _ node: SourceNode, domain: MetricDomain?, _ findings: inout DiagnosticList
    ) -> WhenAbsent? {
        let subject = "'when_absent' of \(keys.subject)"
        guard let mapping = MappingReader(node, .whenAbsent, subject: subject, &findings),
            let value = mapping.required("value", &findings), let domain
        else { return nil }
        let allowed: String
        switch domain {
        case .boolean: allowed = "Write true or false, without quotes."
        case .category: allowed = "Name one of its 'values'."
        case .string: allowed = "Write a text of up to \(InputDomain.textByteLimit) bytes."
        case .number: allowed = "Write a decimal number within its 'range', without quotes."
        case .pair(let first, let second):
            guard case .sequence(let nodes) = value.content, nodes.count == 2,
                let one = absentValue(nodes[0], in: first.domain), let other = absentValue(nodes[1], in: second.domain)
            else {
                findings.error(
                    value.position, "the value of \(subject) is none of the metric's",
                    "Write a list of two: a value of '\(first.name)' and one of '\(second.name)', as in '[true, small]'."
                )
                return nil
            }
            return .value(.pair(one, other))
        }
        guard case .scalar(let text, let isPlain) = value.content,
            let absent = absentValue(text, isPlain: isPlain, in: domain),
            let input = try? domain.input(for: absent), !input.isClipped
        else {
            findings.error(value.position, "the value of \(subject) is none of the metric's", allowed)
            return nil
        }
        return .value(absent)
    }

    /// What is plain in YAML is no empty text, and numbers are written as everywhere in a registry.
    private func absentValue(_ text: String, isPlain: Bool, in domain: MetricDomain) -> MetricValue? {
        switch domain {
        case .boolean: isPlain ? try? domain.value(parsing: text) : nil
        case .category: try? domain.value(parsing: text)
        case .string: isPlain && text.isEmpty ? nil : try? domain.value(parsing: text)
        case .number: isPlain ? (try? DecimalText.real(text)).map(MetricValue.number) : nil
        case .pair: nil
        }
    }

    private func absentValue(_ node: SourceNode, in domain: MetricDomain) -> MetricValue? {
        guard case .scalar(let text, let isPlain) = node.content else { return nil }
        return absentValue(text, isPlain: isPlain, in: domain)
    }

    func readCombination(domain: MetricDomain?, _ findings: inout DiagnosticList) -> Combination? {
        guard keys.has("combine") else { return .sample }
        let choice = keys.choice("combine", [("sample", Combination.sample), ("any", .any)], &findings)
        if choice == .any, let domain, domain != .boolean {
            findings.error(
                keys.position(of: "combine"), "'combine: any' of \(keys.subject) is for booleans",
                "Write 'combine: sample'.")
            return nil
        }
        return choice
    }

    func readMinimumReports(_ findings: inout DiagnosticList) -> Int? {
        guard let node = keys.required("release", &findings),
            let release = MappingReader(node, .release, subject: "'release' of \(keys.subject)", &findings)
        else { return nil }
        return release.integer("minimum_reports", in: 1...1_000_000_000, &findings)
    }

    func readExpiry(today: UTCDay, _ findings: inout DiagnosticList) -> Expiry? {
        guard let node = keys.required("expires", &findings) else { return nil }
        if case .mapping = node.content { return readNever(node, &findings) }
        let latest = today.advanced(by: RegistryCompiler.furthestExpiryDays)
        let remedy = "Write a date up to \(latest) as YYYY-MM-DD, or '{ never: reason }'."
        guard let text = keys.plain("expires", "a date", &findings) else { return nil }
        guard let day = UTCDay(iso: text) else {
            findings.error(node.position, "'expires' of \(keys.subject) is '\(text.prefix(40))', not a date", remedy)
            return nil
        }
        guard day <= latest else {
            findings.error(
                node.position, "'expires' of \(keys.subject) is more than a year ahead: \(day)", remedy)
            return nil
        }
        return .lastDay(day)
    }

    private func readNever(_ node: SourceNode, _ findings: inout DiagnosticList) -> Expiry? {
        guard let never = MappingReader(node, .expires, subject: "'expires' of \(keys.subject)", &findings),
            let (reason, position) = never.text("never", &findings)
        else { return nil }
        guard MetricDefinition.isWellFormed(text: reason) else {
            let fault = fault(of: reason, byteLimit: MetricDefinition.textByteLimit)
            findings.error(position, "the reason \(fault.problem)", fault.remedy)
            return nil
        }
        return .never(reason: reason)
    }
}
