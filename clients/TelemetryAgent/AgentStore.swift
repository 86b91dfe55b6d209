package import ReportFormat

/// What a device keeps about one version of a metric: the debit side of every report it ever made.
package struct LedgerEntry: Hashable, Sendable {
    package var metric: UInt32
    package var version: UInt32
    /// Tells a changed definition from an unchanged one.
    package var definitionHash: [UInt8]
    /// The first period that may be reported; reporting ends a fixed number of periods later.
    package var firstPeriod: UTCDay
    /// ε of one report, in thousandths.
    package var epsilonThousandths: Int
    /// What the entry takes of the device's lifetime ceiling, in thousandths.
    package var lifetimeThousandths: Int
    /// The periods that reporting lasts.
    package var periodCap: Int
    /// Reports debited so far.
    package var reports = 0
    /// The last period with a debit.
    package var lastDebited: UTCDay?
    /// The permanent response of the last report of a memoized metric.
    package var lastPermanentResponse: [UInt8]?
    /// Whether the metric is memoized, so that its permanent responses are bound to the secret.
    package var isMemoized: Bool
    /// Reports no more, though the sum stays spent: a newer version has taken over, or the secret behind the permanent
    /// responses was erased.
    package var isRetired = false
    /// Whether it was the collector that ended it.
    package var isRetiredByCollector = false

    /// The ε that counts as spent at the end of a day, in thousandths: of fresh noise, for every period since the
    /// first whether it was reported or not, so that a restored copy of an old ledger refunds nothing.
    package func spentThousandths(on day: UTCDay) -> Int {
        let elapsed = min(max(0, Int(day.index) - Int(firstPeriod.index) + 1), periodCap)
        return max(reports, elapsed) * epsilonThousandths
    }

    /// Whether a day is one of the periods that may be reported.
    package func covers(_ day: UTCDay) -> Bool {
        day >= firstPeriod && Int(day.index) - Int(firstPeriod.index) < periodCap
    }
}

/// The one randomized report that a period has so far, and the priority that lets a later event take its place.
package struct Slot: Hashable, Sendable {
    package var metric: UInt32
    /// The version it was randomized under; a slot of another version counts as none.
    package var version: UInt32
    package var period: UTCDay
    /// Random; the lowest of a period's events is the one reported.
    package var priority: UInt64
    package var payload: [UInt8]
    /// For a memoized metric: the keyed tag of the value and the device's permanent response to it.
    package var memo: Memo?

    package struct Memo: Hashable, Sendable {
        package var tag: UInt64
        package var permanentResponse: [UInt8]
    }
}

/// A report that waits for its batch.
package struct QueuedReport: Hashable, Sendable {
    package var sequence: Int64
    package var record: ReportRecord
}

/// A batch that waits for its acknowledgement; every retry sends the same bytes.
package struct OutboundBatch: Hashable, Sendable {
    package var identifier: BatchIdentifier
    package var body: [UInt8]
    package var reportCount: Int
}

/// Single numbers of the state.
package enum StateField: String, CaseIterable, Sendable {
    /// The first period of the device, as a day index.
    case firstPeriod = "first_period"
    /// The last period whose reports were queued, as a day index.
    case lastClosedPeriod = "last_closed_period"
    /// The highest day index ever seen: the clock may go back, the ledger does not.
    case highestDay = "highest_day"
    /// 1 after a day was taken on the word of a calendar that had jumped ahead, until it is confirmed.
    case unconfirmedDays = "unconfirmed_days"
    /// The last moment that the agent believed, in seconds since the epoch.
    case believedSeconds = "believed_seconds"
    /// The machine's uptime at that moment, in seconds.
    case believedUptime = "believed_uptime"
    /// Which start of the machine that uptime counts from, as the bits of a random word.
    case believedBoot = "believed_boot"
    /// The day on which the secret was found lost, as a day index.
    case secretLostOn = "secret_lost_on"
    /// How often a secret was lost since consent was last given by hand.
    case secretLosses = "secret_losses"
    /// Failed uploads since the last success.
    case failures
    /// No upload before this second, by the agent's own backoff.
    case backoffUntil = "backoff_until"
    /// No upload before this second, by the collector's `Retry-After`.
    case retryAfterUntil = "retry_after_until"
    /// Reports that a collector has acknowledged.
    case acknowledgedReports = "acknowledged_reports"
    /// Reports that a collector has refused for good.
    case rejectedReports = "rejected_reports"
    /// Reports that grew too old to be admitted.
    case expiredReports = "expired_reports"
    /// Reports that had to make room in a full queue.
    case overflowedReports = "overflowed_reports"
    /// Recorded numbers outside their metric's range; how many, never which.
    case clippedValues = "clipped_values"
    /// Reports of metrics that the collector has retired, dropped before it took them.
    case retiredReports = "retired_reports"
    /// When the bundle that waits is due, in seconds since the epoch; 0 when none waits.
    case sendMoment = "send_at"
    /// The last closed period when a moment was drawn or everything was sent, as a day index.
    case sendPeriod = "send_period"
    /// What the last upload ended with, as ``UploadFailure/stored``; 0 for a success.
    case lastFailure = "last_failure"
    /// The number of the newest signed metric set that was accepted.
    case registrySequence = "registry_sequence"
    /// How often the project had changed its key when it was signed.
    case registryRotation = "registry_rotation"
    /// The key that signed it, in four words.
    case registryKey1 = "registry_key_1"
    case registryKey2 = "registry_key_2"
    case registryKey3 = "registry_key_3"
    case registryKey4 = "registry_key_4"
    /// Tells the keys that the program brought then from others.
    case registryTrust = "registry_trust"
    /// The last closed period when the collector was asked for a signed metric set, as a day index.
    case registryPeriod = "registry_period"
    /// The first eight bytes of the journal's last hash.
    case journalHead = "journal_head"
}

extension StateField {
    /// What goes with the reports that wait when consent ends.
    static let ofPending: [StateField] = [.clippedValues, .sendMoment, .journalHead]
}

/// Where a device keeps ledger, slots and queue. Every method but ``transaction(_:)`` is called within one.
package protocol AgentStore: AnyObject {
    /// Runs `body` so that all of its changes are kept, durably, or none.
    func transaction<Result>(_ body: () throws(AgentError) -> Result) throws(AgentError) -> Result

    func value(_ field: StateField) throws(AgentError) -> Int64?
    func set(_ field: StateField, to value: Int64) throws(AgentError)
    func remove(_ field: StateField) throws(AgentError)

    func ledger() throws(AgentError) -> [LedgerEntry]
    func ledgerEntry(metric: UInt32, version: UInt32) throws(AgentError) -> LedgerEntry?
    func put(_ entry: LedgerEntry) throws(AgentError)

    func distinctValueCount(metric: UInt32, version: UInt32) throws(AgentError) -> Int
    func hasDistinctValue(tag: UInt64, metric: UInt32, version: UInt32) throws(AgentError) -> Bool
    func addDistinctValue(tag: UInt64, metric: UInt32, version: UInt32) throws(AgentError)

    func slot(metric: UInt32, period: UTCDay) throws(AgentError) -> Slot?
    func slots() throws(AgentError) -> [Slot]
    func put(_ slot: Slot) throws(AgentError)
    func removeSlots(through period: UTCDay) throws(AgentError)
    func removeSlots(ofMetric metric: UInt32) throws(AgentError)

    func enqueue(_ record: ReportRecord) throws(AgentError)
    func oldestQueued(limit: Int) throws(AgentError) -> [QueuedReport]
    func queuedCount() throws(AgentError) -> Int
    func queuedByteCount() throws(AgentError) -> Int
    func removeQueued(_ sequences: [Int64]) throws(AgentError)
    func removeQueued(before period: UTCDay) throws(AgentError) -> Int
    func removeQueued(ofMetric metric: UInt32) throws(AgentError) -> Int

    func outbox() throws(AgentError) -> [OutboundBatch]
    func put(_ batch: OutboundBatch) throws(AgentError)
    /// Returns whether the batch was there: of two that settle it, only one does.
    func removeOutbound(_ identifier: BatchIdentifier) throws(AgentError) -> Bool

    /// Forgets slots, queue, outbox and journal, when a bundle is due, and how many values were clipped; the ledger stays.
    func erasePending() throws(AgentError)

    /// Ends every memoized metric of the ledger, whatever it has reported, and forgets its last response. For the end of
    /// the secret: a new one would draw anew for every value, and going on only while the cap on distinct values has
    /// room would tell how many there were.
    func retireMemoized() throws(AgentError)
}

extension AgentStore {
    /// A field that is a day; `nil` where it was never set.
    func day(_ field: StateField) throws(AgentError) -> UTCDay? {
        guard let value = try value(field) else { return nil }
        guard let day = UInt32(exactly: value).flatMap(UTCDay.init(index:)) else {
            throw .stateDamaged(field: field.rawValue)
        }
        return day
    }

    func set(_ field: StateField, to day: UTCDay) throws(AgentError) { try set(field, to: Int64(day.index)) }

    /// Leaves out the periods before a day, which nothing is said about: there was no consent, or no secret. Within a
    /// transaction.
    func skipPeriods(before day: UTCDay) throws(AgentError) {
        guard let closed = try self.day(.lastClosedPeriod), closed < day.advanced(by: -1) else { return }
        try set(.lastClosedPeriod, to: day.advanced(by: -1))
    }
}
