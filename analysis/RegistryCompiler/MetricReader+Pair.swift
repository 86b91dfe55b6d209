internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions

/// One half of a pair, `first` or `second`, as it is written.
struct ReadHalf {
    let reader: MetricReader
    let variable: MetricVariable
    let mechanism: any LocalRandomizer.Type
    let declaration: MechanismDeclaration
    let candidates: CandidateSource?
}

extension MetricReader {
    /// The keys of the halves, in their order.
    static let halfKeys = ["first", "second"]
    private static let typeName = "pair"

    /// Whether the metric says that it is a pair.
    var isPair: Bool {
        guard case .scalar(Self.typeName, isPlain: true)? = keys.node("type")?.content else { return false }
        return true
    }

    /// Demands that only pairs have halves.
    func refuseHalves(_ findings: inout DiagnosticList) {
        for key in Self.halfKeys where keys.has(key) {
            findings.error(
                keys.position(of: key), "\(keys.subject) has '\(key)' and is no pair",
                "Remove it, or write 'type: pair'.")
        }
    }

    /// Both halves of a pair; `nil`, with findings, unless both are sound and fit each other.
    func readHalves(_ findings: inout DiagnosticList) -> [ReadHalf]? {
        for key in RegistryKey.names(in: .half) where key != "name" && key != "type" && keys.has(key) {
            findings.error(
                keys.position(of: key), "\(keys.subject) is a pair and has '\(key)' of its own",
                key.hasPrefix("epsilon")
                    ? "Write it under 'first' and 'second': that of the pair is their sum."
                    : "Write it under 'first' or 'second'.")
        }
        for key in ["range", "expected_devices", "report_bytes"] where keys.has(key) {
            findings.error(
                keys.position(of: key), "\(keys.subject) is a pair and has '\(key)'",
                "Remove it: the halves of a pair name their mechanisms, and are no numbers.")
        }
        let halves = Self.halfKeys.map { readHalf($0, &findings) }
        guard let first = halves[0], let second = halves[1] else { return nil }
        if first.variable.name == second.variable.name {
            findings.error(
                second.reader.keys.position(of: "name"),
                "both halves of \(keys.subject) have the name '\(first.variable.name)'", "Rename one of them.")
        }
        guard first.mechanism.isMemoized == second.mechanism.isMemoized else {
            findings.error(
                second.reader.keys.position(of: second.reader.keys.has("memoize") ? "memoize" : "mechanism"),
                "of the halves of \(keys.subject) '\(first.mechanism.isMemoized ? "first" : "second")' is memoized and "
                    + "the other is not",
                "Memoize both or neither, by 'memoize' or by another mechanism: fresh noise on one of them would wear "
                    + "off while the other is kept.")
            return nil
        }
        return [first, second]
    }

    private func readHalf(_ key: String, _ findings: inout DiagnosticList) -> ReadHalf? {
        let errorCount = findings.errorCount
        guard let node = keys.required(key, &findings),
            let inner = MappingReader(node, .half, subject: "'\(key)' of \(keys.subject)", &findings)
        else { return nil }
        let reader = MetricReader(name: key, namePosition: node.position, keys: inner)
        let name = reader.readVariableName(&findings)
        let domain = reader.readDomain(&findings)
        let candidates = reader.readCandidates(isString: domain.map { $0 == .string }, &findings)
        let flag = inner.flag("memoize", &findings)
        guard let mechanism = reader.readHalfMechanism(flag: flag, &findings) else { return nil }
        let isStated = !reader.statedProbabilities(of: mechanism).isEmpty
        let epsilon = reader.readEpsilon("epsilon", isRequired: !isStated, &findings)
        var permanent: Epsilon?
        if mechanism.isMemoized {
            permanent = reader.readEpsilon("epsilon_permanent", isRequired: !isStated, &findings)
        } else if inner.has("epsilon_permanent") {
            findings.error(
                inner.position(of: "epsilon_permanent"),
                "\(inner.subject) has 'epsilon_permanent' and its noise is fresh", "Remove it, or memoize both halves.")
        }
        let parameters = reader.readParameters(of: mechanism, &findings)
        guard errorCount == findings.errorCount, let name, let domain else { return nil }
        return ReadHalf(
            reader: reader, variable: MetricVariable(name: name, domain: domain), mechanism: mechanism,
            declaration: MechanismDeclaration(
                epsilon: epsilon, permanentEpsilon: permanent, domain: domain.inputDomain, reportsAbsence: false,
                parameters: parameters), candidates: candidates)
    }

    private func readVariableName(_ findings: inout DiagnosticList) -> String? {
        guard let name = keys.plain("name", "a word", &findings) else { return nil }
        guard MetricDefinition.isWellFormed(name: name) else {
            findings.error(
                keys.position(of: "name"), "'\(name.prefix(80))' is no name for \(keys.subject)",
                "Start with a lower-case letter, and use at most 64 of a–z, 0–9, '_' and '.'.")
            return nil
        }
        return name
    }

    private func readHalfMechanism(
        flag: Bool?, _ findings: inout DiagnosticList
    ) -> (any LocalRandomizer.Type)? {
        if case .scalar(let name, isPlain: true)? = keys.node("mechanism")?.content,
            name == Self.autoName || name == PairedResponse.identifier
        {
            findings.error(
                keys.position(of: "mechanism"), "\(keys.subject) has 'mechanism: \(name)'",
                name == Self.autoName
                    ? "Name a mechanism: what is best for one answer is not what shows best how two go together."
                    : "Name a mechanism of one answer: there are no pairs of pairs.")
            return nil
        }
        return readMechanism(flag: flag, &findings)
    }

    /// What bounds a pair, with the mechanism that both halves make.
    func readPairForm(_ halves: [ReadHalf], _ findings: inout DiagnosticList) -> Form? {
        let isMemoized = halves[0].mechanism.isMemoized
        let sum = halves.compactMap(\.declaration.epsilon?.thousandths).reduce(0, +)
        guard
            let lifetime = isMemoized
                ? readMemoizedCaps(&findings)
                : readBudget(epsilon: try? Epsilon(thousandths: sum), of: nil, &findings)
        else { return nil }
        let type: any LocalRandomizer.Type = isMemoized ? MemoizedPairedResponse.self : PairedResponse.self
        return Form(
            mechanism: .named(type), epsilon: nil, permanentEpsilon: nil, parameters: [:], lifetime: lifetime)
    }

    /// The halves' declarations once it is known whether "no event" is reported; `nil`, with findings at the keys of the
    /// half that makes no mechanism.
    func components(
        of halves: [ReadHalf], reportsAbsence: Bool, _ findings: inout DiagnosticList
    ) -> [DeclaredComponent]? {
        var components: [DeclaredComponent] = []
        for half in halves {
            var declared = half.declaration
            declared.reportsAbsence = reportsAbsence
            do throws(ParameterError) {
                _ = try half.mechanism.make(declared: declared)
                components.append(DeclaredComponent(mechanism: half.mechanism.identifier, declaration: declared))
            } catch { half.reader.report(.parameter(error), of: half.mechanism, &findings) }
        }
        return components.count == halves.count ? components : nil
    }
}
