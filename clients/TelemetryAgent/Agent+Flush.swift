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
    /// When the next attempt is due, in seconds since the epoch, if one has to wait after a failure.
    public var nextAttempt: Int64?
    /// The moment of the bundle that waits, in seconds since the epoch, if it was drawn and has not come.
    public var nextBundle: Int64?
}

/// How a flush goes about it.
struct FlushPlan {
    var ignoresBackoff: Bool
    var onlyWhenDue: Bool
    var deadline: Deadline
    var generation: TransferControl.Generation
}

extension Agent {
    /// Closes the periods that are over and sends what waits.
    ///
    /// With `onlyWhenDue` at most one bundle is sent per closed period, at a moment drawn uniformly over the 24 hours after
    /// the period was closed; after an outage it carries the oldest reports, and what does not fit waits for the next
    /// period's. Call it at times that do not depend on events, such as every few minutes. Without, everything that is
    /// closed is sent at once.
    ///
    /// - Parameters:
    ///   - closingPeriod: close the current period too, so that a first report can be seen; the period then takes no
    ///     further event.
    ///   - now: try at once, although the agent's own backoff would wait; a collector's `Retry-After` is kept.
    ///   - onlyWhenDue: send nothing before the moment of the bundle has come.
    ///   - deadlineMilliseconds: how long to wait for the network in all; what is not done by then is tried again later. A
    ///     batch takes at most half a minute in any case.
    /// - Throws: ``AgentError``; that a collector cannot be reached is no error but part of the report.
    public func flush(
        closingPeriod: Bool = false, now: Bool = false, onlyWhenDue: Bool = false, deadlineMilliseconds: Int = .max
    ) throws(AgentError) -> FlushReport {
        let plan = FlushPlan(
            ignoresBackoff: now, onlyWhenDue: onlyWhenDue, deadline: Deadline(milliseconds: deadlineMilliseconds),
            generation: transfers.current)
        let permitted = try consentSource()
        guard permitted.isOn else { throw .consentOff(permitted) }
        var report = FlushReport()
        try locked { () throws(AgentError) in
            let (session, seconds) = (try session(), configuration.clock.secondsSinceEpoch())
            try persistUndecided(before: closingPeriod ? nil : try today(in: session, at: seconds), in: session)
            try change(session) { () throws(AgentError) in
                try session.device.enrol(at: seconds)
                let today = try session.device.today(at: seconds)
                try session.device.closePeriods(through: closingPeriod ? today : today.advanced(by: -1), today: today)
                if onlyWhenDue { report.nextBundle = try session.device.sendMoment(at: seconds) }
            }
        }
        let isDue = report.nextBundle.map { $0 <= configuration.clock.secondsSinceEpoch() } ?? false
        if isDue || !onlyWhenDue { try send(plan, into: &report) }
        report.waiting = try locked { () throws(AgentError) in
            let store = try session().store
            return try store.queuedCount() + store.outbox().reduce(0) { $0 + $1.reportCount }
        }
        return report
    }

    /// Breaks off the upload under way, if there is one, from any thread; its batch goes out again later.
    public func interrupt() { transfers.interrupt() }

    /// Sends one batch after the other until none is due or one fails.
    private func send(_ plan: FlushPlan, into report: inout FlushReport) throws(AgentError) {
        let uploader = try ReportUploader(
            endpoint: configuration.endpoint, certificateFile: configuration.certificateFile,
            keyPin: configuration.keyPin, tokenFile: configuration.tokenFile, reusesConnection: false,
            control: transfers)
        let patience = min(TransferLock.patienceMilliseconds, plan.deadline.remainingMilliseconds)
        if !configuration.registryKeys.isEmpty {
            let done: Void? = try TransferLock.holding(folder, waitingAtMost: patience) { () throws(AgentError) in
                try refreshRegistry(plan)
            }
            if done == nil { throw .stateBusy }
        }
        var goesOn = true
        while goesOn, plan.deadline.remainingMilliseconds > 0 {
            let patience = min(TransferLock.patienceMilliseconds, plan.deadline.remainingMilliseconds)
            let result = try TransferLock.holding(folder, waitingAtMost: patience) { () throws(AgentError) in
                try sendNext(plan, through: uploader, into: &report)
            }
            guard let result else { throw .stateBusy }
            goesOn = result
        }
    }

    /// Sends the next batch, and says whether another may follow. Nobody else sends meanwhile, and consent is not withdrawn
    /// between the look at it and the end of the exchange.
    private func sendNext(
        _ plan: FlushPlan, through uploader: ReportUploader, into report: inout FlushReport
    ) throws(AgentError) -> Bool {
        guard let batch = try dueBatch(plan, into: &report) else { return false }
        let exchange = uploader.post(batch.body, reportCount: batch.reportCount, until: plan.deadline) {
            isUnwanted(plan)
        }
        try locked { () throws(AgentError) in try settle(batch, exchange, plan, into: &report) }
        return report.failure == nil
    }

    /// Whether an exchange is to be broken off; a decision that cannot be read permits nothing.
    func isUnwanted(_ plan: FlushPlan) -> Bool {
        transfers.isInterrupted(plan.generation) || !((try? consent.effective().isOn) ?? false)
    }

    /// The next batch, noted in the journal, unless there is none, consent is gone, or an attempt is not due.
    private func dueBatch(_ plan: FlushPlan, into report: inout FlushReport) throws(AgentError) -> OutboundBatch? {
        try locked { () throws(AgentError) in
            guard try consent.effective().isOn else { return nil }
            let (session, seconds) = (try session(), configuration.clock.secondsSinceEpoch())
            return try change(session) { () throws(AgentError) in
                if plan.onlyWhenDue {
                    report.nextBundle = try session.device.sendMoment(at: seconds)
                    guard let moment = report.nextBundle, moment <= seconds else { return nil }
                    report.nextBundle = nil
                }
                guard let batch = try session.device.nextBatch() else {
                    try session.device.passSendMoment()
                    return nil
                }
                report.nextAttempt = try nextAttempt(in: session.store, ignoringBackoff: plan.ignoresBackoff)
                guard report.nextAttempt == nil else { return nil }
                try postponeInAdvance(in: session.store)
                let journal = Journal(store: session.store)
                if try !journal.holds(batch.identifier) {
                    try journal.append(.sent(batch.identifier, body: batch.body), at: seconds)
                }
                return batch
            }
        }
    }
}
