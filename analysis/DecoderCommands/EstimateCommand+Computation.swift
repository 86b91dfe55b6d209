internal import Estimation
internal import Mechanisms
public import MetricDefinitions
public import ReportFormat
internal import StoreReader

extension EstimateResult {
    /// Estimates a metric of a registry from the reports of a store, sealed and staged.
    ///
    /// - Parameters:
    ///   - storePath: the collector's store; a running collector is not disturbed.
    ///   - today: the day on which the notes say whether the metric has ended.
    ///   - patienceInSeconds: how long a store that is locked is waited for.
    /// - Throws: ``CommandError``: of status 2 for an unknown metric, 4 for other parameters than the reports', 3 where
    ///   there are no reports, 6 for a locked store and 8 for one that is damaged or of another version.
    /// - Complexity: one pass over the reports; memory for one chunk and a counter per value.
    public static func compute(
        _ request: EstimateRequest, from set: MetricSet, storePath: String, today: UTCDay,
        progress: inout Progress, patienceInSeconds: Double = 5
    ) throws(CommandError) -> EstimateResult {
        guard let definition = set.metric(named: request.metric) else {
            let names = set.metrics.map(\.name).joined(separator: ", ")
            throw CommandError(
                .usage, "the registry has no metric '\(request.metric)'. It has: \(names)")
        }
        let store = try EstimateStore(path: storePath, patienceInSeconds: patienceInSeconds)
        let stored = try store.periods(of: definition)
        let periods = stored.ofThisVersion.filter { request.includes($0.day) }
        guard !periods.isEmpty else {
            throw CommandError(.insufficientData, absence(of: definition, request: request, stored: stored))
        }
        try store.checkDefinition(definition)
        guard let oracle = OracleCatalog.standard.oracle(for: definition.mechanism) as? any FrequencyOracle else {
            preconditionFailure("every catalogued mechanism has an oracle")
        }
        var reader = GroupReader(
            definition: definition, store: store, reportCount: periods.reduce(0) { $0 + $1.reportCount })
        var groups: [EstimateGroup] = []
        for group in request.byPeriod ? periods.map({ [$0] }) : [periods] {
            groups.append(
                try reader.group(of: group, oracle: oracle, confidence: request.confidence, progress: &progress))
        }
        progress.finish()
        let notes = EstimateNotes(definition: definition, request: request, today: today)
            .sentences(periodCount: periods.count, otherVersions: stored.otherVersions)
        return EstimateResult(definition: definition, request: request, groups: groups, notes: notes)
    }

    private static func absence(
        of definition: MetricDefinition, request: EstimateRequest, stored: EstimateStore.Stored
    ) -> String {
        let name = "\(definition.name), version \(definition.version)"
        guard stored.ofThisVersion.isEmpty else {
            return "the store has no reports of \(name) on these days. It has some on others; change --from or --to."
        }
        guard !stored.otherVersions.isEmpty else {
            return "the store has no reports of \(name). Devices report a day after it has ended, and new devices wait."
        }
        let others = stored.otherVersions.map(String.init).joined(separator: ", ")
        return "the store has no reports of \(name), only of version \(others). Estimate those with the registry "
            + "that defines them."
    }
}

/// Reads groups of periods one after the other and tells how far it is.
private struct GroupReader {
    let definition: MetricDefinition
    let store: EstimateStore
    let reportCount: Int
    private var doneCount = 0

    init(definition: MetricDefinition, store: EstimateStore, reportCount: Int) {
        (self.definition, self.store, self.reportCount) = (definition, store, reportCount)
    }

    /// The estimates of these periods, of which there is at least one.
    mutating func group<Oracle: FrequencyOracle>(
        of periods: [StoredPeriod], oracle: Oracle, confidence: ConfidenceLevel, progress: inout Progress
    ) throws(CommandError) -> EstimateGroup {
        let (from, to) = (periods[0].day, periods[periods.count - 1].day)
        let total = periods.reduce(0) { $0 + $1.reportCount }
        guard total >= definition.minimumReports else {
            doneCount += total
            return EstimateGroup(from: from, to: to, estimates: nil)
        }
        var pool = PooledReports(oracle.makeAggregate(of: definition.fingerprint), on: from)
        for period in periods { try tally(period, oracle: oracle, into: &pool, progress: &progress) }
        let candidates: [MechanismInput] =
            definition.domain.labels.indices.map { .item($0) } + (definition.reportsAbsence ? [.absent] : [])
        let values: [FrequencyEstimate]
        do {
            values = try oracle.estimates(of: candidates, from: pool, confidence: confidence) { _, _ in }
        } catch { throw CommandError(.runtimeFailure, "\(error)") }
        return EstimateGroup(
            from: from, to: to, estimates: ReleasedEstimates(reportCount: pool.reportCount, values: values))
    }

    private mutating func tally<Oracle: FrequencyOracle>(
        _ period: StoredPeriod, oracle: Oracle, into pool: inout PooledReports<Oracle.Aggregate>,
        progress: inout Progress
    ) throws(CommandError) {
        for part in try store.parts(of: period) {
            let payloads = try store.payloads(of: part, in: period, payloadByteCount: oracle.storedByteCount)
            let before = pool.reportCount
            do {
                try pool.count(on: period.day) { (aggregate) throws(ReportError) in
                    try oracle.tally(payloads.span, partition: part.partition, into: &aggregate)
                }
            } catch { throw store.error(of: error, in: period) }
            doneCount += pool.reportCount - before
            progress.update(doneCount, of: reportCount)
        }
    }
}
