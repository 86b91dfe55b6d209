import DecoderCommands
import Estimation
import MetricDefinitions
import ReportFormat
import TestSupport

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
