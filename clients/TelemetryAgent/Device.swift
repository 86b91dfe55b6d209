internal import LocalPrivacy
internal import Mechanisms
package import MetricDefinitions
package import ReportFormat
package import SecureRandomness

/// The rules by which one device spends ε: enrolment, one report per metric and period, caps. Knows no file, no
/// network and no clock; a real device runs it on SQLite, a simulated one in memory.
package struct Device {
    /// The metrics to report.
    package let metricSet: MetricSet
    /// Where the device keeps its state.
    package let store: any AgentStore
    private let permanentNoise: [UInt32: PermanentNoise]

    /// A device with this secret.
    ///
    /// - Throws: ``AgentError/noRandomness(_:)`` when libcrypto cannot derive the metrics' keys.
    package init(metricSet: MetricSet, secret: SecretKey, store: any AgentStore) throws(AgentError) {
        (self.metricSet, self.store) = (metricSet, store)
        var permanentNoise: [UInt32: PermanentNoise] = [:]
        for metric in metricSet.metrics where metric.isMemoized {
            do {
                permanentNoise[metric.identifier.value] = try PermanentNoise(
                    secret: secret, metric: metric.identifier.value, definitionHash: metric.definitionHash)
            } catch { throw .noRandomness(error) }
        }
        self.permanentNoise = permanentNoise
    }

    /// What a metric's mechanism gets to know of the device.
    func context(for metric: MetricDefinition) -> DeviceContext {
        DeviceContext(permanentNoise: permanentNoise[metric.identifier.value])
    }

    /// The day that counts: the clock's, or the highest ever seen if the clock went back.
    package func today(at seconds: Int64) throws(AgentError) -> UTCDay {
        let day = UTCDay(containing: seconds)
        if let highest = try store.value(.highestDay), highest >= Int64(day.index) {
            guard let known = UInt32(exactly: highest).flatMap(UTCDay.init(index:)) else {
                throw .stateDamaged(field: StateField.highestDay.rawValue)
            }
            return known
        }
        try store.set(.highestDay, to: Int64(day.index))
        return day
    }

    /// Makes the device known to itself, once, and brings the ledger up to the metric set. Within a transaction.
    ///
    /// A new device waits a random time up to the set's delay and then for the next full period, so that throwing the
    /// state away again and again yields at most one report a day. A delay of zero starts with the current period.
    package func enrol(at seconds: Int64) throws(AgentError) {
        let today = try today(at: seconds)
        if try store.value(.firstPeriod) == nil {
            let first = try firstPeriod(today: today, seconds: seconds)
            try store.set(.firstPeriod, to: Int64(first.index))
            try store.set(.lastClosedPeriod, to: Int64(first.index) - 1)
        }
        let known = try store.ledger()
        for metric in metricSet.metrics {
            try enrol(metric, among: known, today: today)
        }
    }

    private func firstPeriod(today: UTCDay, seconds: Int64) throws(AgentError) -> UTCDay {
        guard metricSet.enrolmentDelayHours > 0 else { return today }
        do {
            var noise = try FreshNoise(wordCount: 1)
            let delay = Int64(noise.index(below: metricSet.enrolmentDelayHours * 3600))
            let start = max(UTCDay(containing: seconds &+ delay), today)
            return start.advanced(by: 1)
        } catch { throw .noRandomness(error) }
    }

    private func enrol(
        _ metric: MetricDefinition, among known: [LedgerEntry], today: UTCDay
    ) throws(AgentError) {
        for var older in known
        where older.metric == metric.identifier.value && older.version < metric.version && !older.isRetired {
            older.isRetired = true
            older.lastPermanentResponse = nil
            if metric.isMemoized == false {
                older.lifetimeThousandths = min(older.lifetimeThousandths, older.spentThousandths(on: today))
            }
            try store.put(older)
        }
        if let entry = try entry(for: metric) {
            guard entry.definitionHash == metric.definitionHash else {
                throw .definitionChanged(metric: metric.name, version: metric.version)
            }
            return
        }
        let isSuperseded = known.contains { $0.metric == metric.identifier.value && $0.version > metric.version }
        let committed = try store.ledger().reduce(0) { $0 + $1.lifetimeThousandths }
        let lifetime = metric.lifetimeBudget.thousandths
        guard !isSuperseded, committed + lifetime <= metricSet.lifetimeCeiling.thousandths else { return }
        guard let first = try fieldDay(.firstPeriod) else { return }
        try store.put(
            LedgerEntry(
                metric: metric.identifier.value, version: metric.version, definitionHash: metric.definitionHash,
                firstPeriod: max(first, today), epsilonThousandths: metric.mechanism.epsilon.thousandths,
                lifetimeThousandths: lifetime, periodCap: metric.periodCap, isMemoized: metric.isMemoized))
    }

    func entry(for metric: MetricDefinition) throws(AgentError) -> LedgerEntry? {
        try store.ledgerEntry(metric: metric.identifier.value, version: metric.version)
    }

    func fieldDay(_ field: StateField) throws(AgentError) -> UTCDay? {
        guard let value = try store.value(field) else { return nil }
        guard let day = UInt32(exactly: value).flatMap(UTCDay.init(index:)) else {
            throw .stateDamaged(field: field.rawValue)
        }
        return day
    }

    /// The ledger entry under which a metric may report a period, or why it may not.
    func entryReporting(_ metric: MetricDefinition, on day: UTCDay) throws(AgentError) -> LedgerEntry {
        func refuse(_ reason: NotReporting) -> AgentError { .notReporting(metric: metric.name, reason) }
        guard !metric.expiry.isPast(on: day) else { throw refuse(.expired) }
        guard let entry = try entry(for: metric) else {
            let newer = try store.ledger().contains {
                $0.metric == metric.identifier.value && $0.version > metric.version
            }
            throw refuse(newer ? .superseded : .ceilingReached)
        }
        guard !entry.isRetired else {
            guard !entry.isRetiredByCollector else { throw refuse(.retiredByCollector) }
            let newer = try store.ledger().contains { $0.metric == entry.metric && $0.version > entry.version }
            throw refuse(newer ? .superseded : .secretErased)
        }
        guard day >= entry.firstPeriod else { throw refuse(.notBefore(entry.firstPeriod)) }
        guard entry.covers(day) else { throw refuse(.lifetimeSpent) }
        return entry
    }
}
