internal import ReportFormat

extension Agent {
    /// Takes what came of an exchange into the state, in one transaction with the journal.
    func settle(
        _ batch: OutboundBatch, _ exchange: ReportUploader.Exchange, _ plan: FlushPlan, into report: inout FlushReport
    ) throws(AgentError) {
        let source = try consent.effective()
        guard source.isOn else { throw .consentOff(source) }
        let (session, seconds) = (try session(), configuration.clock.secondsSinceEpoch())
        try change(session) { () throws(AgentError) in
            let store = session.store
            if let date = exchange.collectorSeconds {
                try session.device.calendar.noteCollectorDate(date, at: seconds)
            }
            let answer = try settle(batch, exchange, on: session.device, into: &report)
            try Journal(store: store).append(.answered(batch.identifier, answer), at: seconds)
            if case .failed(let failure) = answer {
                report.failure = failure
                report.nextAttempt = try postpone(after: failure, in: store)
                return
            }
            if case .retired(let metric, _) = exchange.outcome, case .replaced = answer,
                let identifier = session.device.identifier(of: metric)
            {
                try Journal(store: store).append(.metricRetired(identifier), at: seconds)
            }
            for field in [StateField.failures, .backoffUntil, .retryAfterUntil, .lastFailure] {
                try store.set(field, to: 0)
            }
            // The halves of a bundle that was too large belong to its moment.
            if plan.onlyWhenDue, try store.outbox().isEmpty { try session.device.passSendMoment() }
        }
    }

    private func settle(
        _ batch: OutboundBatch, _ exchange: ReportUploader.Exchange, on device: Device,
        into report: inout FlushReport
    ) throws(AgentError) -> JournalAnswer {
        let status = exchange.status ?? 0
        switch exchange.outcome {
        case .delivered(let refused):
            try device.settle(batch, rejected: refused.count)
            report.acknowledged += batch.reportCount - refused.count
            for refusal in refused { report.rejected[refusal.code, default: 0] += 1 }
            return .delivered(status: status, refused: refused)
        case .retired(let metric, let token):
            if let dropped = try device.retire(metric, refusing: batch) {
                report.rejected[token, default: 0] += dropped
                return .replaced(status: status)
            }
            return try refuse(batch, token, status, on: device, into: &report)
        case .refused(let token):
            return try refuse(batch, token, status, on: device, into: &report)
        case .tooLarge:
            let givenUp = try device.split(batch)
            if givenUp > 0 {
                report.rejected["batch_too_large", default: 0] += givenUp
                try device.add(givenUp, to: .rejectedReports)
                return .refused(status: status, token: "batch_too_large")
            }
            return .replaced(status: status)
        case .failed(let failure): return .failed(failure)
        }
    }

    private func refuse(
        _ batch: OutboundBatch, _ token: String, _ status: Int, on device: Device, into report: inout FlushReport
    ) throws(AgentError) -> JournalAnswer {
        try device.settle(batch, rejected: batch.reportCount)
        report.rejected[token, default: 0] += batch.reportCount
        return .refused(status: status, token: token)
    }

    /// When the next upload is due, if it has to wait. A moment written under a clock that was ahead is brought back to the
    /// longest that a wait can be. Within a transaction.
    func nextAttempt(in store: SQLiteStore, ignoringBackoff: Bool = false) throws(AgentError) -> Int64? {
        let now = configuration.clock.secondsSinceEpoch()
        var due: Int64 = 0
        for (field, longest) in [
            (StateField.backoffUntil, Backoff.longestSeconds),
            (.retryAfterUntil, ServerAnswer.longestRetryAfterSeconds),
        ] {
            var until = try store.value(field) ?? 0
            if until > now &+ longest {
                until = now &+ longest
                try store.set(field, to: until)
            }
            if field == .retryAfterUntil || !ignoringBackoff { due = max(due, until) }
        }
        return due > now ? due : nil
    }

    /// Makes the next attempt wait as after a failure, until the exchange that begins is settled: a process that ends in the
    /// middle of it leaves the wait behind, so that a collector that never answers does not see every start. Within a
    /// transaction.
    func postponeInAdvance(in store: SQLiteStore) throws(AgentError) {
        let failures = (try store.value(.failures) ?? 0) &+ 1
        let delay = try Backoff.delay(afterFailures: failures)
        try store.set(.backoffUntil, to: configuration.clock.secondsSinceEpoch() &+ delay)
    }

    /// Notes a failure and returns when to try again. What was broken off on this side is none of the collector's, and waits
    /// as was noted in advance.
    private func postpone(after failure: UploadFailure, in store: SQLiteStore) throws(AgentError) -> Int64? {
        let now = configuration.clock.secondsSinceEpoch()
        var retryAfter: Int64 = 0
        switch failure {
        case .interrupted: return try nextAttempt(in: store)
        case .unavailable(_, let seconds?): retryAfter = now &+ seconds
        case .credential: retryAfter = now &+ ServerAnswer.longestRetryAfterSeconds
        default: break
        }
        try store.set(.lastFailure, to: failure.stored)
        let failures = (try store.value(.failures) ?? 0) &+ 1
        try store.set(.failures, to: failures)
        let backoff = now &+ (try Backoff.delay(afterFailures: failures))
        try store.set(.backoffUntil, to: backoff)
        try store.set(.retryAfterUntil, to: retryAfter)
        return max(backoff, retryAfter)
    }
}
