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
    /// What of them may be reported at present.
    let reduction: MetricReduction
    /// Where the device keeps its state.
    package let store: any AgentStore
    let calendar: DeviceCalendar
    private let permanentNoise: [UInt32: PermanentNoise]

    /// A device with this secret.
    ///
    /// - Parameter uptime: how long the machine has been running; it confirms what a calendar says after a jump.
    /// - Throws: ``AgentError/noRandomness(_:)`` when libcrypto cannot derive the metrics' keys.
    package init(
        metricSet: MetricSet, reduction: MetricReduction = .none, secret: SecretKey, store: any AgentStore,
        uptime: @escaping @Sendable () -> Uptime? = { nil }
    ) throws(AgentError) {
        (self.metricSet, self.reduction, self.store) = (metricSet, reduction, store)
        calendar = DeviceCalendar(store: store, uptime: uptime)
        var permanentNoise: [UInt32: PermanentNoise] = [:]
        for metric in metricSet.metrics where metric.isMemoized {
            do {
                permanentNoise[metric.identifier.value] = try PermanentNoise(
                    secret: secret, metric: metric.identifier.value, definitionHash: metric.definitionHash)
            } catch { throw .noRandomness(error) }
        }
        self.permanentNoise = permanentNoise
    }

    /// The day that counts at a moment. Within a transaction.
    package func today(at seconds: Int64) throws(AgentError) -> UTCDay { try calendar.today(at: seconds) }

    /// What a metric's mechanism gets to know of the device.
    func context(for metric: MetricDefinition) -> DeviceContext {
        DeviceContext(permanentNoise: permanentNoise[metric.identifier.value])
    }

    func enrol(
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
        guard !isSuperseded, committed + lifetime <= governing.lifetimeCeiling.thousandths else { return }
        guard let first = try store.day(.firstPeriod) else { return }
        try store.put(
            LedgerEntry(
                metric: metric.identifier.value, version: metric.version, definitionHash: metric.definitionHash,
                firstPeriod: max(first, today), epsilonThousandths: metric.mechanism.epsilon.thousandths,
                lifetimeThousandths: lifetime, periodCap: metric.periodCap, isMemoized: metric.isMemoized))
    }

    func entry(for metric: MetricDefinition) throws(AgentError) -> LedgerEntry? {
        try store.ledgerEntry(metric: metric.identifier.value, version: metric.version)
    }

    /// The ledger entry under which a metric may report a period, or why it may not.
    func entryReporting(_ metric: MetricDefinition, on day: UTCDay) throws(AgentError) -> LedgerEntry {
        func refuse(_ reason: NotReporting) -> AgentError { .notReporting(metric: metric.name, reason) }
        guard let metric = permitted(metric) else { throw refuse(.withheld) }
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
        guard entry.covers(day), Int(day.index) - Int(entry.firstPeriod.index) < metric.periodCap else {
            throw refuse(.lifetimeSpent)
        }
        return entry
    }
}
