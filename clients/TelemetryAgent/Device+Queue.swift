internal import MetricDefinitions
internal import ReportFormat

/// How much waits at most. What is too much is given up oldest first, whatever it says.
package enum QueueLimits {
    /// Reports, in queue and unacknowledged batches; at least one of every metric.
    package static let reports = 500
    /// Bytes of queued payloads.
    package static let bytes = 4_000_000
    /// Days since a report's period, one less than a collector admits.
    package static let days = 30
}

extension Device {
    /// The oldest period whose reports are kept on `today`.
    func oldestKept(on today: UTCDay) -> UTCDay { today.advanced(by: -QueueLimits.days) }

    /// Gives up what is too old or too much, oldest first, and counts it. A batch that was sent stays whole, since its
    /// reports may have arrived, until all of it is too old. Within a transaction.
    func boundQueue(on today: UTCDay) throws(AgentError) {
        try add(try store.removeQueued(before: oldestKept(on: today)), to: .expiredReports)
        var sent = 0
        for batch in try store.outbox() {
            if try isTooOld(batch, on: today), try store.removeOutbound(batch.identifier) {
                try add(batch.reportCount, to: .expiredReports)
            } else {
                sent += batch.reportCount
            }
        }
        let room = max(QueueLimits.reports, metricSet.metrics.count) - sent
        let (count, bytes) = (try store.queuedCount(), try store.queuedByteCount())
        guard count > room || bytes > QueueLimits.bytes else { return }
        var (keptCount, keptBytes) = (count, bytes)
        var givenUp: [Int64] = []
        for report in try store.oldestQueued(limit: count) {
            guard keptCount > room || keptBytes > QueueLimits.bytes else { break }
            givenUp.append(report.sequence)
            (keptCount, keptBytes) = (keptCount - 1, keptBytes - report.record.payload.count)
        }
        try store.removeQueued(givenUp)
        try add(givenUp.count, to: .overflowedReports)
    }

    private func isTooOld(_ batch: OutboundBatch, on today: UTCDay) throws(AgentError) -> Bool {
        let content: Batch
        do { content = try Batch(decoding: batch.body) } catch { throw .stateDamaged(field: "outbox.body") }
        return content.reports.allSatisfy { $0.period < oldestKept(on: today) }
    }
}
