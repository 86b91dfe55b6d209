internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions
internal import Planning
internal import ReportFormat

/// One metric of a registry on its way to a definition.
struct MetricReader {
    let name: String
    let namePosition: SourcePosition
    let keys: MappingReader

    init(name: String, namePosition: SourcePosition, keys: MappingReader) {
        (self.name, self.namePosition, self.keys) = (name, namePosition, keys)
    }

    /// `nil`, with a finding, unless the metric is a mapping.
    init?(name: String, position: SourcePosition, _ node: SourceNode, _ findings: inout DiagnosticList) {
        (self.name, namePosition) = (name, position)
        guard let keys = MappingReader(node, .metric, subject: "metric '\(name)'", at: position, &findings) else {
            return nil
        }
        self.keys = keys
    }

    /// The metric's definition; `nil`, with findings, unless it is sound.
    ///
    /// - Parameter lock: keeps what was chosen where the mechanism is left open.
    func read(
        today: UTCDay, expiry rule: RegistrySource.ExpiryRule, lock: MetricLock?, _ findings: inout DiagnosticList
    ) -> ReadMetric? {
        let errorCount = findings.errorCount
        var fields = MetricDefinition.Fields()
        fields.name = name
        readTexts(into: &fields, &findings)
        fields.identifier = UInt32(keys.integer("id", in: 1...0x7FFF_FFFF, &findings) ?? 0)
        fields.version = UInt32(keys.integer("version", in: 1...0x7FFF_FFFF, &findings) ?? 0)
        let halves = isPair ? readHalves(&findings) : nil
        if !isPair { refuseHalves(&findings) }
        let domain = isPair ? halves.map { .pair($0[0].variable, $0[1].variable) } : readDomain(&findings)
        fields.domain = domain ?? .boolean
        let candidates = isPair ? nil : readCandidates(isString: domain.map { $0 == .string }, &findings)
        let form = isPair ? halves.flatMap { readPairForm($0, &findings) } : readForm(&findings)
        _ = keys.choice("period", [("day", true)], &findings)
        let isMemoized = form?.isMemoized
        fields.whenAbsent = readWhenAbsent(domain: domain, isMemoized: isMemoized, &findings) ?? .none
        fields.combination = readCombination(domain: domain, &findings) ?? .sample
        fields.minimumReports = readMinimumReports(&findings) ?? 0
        if let expiry = readExpiry(today: today, &findings) {
            fields.expiry = expiry
            findings.checkExpiry(of: name, expiry, at: keys.position(of: "expires"), today: today, rule: rule)
        }
        guard errorCount == findings.errorCount, let form else { return nil }
        fields.lifetime = form.lifetime
        var declared = MechanismDeclaration(
            epsilon: form.epsilon, permanentEpsilon: form.permanentEpsilon, domain: fields.domain.inputDomain,
            reportsAbsence: fields.whenAbsent == .none || fields.whenAbsent == .last, parameters: form.parameters)
        if let halves {
            guard
                let components = components(of: halves, reportsAbsence: declared.reportsAbsence, &findings),
                let mechanism = form.mechanism.named
            else { return nil }
            return buildPair(fields, mechanism, of: components, &findings).map {
                ReadMetric(
                    definition: $0, positions: positions, halves: halves.map { ($0.variable.name, $0.candidates) })
            }
        }
        guard case .auto(_, let deviceCount, let byteBudget) = form.mechanism, let epsilon = form.epsilon else {
            guard let mechanism = form.mechanism.named else { return nil }
            return build(fields, mechanism, declared, &findings).map {
                ReadMetric(definition: $0, positions: positions, candidates: candidates, choice: nil)
            }
        }
        let task = PlanningTask(
            epsilon: epsilon, permanentEpsilon: form.permanentEpsilon, domain: declared.domain,
            reportsAbsence: declared.reportsAbsence, deviceCount: deviceCount, byteBudget: byteBudget)
        let locked = lock?.choice(of: fields.identifier, version: fields.version)
        guard let choice = chooseMechanism(for: task, locked: locked, &findings) else { return nil }
        let catalog = MechanismCatalog.standard
        guard let mechanism = catalog.randomizer(choice.choice.mechanism, memoized: form.isMemoized) else {
            findings.error(
                keys.position(of: "mechanism"),
                "the lock has the mechanism '\(choice.choice.mechanism)' for \(keys.subject), which there is not in this form",
                "Raise 'version', so that it is chosen anew, or restore 'memoize'.")
            return nil
        }
        declared.parameters = choice.choice.parameters.mapValues { DeclaredNumber(Int32(clamping: $0)) }
        if choice.isLocked, !isSound(choice, mechanism, declared, &findings) { return nil }
        return build(fields, mechanism, declared, &findings).map {
            ReadMetric(definition: $0, positions: positions, candidates: candidates, choice: choice)
        }
    }

    private func readTexts(into fields: inout MetricDefinition.Fields, _ findings: inout DiagnosticList) {
        for key in ["description", "owner"] {
            guard let (text, position) = keys.text(key, &findings) else { continue }
            guard MetricDefinition.isWellFormed(text: text) else {
                let fault = fault(of: text, byteLimit: MetricDefinition.textByteLimit)
                findings.error(position, "'\(key)' of \(keys.subject) \(fault.problem)", fault.remedy)
                continue
            }
            if key == "owner" { fields.owner = text } else { fields.summary = text }
        }
    }

    private var positions: MetricPositions {
        MetricPositions(
            name: namePosition, identifier: keys.position(of: "id"), version: keys.position(of: "version"))
    }

    private func build(
        _ fields: MetricDefinition.Fields, _ mechanism: any LocalRandomizer.Type, _ declared: MechanismDeclaration,
        _ findings: inout DiagnosticList
    ) -> MetricDefinition? {
        do throws(MetricDefinitionError) {
            let made: any LocalRandomizer
            do { made = try mechanism.make(declared: declared) } catch { throw .parameter(error) }
            return try MetricDefinition(fields, mechanism: made)
        } catch {
            report(error, of: mechanism, &findings)
            return nil
        }
    }

    /// Notes what is wrong with the metric at the key that it is about.
    func report(
        _ error: MetricDefinitionError, of mechanism: any LocalRandomizer.Type, _ findings: inout DiagnosticList
    ) {
        let stated = statedProbabilities(of: mechanism)
        if error.registryKey == "epsilon", !keys.has("epsilon"), let first = stated.first {
            let names = stated.map { "'\($0)'" }.joined(separator: ", ")
            findings.error(
                keys.position(of: first), "\(keys.subject): \(error.sentence)", "State more noise by \(names).")
        } else {
            findings.error(
                keys.position(of: error.registryKey), "\(keys.subject): \(error.sentence)", error.remedy)
        }
    }
}
