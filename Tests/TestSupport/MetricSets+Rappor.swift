internal import LocalPrivacy
internal import Mechanisms
public import MetricDefinitions

/// `home_page`: a text of which no list is declared, by RAPPOR: 64 bits, 2 hashes, 8 cohorts, ε 1, ε∞ 4.
public func rapporMetric(identifier: UInt32 = 4, name: String = "home_page", summary: String = "Which page?") throws
    -> MetricDefinition
{
    let counts: [String: Int32] = ["bits": 64, "hashes": 2, "cohorts": 8]
    let declared = MechanismDeclaration(
        epsilon: try Epsilon(thousandths: 1000), permanentEpsilon: try Epsilon(thousandths: 4000), domain: .text,
        reportsAbsence: true, parameters: counts.mapValues { DeclaredNumber($0) })
    return try bitMetric(identifier, name, summary, .string, Rappor.make(declared: declared))
}

/// `language`: one of three names by basic RAPPOR with f 0.5, p 0.5 and q 0.75.
public func basicRapporMetric(
    identifier: UInt32 = 5, name: String = "language", summary: String = "Which language?"
) throws -> MetricDefinition {
    let noise: [String: Int64] = ["f": 500_000_000, "p": 500_000_000, "q": 750_000_000]
    let declared = MechanismDeclaration(
        domain: .items(3), reportsAbsence: true, parameters: noise.mapValues { DeclaredNumber(billionths: $0) })
    return try bitMetric(
        identifier, name, summary, .category(["de", "en", "fr"]), BasicRappor.make(declared: declared))
}

private func bitMetric(
    _ identifier: UInt32, _ name: String, _ summary: String, _ domain: MetricDomain, _ mechanism: any LocalRandomizer
) throws -> MetricDefinition {
    var fields = MetricDefinition.Fields()
    (fields.identifier, fields.version, fields.name, fields.summary) = (identifier, 1, name, summary)
    (fields.domain, fields.lifetime, fields.whenAbsent) = (domain, .memoized(reports: 365, distinctValues: 3), .last)
    (fields.minimumReports, fields.owner) = (1000, "ops@airline.example")
    fields.expiry = .never(reason: "A metric of the tests")
    return try MetricDefinition(fields, mechanism: mechanism)
}
