package import ReportFormat

/// The state of a simulated device, gone with the process. The same rules run on it as on a real device's.
package final class MemoryStore: AgentStore {
    private struct MetricVersion: Hashable {
        var metric, version: UInt32
    }
    private struct MetricPeriod: Hashable {
        var metric: UInt32
        var period: UTCDay
    }

    private var values: [StateField: Int64] = [:]
    private var entries: [MetricVersion: LedgerEntry] = [:]
    private var tags: [MetricVersion: Set<UInt64>] = [:]
    private var held: [MetricPeriod: Slot] = [:]
    private var queue: [QueuedReport] = []
    private var nextSequence: Int64 = 1
    private var batches: [OutboundBatch] = []

    package init() {}

    package func transaction<Result>(_ body: () throws(AgentError) -> Result) throws(AgentError) -> Result {
        try body()
    }

    package func value(_ field: StateField) -> Int64? { values[field] }
    package func set(_ field: StateField, to value: Int64) { values[field] = value }

    package func remove(_ field: StateField) { values[field] = nil }

    package func ledger() -> [LedgerEntry] {
        entries.values.sorted { ($0.metric, $0.version) < ($1.metric, $1.version) }
    }
    package func ledgerEntry(metric: UInt32, version: UInt32) -> LedgerEntry? {
        entries[MetricVersion(metric: metric, version: version)]
    }
    package func put(_ entry: LedgerEntry) {
        entries[MetricVersion(metric: entry.metric, version: entry.version)] = entry
    }

    package func distinctValueCount(metric: UInt32, version: UInt32) -> Int {
        tags[MetricVersion(metric: metric, version: version)]?.count ?? 0
    }
    package func hasDistinctValue(tag: UInt64, metric: UInt32, version: UInt32) -> Bool {
        tags[MetricVersion(metric: metric, version: version)]?.contains(tag) ?? false
    }
    package func addDistinctValue(tag: UInt64, metric: UInt32, version: UInt32) {
        tags[MetricVersion(metric: metric, version: version), default: []].insert(tag)
    }

    package func slot(metric: UInt32, period: UTCDay) -> Slot? {
        held[MetricPeriod(metric: metric, period: period)]
    }
    package func slots() -> [Slot] { held.values.sorted { ($0.period, $0.metric) < ($1.period, $1.metric) } }
    package func put(_ slot: Slot) { held[MetricPeriod(metric: slot.metric, period: slot.period)] = slot }
    package func removeSlots(through period: UTCDay) { held = held.filter { $0.key.period > period } }
    package func removeSlots(ofMetric metric: UInt32) { held = held.filter { $0.key.metric != metric } }

    package func enqueue(_ record: ReportRecord) {
        queue.append(QueuedReport(sequence: nextSequence, record: record))
        nextSequence += 1
    }
    package func oldestQueued(limit: Int) -> [QueuedReport] { Array(queue.prefix(limit)) }
    package func queuedCount() -> Int { queue.count }
    package func queuedByteCount() -> Int { queue.reduce(0) { $0 + $1.record.payload.count } }
    package func removeQueued(_ sequences: [Int64]) {
        let removed = Set(sequences)
        queue.removeAll { removed.contains($0.sequence) }
    }
    package func removeQueued(before period: UTCDay) -> Int {
        let count = queue.count
        queue.removeAll { $0.record.period < period }
        return count - queue.count
    }
    package func removeQueued(ofMetric metric: UInt32) -> Int {
        let count = queue.count
        queue.removeAll { $0.record.metric == metric }
        return count - queue.count
    }

    package func outbox() -> [OutboundBatch] { batches }
    package func put(_ batch: OutboundBatch) { batches.append(batch) }
    package func removeOutbound(_ identifier: BatchIdentifier) -> Bool {
        let count = batches.count
        batches.removeAll { $0.identifier == identifier }
        return batches.count < count
    }

    package func erasePending() {
        (held, queue, batches) = ([:], [], [])
        for field in StateField.ofPending { values[field] = nil }
    }

    package func retireMemoized() {
        for (key, entry) in entries where entry.isMemoized {
            entries[key]?.lastPermanentResponse = nil
            entries[key]?.isRetired = true
        }
    }
}
