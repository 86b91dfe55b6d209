import DecoderCommands
import Estimation
import LocalPrivacy
import Mechanisms
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

/// Runs the estimate of a store as the command does, without its process.
func estimated(
    _ request: EstimateRequest, from store: StoreFixture, metrics: [MetricDefinition],
    candidates: CandidateList? = nil, today: UTCDay = testDay(30)
) throws(CommandError) -> EstimateResult {
    let set: MetricSet
    do { set = try testMetricSet(metrics: metrics) } catch { preconditionFailure("a test's metrics are sound") }
    var progress = Progress("reading reports")
    return try EstimateResult.compute(
        request, from: set, candidates: candidates, storePath: store.path, today: today, progress: &progress,
        patienceInSeconds: 0.02)
}

/// A store with reports of one metric: a chunk each of these days, then staged ones.
func storeOfReports(
    of metric: MetricDefinition, sealed: [(day: Int, counts: [Int])], staged: [(day: Int, counts: [Int])] = []
) throws -> StoreFixture {
    let store = try StoreFixture()
    try store.add(definition: metric)
    for part in sealed { try store.seal(payloads(part.counts), of: metric, day: testDay(part.day)) }
    for part in staged { try store.stage(payloads(part.counts).map { [$0] }, of: metric, day: testDay(part.day)) }
    return store
}

/// `air_time`: a number from −10 to 30 as one bit at ε 1, nothing being reported when nothing happened.
func numberMetric(minimumReports: Int = 1000) throws -> MetricDefinition {
    let range = try #require(NumberRange(low: -10, high: 30))
    let declared = MechanismDeclaration(
        epsilon: try Epsilon(thousandths: 1000), domain: .range, reportsAbsence: false)
    return try openMetric(
        "air_time", .number(range), mechanism: try OneBitMean.make(declared: declared), whenAbsent: .skip,
        lifetime: .budget(try PrivacyBudget(thousandths: 100_000)), minimumReports: minimumReports)
}

/// `destination`: a text in a sketch of `rows` by `width` at ε 4.
func sketchMetric(
    rows: Int32 = 4, width: Int32 = 64, whenAbsent: WhenAbsent = .none, minimumReports: Int = 1000
) throws -> MetricDefinition {
    let declared = MechanismDeclaration(
        epsilon: try Epsilon(thousandths: 4000), domain: .text, reportsAbsence: whenAbsent == .none,
        parameters: ["rows": DeclaredNumber(rows), "width": DeclaredNumber(width)])
    return try openMetric(
        "destination", .string, mechanism: try CountMeanSketch.make(declared: declared), whenAbsent: whenAbsent,
        lifetime: .budget(try PrivacyBudget(thousandths: 400_000)), minimumReports: minimumReports)
}

private func openMetric(
    _ name: String, _ domain: MetricDomain, mechanism: any LocalRandomizer, whenAbsent: WhenAbsent,
    lifetime: LifetimeCap, minimumReports: Int
) throws -> MetricDefinition {
    var fields = MetricDefinition.Fields()
    (fields.identifier, fields.version, fields.name) = (7, 1, name)
    fields.summary = "What was it?"
    (fields.domain, fields.lifetime, fields.whenAbsent) = (domain, lifetime, whenAbsent)
    (fields.minimumReports, fields.owner) = (minimumReports, "ops@airline.example")
    fields.expiry = .never(reason: "A metric of the tests")
    return try MetricDefinition(fields, mechanism: mechanism)
}
