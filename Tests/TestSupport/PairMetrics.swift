internal import LocalPrivacy
internal import Mechanisms
public import MetricDefinitions

/// `route`: a carrier of three by ε 1 and whether it was late by ε 0.5, both with fresh noise, for 120 periods.
public func pairMetric(
    identifier: UInt32 = 11, whenAbsent: WhenAbsent = .none, firstThousandths: Int = 1000, secondThousandths: Int = 500
) throws -> MetricDefinition {
    let carrier = MetricVariable(name: "carrier", domain: .category(["AA", "UA", "DL"]))
    let late = MetricVariable(name: "late", domain: .boolean)
    var fields = fields(identifier, "route", "Which carrier flew the route, and was it late?")
    fields.domain = .pair(carrier, late)
    fields.lifetime = .budget(try PrivacyBudget(thousandths: 120 * (firstThousandths + secondThousandths)))
    fields.whenAbsent = whenAbsent
    return try MetricDefinition(
        fields,
        mechanism: try PairedResponse(
            configuration: .init(
                first: half("randomized_response", carrier, firstThousandths, reportsAbsence: whenAbsent == .none),
                second: half("randomized_response", late, secondThousandths, reportsAbsence: whenAbsent == .none))))
}

/// `home`: any text by RAPPOR of so many bits and cohorts beside one of three categories, both memoized with ε 1 a report and
/// ε∞ 2, for 365 reports of so many distinct pairs.
public func memoizedPairMetric(
    identifier: UInt32 = 12, bits: Int32 = 128, cohorts: Int32 = 64, maximumDistinctPairs: Int = 4
) throws -> MetricDefinition {
    let airport = MetricVariable(name: "airport", domain: .string)
    let size = MetricVariable(name: "size", domain: .category(["small", "medium", "large"]))
    var fields = fields(identifier, "home", "Where is the aircraft at home, and how large is it?")
    fields.domain = .pair(airport, size)
    fields.lifetime = .memoized(reports: 365, distinctValues: maximumDistinctPairs)
    fields.whenAbsent = .last
    let parameters = ["bits": DeclaredNumber(bits), "hashes": DeclaredNumber(2), "cohorts": DeclaredNumber(cohorts)]
    return try MetricDefinition(
        fields,
        mechanism: try MemoizedPairedResponse(
            configuration: .init(
                first: half("rappor", airport, 1000, permanent: 2000, parameters, reportsAbsence: true),
                second: half("randomized_response", size, 1000, permanent: 2000, reportsAbsence: true))))
}

private func half(
    _ mechanism: String, _ variable: MetricVariable, _ thousandths: Int, permanent: Int? = nil,
    _ parameters: [String: DeclaredNumber] = [:], reportsAbsence: Bool
) throws -> DeclaredComponent {
    DeclaredComponent(
        mechanism: mechanism,
        declaration: MechanismDeclaration(
            epsilon: try Epsilon(thousandths: thousandths),
            permanentEpsilon: try permanent.map { (thousandths) throws(ParameterError) in
                try Epsilon(thousandths: thousandths)
            },
            domain: variable.domain.inputDomain, reportsAbsence: reportsAbsence, parameters: parameters))
}

private func fields(_ identifier: UInt32, _ name: String, _ summary: String) -> MetricDefinition.Fields {
    var fields = MetricDefinition.Fields()
    (fields.identifier, fields.version, fields.name, fields.summary) = (identifier, 1, name, summary)
    (fields.minimumReports, fields.owner) = (1, "ops@airline.example")
    fields.expiry = .never(reason: "A metric of the tests")
    return fields
}
