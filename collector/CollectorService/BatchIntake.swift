internal import ReportFormat

/// What happens to the bytes of one upload: read, sorted, stored.
package struct BatchIntake: Sendable {
    private let admission: BatchAdmission
    private let store: any ReportStore
    private let clock: CollectorClock

    package init(admission: BatchAdmission, store: any ReportStore, clock: CollectorClock) {
        (self.admission, self.store, self.clock) = (admission, store, clock)
    }

    /// Takes a batch; a known one again, without storing anything.
    ///
    /// The answer to a batch is given once and remembered, also where nothing of it is stored: judged anew, a report
    /// could be acknowledged that was rejected before, or the other way round.
    ///
    /// - Returns: the reports that are not stored, and never will be.
    /// - Throws: ``ProblemDetails`` when the bytes are no batch, or when nothing can be stored.
    package func take(_ bytes: [UInt8]) async throws(ProblemDetails) -> [Rejection] {
        let batch: Batch
        do { batch = try Batch(decoding: bytes) } catch { throw ProblemDetails(error) }
        let today = clock.today
        let verdict = admission.verdict(on: batch, today: today)
        let admitted = AdmittedBatch(
            batch.identifier, reports: verdict.admitted, rejected: verdict.rejected, arrivingOn: today)
        do { return try await store.store(admitted) } catch { throw ProblemDetails(error) }
    }
}
