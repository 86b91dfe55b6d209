public import LocalPrivacy
internal import Mechanisms
public import ReportFormat

/// What is wrong with a metric definition.
public enum MetricDefinitionError: Error, Hashable, Sendable {
    /// The encoded definition ends early or has bytes left over.
    case format(ByteFormatError)
    /// The mechanism's parameters are invalid.
    case parameter(ParameterError)
    /// No mechanism of this name, or not in this form.
    case unknownMechanism(name: String, memoized: Bool)
    /// `id` is in 1...2,147,483,647.
    case identifierOutOfRange(UInt32)
    /// `version` is in 1...2,147,483,647.
    case versionOutOfRange(UInt32)
    /// A name starts with a lower-case letter and has up to 64 of a–z, 0–9, `_` and `.`.
    case malformedName(String)
    /// A text field is too long, or holds control characters.
    case malformedText(field: String)
    /// A category's name is empty, too long, reserved, canonically equivalent to another, or holds control characters.
    case malformedCategory(position: Int)
    /// The domain and the mechanism's parameters do not agree on the number of items.
    case itemCountMismatch(domain: Int, mechanism: Int)
    /// The mechanism is for values of another type than the domain's.
    case domainMismatch
    /// The name of a half of a pair is none, or that of the other half.
    case malformedVariable(String)
    /// A half of a pair has values of a type that cannot be paired.
    case typeNotPaired(String)
    /// `range` is not one of finite numbers and finite width above zero.
    case malformedRange
    /// An encoded tag is none of the known ones.
    case unknownTag(field: String, value: UInt8)
    /// `when_absent: last` belongs to memoized metrics, and but for means they allow nothing else.
    case absenceNeedsMemoization
    /// A memoized mean reports a value on a day without an event.
    case absenceNeedsValue
    /// `when_absent: { value: … }` names no item.
    case absentItemOutOfDomain
    /// `combine: any` is for booleans.
    case combinationNeedsBoolean
    /// The cap does not fit the mechanism: a budget for fresh noise, counts for memoized.
    case wrongCap
    /// The cap allows no report, or is above what any device may spend.
    case capOutOfRange
    /// `minimum_reports` is in 1...1,000,000,000.
    case minimumReportsOutOfRange(Int)
    /// A day is outside the calendar.
    case dayOutOfRange(field: String)
}

extension MetricDefinition {
    /// The longest name, in bytes.
    public static let nameByteLimit = 64
    /// The longest description, owner or reason, in bytes.
    public static let textByteLimit = 2_000
    /// The longest time that a memoized metric lives without a stated reason, in reports.
    public static let maximumMemoizedReports = 3_660

    /// Whether a name may be used: a lower-case letter, then up to 63 of a–z, 0–9, `_` and `.`.
    public static func isWellFormed(name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard let first = bytes.first, bytes.count <= nameByteLimit, (97...122).contains(first) else { return false }
        return bytes.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 || $0 == 46 }
    }

    /// Whether a text is free of control characters and not longer than `byteLimit`. What breaks a line or turns its
    /// direction counts as one: texts are shown in terminals, where they must not pose as something else.
    public static func isWellFormed(text: String, byteLimit: Int = textByteLimit) -> Bool {
        text.utf8.count <= byteLimit
            && text.unicodeScalars.allSatisfy { scalar in
                !controlScalars.contains { $0.contains(scalar.value) }
            }
    }

    /// C0, delete and C1; line and paragraph separators, embeddings and overrides of direction; isolates of direction.
    private static let controlScalars: [ClosedRange<UInt32>] = [0...31, 127...159, 0x2028...0x202E, 0x2066...0x2069]

    static func validate(_ fields: Fields) throws(MetricDefinitionError) {
        guard isWellFormed(name: fields.name) else { throw .malformedName(fields.name) }
        guard isWellFormed(text: fields.summary) else { throw .malformedText(field: "description") }
        guard isWellFormed(text: fields.owner) else { throw .malformedText(field: "owner") }
        if case .never(let reason) = fields.expiry {
            guard isWellFormed(text: reason), !reason.isEmpty else { throw .malformedText(field: "expires") }
        }
        try validate(fields.domain)
        guard fields.combination == .sample || fields.domain == .boolean else { throw .combinationNeedsBoolean }
        guard (1...1_000_000_000).contains(fields.minimumReports) else {
            throw .minimumReportsOutOfRange(fields.minimumReports)
        }
        if case .value(let value) = fields.whenAbsent {
            guard let input = try? fields.domain.input(for: value), !input.isClipped else {
                throw .absentItemOutOfDomain
            }
        }
    }

    private static func validate(_ domain: MetricDomain) throws(MetricDefinitionError) {
        switch domain {
        case .category(let names): try validate(categories: names)
        case .pair(let first, let second):
            for variable in [first, second] {
                guard isWellFormed(name: variable.name) else { throw .malformedVariable(variable.name) }
                switch variable.domain {
                case .boolean, .category, .string: try validate(variable.domain)
                case .number, .pair: throw .typeNotPaired(variable.domain.typeName)
                }
            }
            guard first.name != second.name else { throw .malformedVariable(first.name) }
        case .boolean, .string, .number: break
        }
    }

    private static func validate(categories names: [String]) throws(MetricDefinitionError) {
        // A set of strings, not of bytes: an event's name finds its category by canonical equivalence, so of two
        // spellings of "é" the second could never be recorded.
        var seen: Set<String> = []
        for (position, name) in names.enumerated() {
            guard !name.isEmpty, name != MetricDomain.absenceLabel, seen.insert(name).inserted,
                isWellFormed(text: name, byteLimit: MetricDomain.labelByteLimit)
            else { throw .malformedCategory(position: position) }
        }
    }

    static func validate(_ fields: Fields, against mechanism: any LocalRandomizer) throws(MetricDefinitionError) {
        let reportsAbsence = fields.whenAbsent == .none || fields.whenAbsent == .last
        let configuration = mechanism.erasedConfiguration
        let (asked, taken) = (fields.domain.inputDomain, configuration.domain)
        guard asked == taken, configuration.reportsAbsence == reportsAbsence else {
            guard case .items(let count) = asked, case .items(let takenCount) = taken else { throw .domainMismatch }
            throw .itemCountMismatch(
                domain: count + (reportsAbsence ? 1 : 0),
                mechanism: takenCount + (configuration.reportsAbsence ? 1 : 0))
        }
        let memoized = mechanism as? any LongitudinalRandomizer
        if memoized != nil, configuration.domain == .range {
            guard case .value = fields.whenAbsent else { throw .absenceNeedsValue }
        } else {
            guard (fields.whenAbsent == .last) == (memoized != nil) else { throw .absenceNeedsMemoization }
        }
        switch (fields.lifetime, memoized) {
        case (.budget(let budget), nil):
            guard budget.reportCount(of: mechanism.epsilon) >= 1 else { throw .capOutOfRange }
        case (.memoized(let reports, let distinctValues), let memoized?):
            guard (1...maximumMemoizedReports).contains(reports), (1...65_536).contains(distinctValues),
                (try? memoized.lifetimeBudget(distinctValues: distinctValues)) != nil
            else { throw .capOutOfRange }
        default: throw .wrongCap
        }
    }
}

extension LongitudinalRandomizer {
    /// ε∞ times as many permanent responses as so many distinct values can have.
    ///
    /// - Throws: ``ParameterError/budgetOutOfRange(thousandths:)``.
    func lifetimeBudget(distinctValues: Int) throws(ParameterError) -> PrivacyBudget {
        try PrivacyBudget(permanentEpsilon, reports: Swift.min(distinctValues, distinctResponseLimit))
    }
}

extension LocalRandomizer {
    /// The configuration behind an existential.
    var erasedConfiguration: any MechanismConfiguration { configuration }
}
