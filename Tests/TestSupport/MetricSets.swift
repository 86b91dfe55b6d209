internal import LocalPrivacy
internal import Mechanisms
public import MetricDefinitions

/// `departed_late`: a boolean with fresh noise at ε 1, reported as `false` when nothing happened, for 120 periods.
public func booleanMetric(
    identifier: UInt32 = 1, version: UInt32 = 1, name: String = "departed_late", epsilonThousandths: Int = 1000,
    lifetimeThousandths: Int = 120_000, whenAbsent: WhenAbsent = .value(.boolean(false)),
    combination: Combination = .sample,
    minimumReports: Int = 1000, expiry: Expiry = .never(reason: "A metric of the tests")
) throws -> MetricDefinition {
    var fields = MetricDefinition.Fields()
    (fields.identifier, fields.version, fields.name) = (identifier, version, name)
    fields.summary = "Did the flight leave more than 15 minutes late?"
    fields.lifetime = .budget(try PrivacyBudget(thousandths: lifetimeThousandths))
    (fields.whenAbsent, fields.combination) = (whenAbsent, combination)
    (fields.minimumReports, fields.owner, fields.expiry) = (minimumReports, "ops@airline.example", expiry)
    let declared = MechanismDeclaration(
        epsilon: try Epsilon(thousandths: epsilonThousandths), valueCount: 2, reportsAbsence: whenAbsent == .none)
    return try MetricDefinition(fields, mechanism: try RandomizedResponse.make(declared: declared))
}

/// `carrier`: one of a few names with fresh noise at ε 2, "no event" being a category of its own, for 50 periods.
public func categoryMetric(
    identifier: UInt32 = 2, version: UInt32 = 1, name: String = "carrier",
    categories: [String] = ["AA", "B6", "DL", "UA"], epsilonThousandths: Int = 2000,
    lifetimeThousandths: Int = 100_000, whenAbsent: WhenAbsent = .none, minimumReports: Int = 1000,
    expiry: Expiry = .never(reason: "A metric of the tests")
) throws -> MetricDefinition {
    var fields = MetricDefinition.Fields()
    (fields.identifier, fields.version, fields.name) = (identifier, version, name)
    fields.summary = "Which carrier flew?"
    fields.domain = .category(categories)
    fields.lifetime = .budget(try PrivacyBudget(thousandths: lifetimeThousandths))
    fields.whenAbsent = whenAbsent
    (fields.minimumReports, fields.owner, fields.expiry) = (minimumReports, "ops@airline.example", expiry)
    let declared = MechanismDeclaration(
        epsilon: try Epsilon(thousandths: epsilonThousandths), valueCount: categories.count,
        reportsAbsence: whenAbsent == .none)
    return try MetricDefinition(fields, mechanism: try RandomizedResponse.make(declared: declared))
}

/// `home_airport`: one of a few names, memoized: ε 1 a report, ε∞ 2 a value, 365 reports of 3 distinct values.
public func memoizedMetric(
    identifier: UInt32 = 3, version: UInt32 = 1, name: String = "home_airport",
    categories: [String] = ["EWR", "JFK", "LGA"], epsilonThousandths: Int = 1000,
    permanentEpsilonThousandths: Int = 2000, maximumReports: Int = 365, maximumDistinctValues: Int = 3,
    minimumReports: Int = 1000, expiry: Expiry = .never(reason: "A metric of the tests")
) throws -> MetricDefinition {
    var fields = MetricDefinition.Fields()
    (fields.identifier, fields.version, fields.name) = (identifier, version, name)
    fields.summary = "From which airport does the aircraft usually leave?"
    fields.domain = .category(categories)
    fields.lifetime = .memoized(reports: maximumReports, distinctValues: maximumDistinctValues)
    fields.whenAbsent = .last
    (fields.minimumReports, fields.owner, fields.expiry) = (minimumReports, "ops@airline.example", expiry)
    let declared = MechanismDeclaration(
        epsilon: try Epsilon(thousandths: epsilonThousandths),
        permanentEpsilon: try Epsilon(thousandths: permanentEpsilonThousandths), valueCount: categories.count,
        reportsAbsence: true)
    return try MetricDefinition(fields, mechanism: try MemoizedRandomizedResponse.make(declared: declared))
}

/// A set of these metrics; without any, of ``booleanMetric()``, ``categoryMetric()`` and ``memoizedMetric()``.
public func testMetricSet(
    project: String = "flights", dayCeilingThousandths: Int = 16_000, lifetimeCeilingThousandths: Int = 1_000_000,
    enrolmentDelayHours: Int = 0, metrics: [MetricDefinition]? = nil
) throws -> MetricSet {
    try MetricSet(
        project: project, dayCeiling: try PrivacyBudget(thousandths: dayCeilingThousandths),
        lifetimeCeiling: try PrivacyBudget(thousandths: lifetimeCeilingThousandths),
        enrolmentDelayHours: enrolmentDelayHours,
        metrics: try metrics ?? [try booleanMetric(), try categoryMetric(), try memoizedMetric()])
}
