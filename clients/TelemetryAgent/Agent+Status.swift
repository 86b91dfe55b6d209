internal import Mechanisms
internal import MetricDefinitions
public import ReportFormat

/// How an agent stands.
public struct AgentStatus: Hashable, Sendable {
    /// Who decides about telemetry, and what.
    public var consent: ConsentSource
    /// The first period that the device reports, once enrolled.
    public var firstPeriod: UTCDay?
    /// Reports that wait, in queue and unacknowledged batches.
    public var waiting = 0
    /// Reports that a collector has acknowledged.
    public var acknowledged = 0
    /// Reports that a collector has refused for good.
    public var rejected = 0
    /// Reports that grew too old to be admitted.
    public var expired = 0
    /// Reports that had to make room in a full queue.
    public var overflowed = 0
    /// What is wrong with the secret, so that nothing is reported.
    public var secretProblem: SecretProblem?
    /// The day on which a lost secret is replaced; `nil` if it is not lost, or was lost once too often.
    public var secretReplacedOn: UTCDay?
    /// The day that the system's calendar claims, if it jumped ahead and nothing has confirmed that so far.
    public var unconfirmedDay: UTCDay?
    /// Recorded numbers that were outside their metric's range, so that its nearer end was reported in their place. Counted
    /// since consent was given, and never sent.
    public var clipped = 0
    /// Reports of metrics that a collector has retired.
    public var retired = 0
    /// Failed uploads since the last success.
    public var failures = 0
    /// Why the last upload failed, if none has succeeded since.
    public var lastFailure: UploadFailure?
    /// When the next upload is due at the earliest, in seconds since the epoch, if it has to wait.
    public var nextAttempt: Int64?
    /// The moment of the next bundle, in seconds since the epoch, once it is drawn; before it, a flush that sends only what
    /// is due sends nothing.
    public var nextBundle: Int64?
    /// The number of the signed metric set that was accepted last.
    public var registrySequence: UInt64?
}

/// What a device has spent on one version of a metric.
public struct BudgetLine: Hashable, Sendable {
    /// The metric's name; its number where the metric set does not know it any more.
    public var metric: String
    /// The metric's version.
    public var version: UInt32
    /// ε of one report, in thousandths.
    public var epsilonThousandths: Int
    /// Reports debited.
    public var reports: Int
    /// ε that counts as spent: of every period since enrolment, reported or not, in thousandths. `nil` for a memoized
    /// metric, whose loss is no sum over reports: its claims are those that the registry explains.
    public var spentThousandths: Int?
    /// The distinct values of a memoized metric that have been reported.
    public var distinctValues: Int?
    /// The first period.
    public var firstPeriod: UTCDay
    /// The last period that may be reported.
    public var lastPeriod: UTCDay
    /// Whether a newer version has taken over.
    public var isRetired: Bool
}

/// A report that waits, as it will be sent: noise, not the value.
public struct WaitingReport: Hashable, Sendable {
    /// How far a report has come.
    public enum Stage: Hashable, Sendable {
        /// Its period is open; a later event may take its place.
        case open
        /// Its period is closed, and it goes out with the next batch.
        case queued
        /// It was sent in this batch, and no acknowledgement has come so far.
        case unacknowledged(BatchIdentifier)
    }

    /// The metric's name; its number where the metric set does not know it any more.
    public var metric: String
    /// The period it is about.
    public var period: UTCDay
    /// How far it has come.
    public var stage: Stage
    /// What the report says, where it names an item of the domain.
    public var response: String?
    /// The payload in hexadecimal.
    public var payload: String
}

extension Agent {
    /// How the agent stands. Needs no consent and no secret, and makes nothing that does not exist.
    ///
    /// - Throws: ``AgentError``.
    public func status() throws(AgentError) -> AgentStatus {
        try locked { () throws(AgentError) in
            var status = AgentStatus(consent: try consent.effective())
            guard let store = try storedState() else { return status }
            try store.transaction { () throws(AgentError) in
                func count(_ field: StateField) throws(AgentError) -> Int { Int(clamping: try store.value(field) ?? 0) }
                status.firstPeriod = try store.day(.firstPeriod)
                status.waiting = try store.queuedCount() + store.outbox().reduce(0) { $0 + $1.reportCount }
                status.acknowledged = try count(.acknowledgedReports)
                status.rejected = try count(.rejectedReports)
                status.expired = try count(.expiredReports)
                status.overflowed = try count(.overflowedReports)
                let (calendar, seconds) = (calendar(on: store), configuration.clock.secondsSinceEpoch())
                status.unconfirmedDay = try calendar.unconfirmedDay(at: seconds)
                if try consent.stored() == .granted {
                    status.secretProblem = try secretProblem()
                    let loss = SecretLoss(store: store, secrets: try secretStore, calendar: calendar, seconds: seconds)
                    status.secretReplacedOn = try status.secretProblem.flatMap { (_) throws(AgentError) in
                        try loss.end()
                    }
                }
                status.clipped = try count(.clippedValues)
                status.retired = try count(.retiredReports)
                status.failures = try count(.failures)
                status.lastFailure = try store.value(.lastFailure).flatMap(UploadFailure.init(stored:))
                status.registrySequence = try store.value(.registrySequence).flatMap { UInt64(exactly: $0) }
                status.nextBundle = try store.value(.sendMoment).flatMap { $0 > 0 ? $0 : nil }
                status.nextAttempt = try nextAttempt(in: store)
            }
            return status
        }
    }

    private func secretProblem() throws(AgentError) -> SecretProblem? {
        do throws(AgentError) { return try secretStore.load() == nil ? .missing : nil } catch {
            guard case .secretLost(let problem) = error else { throw error }
            return problem
        }
    }

    /// The ledger, one line per metric and version, also after consent was withdrawn.
    ///
    /// - Throws: ``AgentError``.
    public func budget() throws(AgentError) -> [BudgetLine] {
        try locked { () throws(AgentError) in
            guard let store = try storedState() else { return [] }
            return try store.transaction { () throws(AgentError) in
                let today = try store.day(.highestDay) ?? UTCDay(containing: configuration.clock.secondsSinceEpoch())
                var lines: [BudgetLine] = []
                for entry in try store.ledger() {
                    let distinct = try store.distinctValueCount(metric: entry.metric, version: entry.version)
                    lines.append(
                        BudgetLine(
                            metric: configuration.metricSet.metric(entry.metric)?.name ?? String(entry.metric),
                            version: entry.version, epsilonThousandths: entry.epsilonThousandths,
                            reports: entry.reports,
                            spentThousandths: entry.isMemoized ? nil : entry.spentThousandths(on: today),
                            distinctValues: entry.isMemoized ? distinct : nil, firstPeriod: entry.firstPeriod,
                            lastPeriod: entry.firstPeriod.advanced(by: entry.periodCap - 1),
                            isRetired: entry.isRetired))
                }
                return lines
            }
        }
    }

    /// The database, if the device has one.
    func storedState() throws(AgentError) -> SQLiteStore? {
        guard try folder.exists(), try folder.has(Self.databaseName) else { return nil }
        if let opened, try stateFiles() == Array(opened.files.dropLast()) { return opened.store }
        try folder.prepare(Self.databaseName)
        return try SQLiteStore(path: folder.path(of: Self.databaseName))
    }

    /// The reports that wait, oldest first.
    ///
    /// - Throws: ``AgentError``.
    public func waitingReports() throws(AgentError) -> [WaitingReport] {
        try locked { () throws(AgentError) in
            guard try consent.stored() == .granted else { return [] }
            let session = try session()
            return try session.store.transaction { () throws(AgentError) in
                var reports: [WaitingReport] = []
                for batch in try session.store.outbox() {
                    let content: Batch
                    do { content = try Batch(decoding: batch.body) } catch { throw .stateDamaged(field: "outbox.body") }
                    reports += content.reports.map { describe($0, .unacknowledged(batch.identifier)) }
                }
                reports += try session.store.oldestQueued(limit: .max).map { describe($0.record, .queued) }
                for slot in try session.store.slots() {
                    guard let metric = configuration.metricSet.metric(slot.metric), metric.version == slot.version
                    else {
                        continue
                    }
                    let record = ReportRecord(
                        metric: slot.metric, period: slot.period, fingerprint: metric.fingerprint,
                        payload: slot.payload)
                    reports.append(describe(record, .open))
                }
                return reports
            }
        }
    }

    func describe(_ record: ReportRecord, _ stage: WaitingReport.Stage) -> WaitingReport {
        let metric = configuration.metricSet.metric(record.metric)
        let known = metric.flatMap { $0.fingerprint == record.fingerprint ? $0 : nil }
        return WaitingReport(
            metric: metric?.name ?? String(record.metric), period: record.period, stage: stage,
            response: known.flatMap { $0.response(in: record.payload) },
            payload: hexadecimal(record.payload))
    }
}

extension MetricDefinition {
    /// The answer that a payload names, in words; of a pair both; `nil` where reports are no answers.
    fileprivate func response(in payload: [UInt8]) -> String? {
        func label(_ item: Int?, _ domain: MetricDomain) -> String? {
            guard let item, !domain.labels.isEmpty else { return nil }
            let labels = domain.labels + (reportsAbsence ? [MetricDomain.absenceLabel] : [])
            return labels.indices.contains(item) ? labels[item] : nil
        }
        guard case .pair(let first, let second) = domain else {
            return label(mechanism.reportedItem(in: payload), domain)
        }
        guard let pair = mechanism as? any PairRandomizer, let reports = try? pair.reports(in: payload),
            let one = label(pair.first.reportedItem(in: reports.first), first.domain),
            let other = label(pair.second.reportedItem(in: reports.second), second.domain)
        else { return nil }
        return "\(one) and \(other)"
    }
}

extension LocalRandomizer {
    /// The item that a payload names, for mechanisms whose report is an item.
    fileprivate func reportedItem(in payload: [UInt8]) -> Int? {
        guard reportIsItem else { return nil }
        return (try? Report(decoding: payload.span, shape: shape) as? CategoryReport)?.category
    }
}
