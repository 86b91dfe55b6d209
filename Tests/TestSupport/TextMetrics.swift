internal import LocalPrivacy
internal import Mechanisms
public import MetricDefinitions

/// `destination`: any text by RAPPOR with f 0.5, p 0.5 and q 0.75, 365 reports of 3 distinct values.
public func rapporMetric(
    identifier: UInt32 = 4, version: UInt32 = 1, name: String = "destination",
    summary: String = "Where did the aircraft fly to?", bits: Int32 = 256, hashes: Int32 = 2,
    cohorts: Int32 = 4, maximumReports: Int = 365, maximumDistinctValues: Int = 3
) throws -> MetricDefinition {
    var fields = fields(identifier, version, name, summary)
    fields.domain = .string
    fields.lifetime = .memoized(reports: maximumReports, distinctValues: maximumDistinctValues)
    fields.whenAbsent = .last
    let declared = MechanismDeclaration(
        domain: .text, reportsAbsence: true,
        parameters: [
            "bits": DeclaredNumber(bits), "hashes": DeclaredNumber(hashes), "cohorts": DeclaredNumber(cohorts),
            "f": DeclaredNumber(billionths: 500_000_000), "p": DeclaredNumber(billionths: 500_000_000),
            "q": DeclaredNumber(billionths: 750_000_000),
        ])
    return try MetricDefinition(fields, mechanism: try Rappor.make(declared: declared))
}

/// `favourite`: one of a few names by basic RAPPOR: ε 1 a report, ε∞ 2 a value, 365 reports of 3 distinct values.
public func basicRapporMetric(
    identifier: UInt32 = 5, version: UInt32 = 1, name: String = "favourite",
    summary: String = "Which airport does the crew like best?",
    categories: [String] = ["EWR", "JFK", "LGA"], epsilonThousandths: Int = 1000,
    permanentEpsilonThousandths: Int = 2000
) throws -> MetricDefinition {
    var fields = fields(identifier, version, name, summary)
    fields.domain = .category(categories)
    fields.lifetime = .memoized(reports: 365, distinctValues: 3)
    fields.whenAbsent = .last
    let declared = MechanismDeclaration(
        epsilon: try Epsilon(thousandths: epsilonThousandths),
        permanentEpsilon: try Epsilon(thousandths: permanentEpsilonThousandths), domain: .items(categories.count),
        reportsAbsence: true)
    return try MetricDefinition(fields, mechanism: try BasicRappor.make(declared: declared))
}

/// `word`: any text by a count mean sketch at ε 2, "no event" being hashed like one more, for 50 periods.
public func sketchMetric(
    identifier: UInt32 = 6, version: UInt32 = 1, name: String = "word",
    summary: String = "Which word was typed?", rows: Int32 = 1024, width: Int32 = 256,
    whenAbsent: WhenAbsent = .none
) throws -> MetricDefinition {
    var fields = fields(identifier, version, name, summary)
    fields.domain = .string
    fields.lifetime = .budget(try PrivacyBudget(thousandths: 100_000))
    fields.whenAbsent = whenAbsent
    let declared = MechanismDeclaration(
        epsilon: try Epsilon(thousandths: 2000), domain: .text, reportsAbsence: whenAbsent == .none,
        parameters: ["rows": DeclaredNumber(rows), "width": DeclaredNumber(width)])
    return try MetricDefinition(fields, mechanism: try CountMeanSketch.make(declared: declared))
}

/// `air_time`: a number by one bit, reported as the lower end when nothing happened; ε 1 for 120 periods.
public func meanMetric(
    identifier: UInt32 = 7, version: UInt32 = 1, name: String = "air_time",
    summary: String = "How many minutes was the aircraft in the air?", low: Double = 0, high: Double = 720,
    epsilonThousandths: Int = 1000
) throws -> MetricDefinition {
    var fields = fields(identifier, version, name, summary)
    guard let range = NumberRange(low: low, high: high) else { throw MetricDefinitionError.malformedRange }
    fields.domain = .number(range)
    fields.lifetime = .budget(try PrivacyBudget(thousandths: 120 * epsilonThousandths))
    fields.whenAbsent = .value(.number(low))
    let declared = MechanismDeclaration(
        epsilon: try Epsilon(thousandths: epsilonThousandths), domain: .range, reportsAbsence: false)
    return try MetricDefinition(fields, mechanism: try OneBitMean.make(declared: declared))
}

private func fields(
    _ identifier: UInt32, _ version: UInt32, _ name: String, _ summary: String
) -> MetricDefinition.Fields {
    var fields = MetricDefinition.Fields()
    (fields.identifier, fields.version, fields.name, fields.summary) = (identifier, version, name, summary)
    (fields.minimumReports, fields.owner) = (1000, "ops@airline.example")
    fields.expiry = .never(reason: "A metric of the tests")
    return fields
}
