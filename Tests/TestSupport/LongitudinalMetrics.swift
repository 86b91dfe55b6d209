internal import LocalPrivacy
public import Mechanisms
public import MetricDefinitions

/// A metric of this domain and memoized mechanism: ε 1 a report, ε∞ 2 a value, 365 reports.
public func longitudinalMetric(
    _ mechanism: any LocalRandomizer.Type, domain: MetricDomain, whenAbsent: WhenAbsent = .last,
    maximumDistinctValues: Int = 3, parameters: [String: Int32] = [:], identifier: UInt32 = 9
) throws -> MetricDefinition {
    var fields = MetricDefinition.Fields()
    (fields.identifier, fields.version, fields.name) = (identifier, 1, "longitudinal_\(identifier)")
    fields.summary = "What does the aircraft do?"
    fields.domain = domain
    fields.lifetime = .memoized(reports: 365, distinctValues: maximumDistinctValues)
    fields.whenAbsent = whenAbsent
    (fields.minimumReports, fields.owner) = (1000, "ops@airline.example")
    fields.expiry = .never(reason: "A metric of the tests")
    let declared = MechanismDeclaration(
        epsilon: try Epsilon(thousandths: 1000), permanentEpsilon: try Epsilon(thousandths: 2000),
        domain: domain.inputDomain, reportsAbsence: whenAbsent == .last,
        parameters: parameters.mapValues(DeclaredNumber.init))
    return try MetricDefinition(fields, mechanism: try mechanism.make(declared: declared))
}

/// By LOLOHA, one of so many categories of which a device keeps two answers.
public func hashedMetric(valueCount: Int = 40, maximumDistinctValues: Int = 3) throws -> MetricDefinition {
    try longitudinalMetric(
        Loloha.self, domain: .category((0..<valueCount).map { "value \($0)" }),
        maximumDistinctValues: maximumDistinctValues, parameters: ["hash_range": 2])
}

/// A memoized mean of numbers from 0 to 100, which is 0 on a day without an event.
public func memoizedMeanMetric(segments: Int32 = 1, maximumDistinctValues: Int = 3) throws -> MetricDefinition {
    guard let range = NumberRange(low: 0, high: 100) else { preconditionFailure("100 is above 0") }
    return try longitudinalMetric(
        MemoizedOneBitMean.self, domain: .number(range), whenAbsent: .value(.number(0)),
        maximumDistinctValues: maximumDistinctValues, parameters: ["segments": segments])
}
