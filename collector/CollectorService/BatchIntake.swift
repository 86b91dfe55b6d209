internal import ReportFormat

/// What happens to the bytes of one upload: read, sorted, stored.
package struct BatchIntake: Sendable {
    private let metrics: ServedMetrics
    private let store: any ReportStore
    private let clock: CollectorClock
    private let quotas: IngestQuotas
    private let figures: IngestFigures
    private let retiredMetrics: Set<UInt32>

    /// - Parameter retiredMetrics: those that the operator has ended on all devices.
    package init(
        metrics: ServedMetrics, store: any ReportStore, clock: CollectorClock, quotas: IngestQuotas = IngestQuotas(),
        retiredMetrics: Set<UInt32> = [], figures: IngestFigures = IngestFigures()
    ) {
        (self.metrics, self.store, self.clock) = (metrics, store, clock)
        (self.quotas, self.retiredMetrics, self.figures) = (quotas, retiredMetrics, figures)
    }

    /// Takes a batch; a known one again, without storing anything.
    ///
    /// The answer to a batch is given once and remembered, also where nothing of it is stored: judged anew, a report
    /// could be acknowledged that was rejected before, or the other way round.
    ///
    /// - Parameter token: under which it comes, if it does.
    /// - Returns: the reports that are not stored, and never will be.
    /// - Throws: ``ProblemDetails`` when the bytes are no batch, when nothing can be stored, or when the batch has a
    ///   report of a retired metric.
    package func take(
        _ bytes: [UInt8], under token: AccessToken? = nil
    ) async throws(ProblemDetails) -> [Rejection] {
        let batch: Batch
        do { batch = try Batch(decoding: bytes) } catch { throw ProblemDetails(error) }
        let today = clock.today
        let retired = batch.reports.first { retiredMetrics.contains($0.metric) }?.metric
        if retired != nil || token?.dailyQuota ?? 0 > 0 {
            // What was stored may have been acknowledged in vain: it is neither taken out of a quota again, nor may its
            // sender make other batches of it.
            if let rejected = try await knownAnswer(to: batch.identifier) {
                figures.count(batchOf: batch.reports.count, rejected: rejected, waitedSeconds: 0)
                return rejected
            }
        }
        // The same batch sent twice at once would be taken out of the quota twice.
        guard quotas.begin(batch.identifier, under: token) else {
            throw ProblemDetails(.overloaded, detail: "This very batch is being stored. Send it again later.")
        }
        defer { quotas.end(batch.identifier, under: token) }
        if let retired { throw ProblemDetails(retiredMetric: retired) }
        var verdict = metrics.current.admission.verdict(on: batch, today: today)
        let granted = quotas.take(verdict.admitted.count, of: token, on: today)
        verdict.keep(granted)
        var admitted = AdmittedBatch(
            batch.identifier, reports: verdict.admitted, rejected: verdict.rejected, arrivingOn: today)
        let start = ContinuousClock.now
        let rejected: [Rejection]
        if let token, token.dailyQuota > 0 { admitted.quotaToken = token.name }
        do { rejected = try await store.store(admitted) } catch {
            quotas.giveBack(granted, of: token, on: today)
            throw ProblemDetails(error)
        }
        let waited = start.duration(to: .now) / .seconds(1)
        figures.count(batchOf: batch.reports.count, rejected: rejected, waitedSeconds: waited)
        return rejected
    }

    private func knownAnswer(to identifier: BatchIdentifier) async throws(ProblemDetails) -> [Rejection]? {
        do { return try await store.answer(to: identifier) } catch { throw ProblemDetails(error) }
    }
}
