internal import LocalPrivacy
public import MetricDefinitions
public import ReportFormat

/// Turns a registry in YAML into a proven metric set, or into all that is wrong with it.
public enum RegistryCompiler {
    /// The longest registry that is read, in bytes.
    public static let byteLimit = 4 << 20
    /// How many days ahead a metric may be said to end: a year.
    public static let furthestExpiryDays = 366

    /// The metric set of a registry, without regard to any lock.
    ///
    /// - Parameters:
    ///   - file: the name that findings carry.
    ///   - today: the day on which expiry is decided.
    /// - Throws: ``RegistryError``, with every error of the registry at once where it is YAML at all.
    public static func metricSet(
        of bytes: [UInt8], file: String, today: UTCDay, expiry: RegistrySource.ExpiryRule = .refuse
    ) throws(RegistryError) -> MetricSet {
        try compile(bytes, file: file, today: today, expiry: expiry, lock: nil).set
    }

    static func compile(
        _ bytes: [UInt8], file: String, today: UTCDay, expiry: RegistrySource.ExpiryRule, lock: MetricLock? = nil
    ) throws(RegistryError) -> CheckedRegistry {
        guard bytes.count <= byteLimit else { throw .tooLarge(path: file, limit: byteLimit) }
        let root = try SourceNode.parse(try SourceText(bytes, file: file), file: file)
        var findings = DiagnosticList(file: file)
        var registry: CheckedRegistry?
        if let top = MappingReader(root, .top, subject: "the registry", &findings), isFormat1(top, &findings) {
            registry = read(top, file: file, today: today, expiry: expiry, lock: lock, &findings)
        }
        guard let registry, findings.errorCount == 0 else { throw .refused(findings.sorted) }
        return registry
    }

    private static func isFormat1(_ top: MappingReader, _ findings: inout DiagnosticList) -> Bool {
        guard let version = top.integer("registry", in: 0...Int.max, &findings) else { return false }
        guard version == 1 else {
            findings.error(
                top.position(of: "registry"), "this is a registry of format \(version)",
                "This version of dither reads 'registry: 1'.")
            return false
        }
        return true
    }

    private static func read(
        _ top: MappingReader, file: String, today: UTCDay, expiry: RegistrySource.ExpiryRule,
        lock: MetricLock?, _ findings: inout DiagnosticList
    ) -> CheckedRegistry? {
        let project = top.project(&findings)
        let ceilings = top.ceilings(&findings)
        let delay = top.enrolmentDelayHours(&findings)
        let metrics = top.metrics(today: today, expiry: expiry, lock: lock, &findings)
        findings.checkIdentities(of: metrics)
        guard let project, let ceilings, let delay else { return nil }
        findings.check(metrics.map(\.definition), against: ceilings)
        guard findings.errorCount == 0 else { return nil }
        do {
            let set = try MetricSet(
                project: project, dayCeiling: ceilings.day, lifetimeCeiling: ceilings.lifetime,
                enrolmentDelayHours: delay, metrics: metrics.map(\.definition))
            let positions = metrics.map { ($0.definition.identifier.value, $0.positions) }
            let candidates = metrics.compactMap { metric in
                metric.candidates.map { (metric.definition.name, $0.resolved(beside: file)) }
            }
            let ofHalves = metrics.flatMap { metric in
                metric.halfCandidates.map { half in
                    let place = CandidateSource.place(of: half.name, in: metric.definition.name)
                    return (place, half.source.resolved(beside: file))
                }
            }
            return CheckedRegistry(
                set: set, file: file, notes: findings.sorted, projectPosition: top.position(of: "project"),
                positions: Dictionary(positions) { first, _ in first },
                candidates: Dictionary(candidates + ofHalves) { first, _ in first },
                choices: Dictionary(
                    metrics.compactMap { metric in metric.choice.map { (metric.definition.identifier.value, $0) } }
                ) { first, _ in first })
        } catch {
            findings.error(top.position, error.sentence, "Change the registry accordingly.")
            return nil
        }
    }
}

/// A registry's ceilings and where they stand.
struct Ceilings {
    let day, lifetime: PrivacyBudget
    let dayPosition, lifetimePosition: SourcePosition
}

/// A metric that is sound by itself, and where its parts stand.
struct ReadMetric {
    let definition: MetricDefinition
    let positions: MetricPositions
    /// Where its candidates are, as it is written.
    let candidates: CandidateSource?
    /// What became of `mechanism: auto`, if it says so.
    let choice: AutoChoice?
    /// Where the candidates of a pair's halves are, by the half's name.
    var halfCandidates: [(name: String, source: CandidateSource)] = []

    init(definition: MetricDefinition, positions: MetricPositions, candidates: CandidateSource?, choice: AutoChoice?) {
        (self.definition, self.positions) = (definition, positions)
        (self.candidates, self.choice) = (candidates, choice)
    }

    /// A pair.
    init(
        definition: MetricDefinition, positions: MetricPositions,
        halves: [(name: String, candidates: CandidateSource?)]
    ) {
        self.init(definition: definition, positions: positions, candidates: nil, choice: nil)
        halfCandidates = halves.compactMap { half in half.candidates.map { (half.name, $0) } }
    }
}

extension MappingReader {
    fileprivate func project(_ findings: inout DiagnosticList) -> String? {
        guard let (project, position) = text("project", &findings) else { return nil }
        guard MetricDefinition.isWellFormed(text: project, byteLimit: 64) else {
            let fault = fault(of: project, byteLimit: 64)
            findings.error(position, "the project's name \(fault.problem)", fault.remedy)
            return nil
        }
        return project
    }

    fileprivate func ceilings(_ findings: inout DiagnosticList) -> Ceilings? {
        guard let node = required("ceiling", &findings),
            let ceiling = MappingReader(node, .ceiling, subject: "'ceiling'", &findings)
        else { return nil }
        let largestDay = MetricSet.largestDayCeilingThousandths
        let largestLifetime = MetricSet.largestLifetimeCeilingThousandths
        let day = ceiling.thousandths("epsilon_per_day", in: 1...largestDay, &findings)
        let lifetime = ceiling.thousandths("epsilon_lifetime", in: 1...largestLifetime, &findings)
        guard let day, let lifetime, let dayBudget = try? PrivacyBudget(thousandths: day),
            let lifetimeBudget = try? PrivacyBudget(thousandths: lifetime)
        else { return nil }
        return Ceilings(
            day: dayBudget, lifetime: lifetimeBudget, dayPosition: ceiling.position(of: "epsilon_per_day"),
            lifetimePosition: ceiling.position(of: "epsilon_lifetime"))
    }

    fileprivate func enrolmentDelayHours(_ findings: inout DiagnosticList) -> Int? {
        guard let node = node("agent") else { return 24 }
        guard let agent = MappingReader(node, .agent, subject: "'agent'", &findings) else { return nil }
        guard agent.has("enrolment_delay_hours") else { return 24 }
        return agent.integer("enrolment_delay_hours", in: 0...720, &findings)
    }

    fileprivate func metrics(
        today: UTCDay, expiry: RegistrySource.ExpiryRule, lock: MetricLock?, _ findings: inout DiagnosticList
    ) -> [ReadMetric] {
        guard let node = required("metrics", &findings) else { return [] }
        guard case .mapping(let pairs) = node.content, (1...1024).contains(pairs.count) else {
            var kind = node.kind
            if case .mapping(let pairs) = node.content { kind = "a mapping of \(pairs.count)" }
            findings.error(
                node.position, "'metrics' is \(kind), not a mapping of 1 to 1,024 metrics",
                "Below it, give each metric its name and, indented, its keys.")
            return []
        }
        var names: Set<String> = []
        return pairs.compactMap { key, value in
            guard case .scalar(let name, _) = key.content, MetricDefinition.isWellFormed(name: name) else {
                findings.error(
                    key.position, "this is no name for a metric",
                    "Start with a lower-case letter and use up to 64 of a-z, 0-9, '_' and '.'.")
                return nil
            }
            guard names.insert(name).inserted else {
                findings.error(key.position, "there are two metrics '\(name)'", "Rename or remove one.")
                return nil
            }
            return MetricReader(name: name, position: key.position, value, &findings)?.read(
                today: today, expiry: expiry, lock: lock, &findings)
        }
    }
}
