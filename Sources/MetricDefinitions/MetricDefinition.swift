public import LocalPrivacy
public import Mechanisms
public import ReportFormat
internal import SecureRandomness

/// One metric: what it asks, how it is randomized, and what a device may spend on it. An instance is proof that the
/// definition is sound.
public struct MetricDefinition: Sendable {
    /// The wire identity.
    public let identifier: MetricIdentifier
    /// Counts every change of meaning or mechanism, from 1.
    public let version: UInt32
    /// The name in registry and host program.
    public let name: String
    /// The question in words.
    public let summary: String
    /// What the values are.
    public let domain: MetricDomain
    /// How a value is randomized.
    public let mechanism: any LocalRandomizer
    /// What bounds the reports of one device.
    public let lifetime: LifetimeCap
    /// What is reported when nothing happened.
    public let whenAbsent: WhenAbsent
    /// Which of several events is reported.
    public let combination: Combination
    /// Fewer reports than this are not shown.
    public let minimumReports: Int
    /// Who answers for the metric.
    public let owner: String
    /// When it ends.
    public let expiry: Expiry

    /// The SHA-256 of everything that gives a report its meaning and its distribution.
    public let definitionHash: [UInt8]

    /// The fields as a registry states them, before anything is proven.
    public struct Fields: Sendable {
        public var identifier: UInt32 = 0
        public var version: UInt32 = 0
        public var name = ""
        public var summary = ""
        public var domain = MetricDomain.boolean
        public var lifetime = LifetimeCap.budget(.zero)
        public var whenAbsent = WhenAbsent.none
        public var combination = Combination.sample
        public var minimumReports = 0
        public var owner = ""
        public var expiry = Expiry.never(reason: "")

        public init() {}
    }

    /// A metric of these fields and this mechanism.
    ///
    /// - Throws: ``MetricDefinitionError`` naming the field that is wrong.
    public init(_ fields: Fields, mechanism: any LocalRandomizer) throws(MetricDefinitionError) {
        guard let identifier = MetricIdentifier(fields.identifier) else {
            throw .identifierOutOfRange(fields.identifier)
        }
        guard fields.version >= 1, fields.version <= 0x7FFF_FFFF else { throw .versionOutOfRange(fields.version) }
        try Self.validate(fields)
        try Self.validate(fields, against: mechanism)
        self.identifier = identifier
        (version, name, summary, domain) = (fields.version, fields.name, fields.summary, fields.domain)
        (lifetime, whenAbsent, combination) = (fields.lifetime, fields.whenAbsent, fields.combination)
        (minimumReports, owner, expiry) = (fields.minimumReports, fields.owner, fields.expiry)
        self.mechanism = mechanism
        do {
            definitionHash = try SHA256.digest(Self.canonicalDefinition(fields, mechanism: mechanism))
        } catch { throw .parameter(.digestUnavailable) }
    }

    /// The first eight bytes of ``definitionHash``, which every report carries.
    public var fingerprint: Fingerprint {
        Fingerprint(value: (0..<8).reduce(0) { $0 | UInt64(definitionHash[$1]) << UInt64(8 * $1) })
    }

    /// Whether the mechanism is memoized.
    public var isMemoized: Bool { mechanism is any LongitudinalRandomizer }

    /// How many periods a device reports, counted from its enrolment, sent or not.
    public var periodCap: Int {
        switch lifetime {
        case .budget(let budget): budget.reportCount(of: mechanism.epsilon)
        case .memoized(let reports, _): reports
        }
    }

    /// What the metric takes of a device's lifetime ceiling: for a memoized metric, given which reports repeat a value.
    public var lifetimeBudget: PrivacyBudget {
        switch lifetime {
        case .budget(let budget): return budget
        case .memoized(_, let distinctValues):
            guard let memoized = mechanism as? any LongitudinalRandomizer,
                let budget = try? memoized.lifetimeBudget(distinctValues: distinctValues)
            else { preconditionFailure("a memoized definition has a permanent ε and a bounded budget") }
            return budget
        }
    }

    /// What the mechanism is given for a period without an event; `nil` when nothing is reported. The memoized
    /// response that `last` repeats belongs to the device, so there this is only what comes before the first event.
    public var absentInput: MechanismInput? {
        switch whenAbsent {
        case .none, .last: return .absent
        case .skip: return nil
        case .value(let value):
            guard let input = try? domain.input(for: value) else {
                preconditionFailure("a definition's value for absence belongs to its domain")
            }
            return input.input
        }
    }

    /// Whether "no event" is an answer of its own.
    public var reportsAbsence: Bool { whenAbsent == .none || whenAbsent == .last }

    /// The declared values as rows of an estimate, and "no event" where it is an item; empty where none are declared.
    public var itemLabels: [String] {
        domain.labels + (reportsAbsence && !domain.labels.isEmpty ? [MetricDomain.absenceLabel] : [])
    }
}
