internal import ReportFormat

/// What one flush did.
public struct FlushReport: Hashable, Sendable {
    /// Reports that the collector has stored, or had stored before.
    public var acknowledged = 0
    /// Reports that the collector refuses for good, by its code.
    public var rejected: [String: Int] = [:]
    /// Reports that still wait.
    public var waiting = 0
    /// Why the last batch did not arrive.
    public var failure: UploadFailure?
    /// When the next attempt is due, in seconds since the epoch, if one has to wait.
    public var nextAttempt: Int64?
}

extension Agent {
    /// Closes the periods that are over and sends what waits.
    ///
    /// - Parameters:
    ///   - closingPeriod: close the current period too, so that a first report can be seen; the period then takes no
    ///     further event.
    ///   - now: try at once, although the agent's own backoff would wait; a collector's `Retry-After` is kept.
    /// - Throws: ``AgentError``; that a collector cannot be reached is no error but part of the report.
    public func flush(closingPeriod: Bool = false, now: Bool = false) throws(AgentError) -> FlushReport {
        let permitted = try consentSource()
        guard permitted.isOn else { throw .consentOff(permitted) }
        try locked { () throws(AgentError) in
            let (session, seconds) = (try session(), configuration.clock.secondsSinceEpoch())
            try persistUndecided(before: closingPeriod ? nil : try today(in: session, at: seconds), in: session)
            try session.store.transaction { () throws(AgentError) in
                try session.device.enrol(at: seconds)
                let today = try session.device.today(at: seconds)
                try session.device.closePeriods(through: closingPeriod ? today : today.advanced(by: -1), today: today)
            }
        }
        var report = FlushReport()
        let uploader = try ReportUploader(
            endpoint: configuration.endpoint, certificateFile: configuration.certificateFile)
        while let batch = try dueBatch(ignoringBackoff: now, into: &report) {
            let outcome = uploader.post(batch.body)
            try locked { () throws(AgentError) in try settle(batch, outcome, into: &report) }
            if report.failure != nil { break }
        }
        report.waiting = try locked { () throws(AgentError) in
            let store = try session().store
            return try store.queuedCount() + store.outbox().reduce(0) { $0 + $1.reportCount }
        }
        return report
    }

    /// The next batch, unless there is none, consent is gone, or an attempt is not due.
    private func dueBatch(ignoringBackoff: Bool, into report: inout FlushReport) throws(AgentError) -> OutboundBatch? {
        let attempt: (batch: OutboundBatch?, nextAttempt: Int64?) = try locked { () throws(AgentError) in
            guard try consent.effective().isOn else { return (nil, nil) }
            let session = try session()
            return try session.store.transaction { () throws(AgentError) in
                guard let batch = try session.device.nextBatch() else { return (nil, nil) }
                let due = try nextAttempt(in: session.store, ignoringBackoff: ignoringBackoff)
                return due.map { (nil, $0) } ?? (batch, nil)
            }
        }
        report.nextAttempt = attempt.nextAttempt
        return attempt.batch
    }

    private func settle(
        _ batch: OutboundBatch, _ outcome: UploadOutcome, into report: inout FlushReport
    ) throws(AgentError) {
        let source = try consent.effective()
        guard source.isOn else { throw .consentOff(source) }
        let session = try session()
        let failure: UploadFailure? = try session.store.transaction { () throws(AgentError) in
            switch outcome {
            case .delivered(let codes):
                try session.device.settle(batch, rejected: min(codes.count, batch.reportCount))
                report.acknowledged += max(0, batch.reportCount - codes.count)
                for code in codes { report.rejected[code, default: 0] += 1 }
            case .refused(let token):
                try session.device.settle(batch, rejected: batch.reportCount)
                report.rejected[token, default: 0] += batch.reportCount
            case .tooLarge:
                let givenUp = try session.device.split(batch)
                if givenUp > 0 { report.rejected["batch_too_large", default: 0] += givenUp }
            case .failed(let failure):
                report.nextAttempt = try postpone(after: failure, in: session.store)
                return failure
            }
            try session.store.set(.failures, to: 0)
            try session.store.set(.backoffUntil, to: 0)
            try session.store.set(.retryAfterUntil, to: 0)
            return nil
        }
        report.failure = failure
    }

    /// When the next upload is due, if it has to wait. A moment written under a clock that was ahead counts no longer
    /// than a wait can be.
    func nextAttempt(in store: SQLiteStore, ignoringBackoff: Bool = false) throws(AgentError) -> Int64? {
        let now = configuration.clock.secondsSinceEpoch()
        let backoff = ignoringBackoff ? 0 : min(try store.value(.backoffUntil) ?? 0, now &+ Backoff.longestSeconds)
        let retryAfter = min(try store.value(.retryAfterUntil) ?? 0, now &+ ServerAnswer.longestRetryAfterSeconds)
        let due = max(backoff, retryAfter)
        return due > now ? due : nil
    }

    /// Notes a failure and returns when to try again.
    private func postpone(after failure: UploadFailure, in store: SQLiteStore) throws(AgentError) -> Int64 {
        let now = configuration.clock.secondsSinceEpoch()
        let failures = (try store.value(.failures) ?? 0) &+ 1
        try store.set(.failures, to: failures)
        let backoff = now &+ (try Backoff.delay(afterFailures: failures))
        try store.set(.backoffUntil, to: backoff)
        var retryAfter: Int64 = 0
        switch failure {
        case .unavailable(_, let seconds?): retryAfter = now &+ seconds
        case .credential: retryAfter = now &+ ServerAnswer.longestRetryAfterSeconds
        default: break
        }
        try store.set(.retryAfterUntil, to: retryAfter)
        return max(backoff, retryAfter)
    }
}
