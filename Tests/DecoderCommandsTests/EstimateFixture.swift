import DecoderCommands
import Estimation
import LocalPrivacy
import Mechanisms
import MetricDefinitions
import RegistryCompiler
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
func numberMetric(
    minimumReports: Int = 1000, mechanism: (any LocalRandomizer)? = nil
) throws -> MetricDefinition {
    let range = try #require(NumberRange(low: -10, high: 30))
    let declared = MechanismDeclaration(
        epsilon: try Epsilon(thousandths: 1000), domain: .range, reportsAbsence: false)
    return try openMetric(
        "air_time", .number(range), mechanism: try mechanism ?? OneBitMean.make(declared: declared), whenAbsent: .skip,
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

/// `destination`: a text in 4 cohorts of 16 bits, two of which a text sets, with a half, a half and three quarters.
func rapporMetric(minimumReports: Int = 1000, cohorts: Int32 = 4) throws -> MetricDefinition {
    let half = DeclaredNumber(billionths: 500_000_000)
    let declared = MechanismDeclaration(
        domain: .text, reportsAbsence: true,
        parameters: [
            "bits": DeclaredNumber(16), "hashes": DeclaredNumber(2), "cohorts": DeclaredNumber(cohorts), "f": half,
            "p": half, "q": DeclaredNumber(billionths: 750_000_000),
        ])
    return try openMetric(
        "destination", .string, mechanism: try Rappor.make(declared: declared), whenAbsent: .last,
        lifetime: .memoized(reports: 365, distinctValues: 3), minimumReports: minimumReports)
}

/// `carriers`: four names, each with a bit of its own, memoized.
func basicRapporMetric() throws -> MetricDefinition {
    let declared = MechanismDeclaration(
        epsilon: try Epsilon(thousandths: 2000), permanentEpsilon: try Epsilon(thousandths: 4000), domain: .items(4),
        reportsAbsence: true)
    return try openMetric(
        "carriers", .category(["AA", "B6", "DL", "UA"]), mechanism: try BasicRappor.make(declared: declared),
        whenAbsent: .last, lifetime: .memoized(reports: 365, distinctValues: 3), minimumReports: 1000)
}

extension StoreFixture {
    /// Stores payloads as a collector does, each under its partition: every other one sealed, the rest staged.
    func add(_ payloads: [[UInt8]], of metric: MetricDefinition, day: UTCDay) throws {
        var partitions: [Int: [[UInt8]]] = [:]
        for payload in payloads {
            let (partition, rest) = metric.mechanism.stored(payload: payload)
            partitions[partition, default: []].append(rest)
        }
        for (partition, payloads) in partitions {
            let half = payloads.count / 2
            if half > 0 { try seal(Array(payloads[..<half]), of: metric, day: day, partition: partition) }
            try stage(Array(payloads[half...]), of: metric, day: day, partition: partition)
        }
    }
}

/// The candidates of a file of two columns, the first of which has these cells below its header.
func candidates(_ cells: [String]) throws -> CandidateList {
    let file = try TemporaryFile("value,rank\n" + cells.map { $0 + ",\n" }.joined())
    return try CandidateList(reading: CandidateSource(path: file.path, column: nil))
}

/// So many inputs about each text, then so many about none.
func inputs(_ texts: KeyValuePairs<String, Int>, absent: Int = 0) -> [MechanismInput] {
    texts.flatMap { text, count in [MechanismInput](repeating: .text(Array(text.utf8)), count: count) }
        + [MechanismInput](repeating: .absent, count: absent)
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
