import MetricDefinitions
import ReportFormat
import TestSupport

@testable import TelemetryAgent

/// What is seen of one device from outside while it is killed again and again: its state after every death, and what a
/// collector received. Says which of the agent's promises that contradicts. The device records one value per metric.
struct CrashBooks {
    /// A metric's report of a day.
    private struct Key: Hashable {
        var metric: UInt32
        var period: UTCDay
    }

    /// The promises, by what breaks them.
    enum Violation: Hashable, CustomStringConvertible {
        case permanentResponseRedrawn(metric: UInt32)
        case reportWithoutDebit(metric: UInt32)
        case spentAboveCap(metric: UInt32)
        case sentAboveSpent(metric: UInt32)
        case resentWithOtherBytes
        case countedTwice(metric: UInt32, period: UTCDay)
        case repeatedNoise(metric: UInt32)
        case lost(acknowledged: Int, sent: Int)

        var description: String {
            switch self {
            case .permanentResponseRedrawn(let metric): "metric \(metric): two permanent responses to one value"
            case .reportWithoutDebit(let metric): "metric \(metric): a report without its debit"
            case .spentAboveCap(let metric): "metric \(metric): more debits than its lifetime allows"
            case .sentAboveSpent(let metric): "metric \(metric): more reports sent than debited"
            case .resentWithOtherBytes: "one batch was sent with different bytes"
            case .countedTwice(let metric, let period): "metric \(metric): \(period) is in two batches"
            case .repeatedNoise(let metric): "metric \(metric): reports of several days are the same"
            case .lost(let acknowledged, let sent): "\(sent) reports arrived and \(acknowledged) count as acknowledged"
            }
        }
    }

    private(set) var violations: Set<Violation> = []
    private var permanentResponses: [UInt32: [UInt8]] = [:]
    private var bodies: [BatchIdentifier: [UInt8]] = [:]
    private var batchOf: [Key: BatchIdentifier] = [:]
    private var payloads: [UInt32: [[UInt8]]] = [:]

    /// The reports that a collector has received, each once.
    var receivedCount: Int { batchOf.count }

    /// Takes a look at the state.
    mutating func look(at store: SQLiteStore) throws {
        var kept: [UInt32: Set<UTCDay>] = [:]
        for slot in try store.slots() {
            kept[slot.metric, default: []].insert(slot.period)
            if let memo = slot.memo { note(memo.permanentResponse, of: slot.metric) }
        }
        for queued in try store.oldestQueued(limit: .max) {
            kept[queued.record.metric, default: []].insert(queued.record.period)
        }
        for batch in try store.outbox() {
            for report in try Batch(decoding: batch.body).reports {
                kept[report.metric, default: []].insert(report.period)
            }
        }
        for key in batchOf.keys { kept[key.metric, default: []].insert(key.period) }
        for entry in try store.ledger() {
            if entry.reports > entry.periodCap { violations.insert(.spentAboveCap(metric: entry.metric)) }
            if entry.reports < payloads[entry.metric]?.count ?? 0 {
                violations.insert(.sentAboveSpent(metric: entry.metric))
            }
            if entry.reports < kept.removeValue(forKey: entry.metric)?.count ?? 0 {
                violations.insert(.reportWithoutDebit(metric: entry.metric))
            }
        }
        for metric in kept.keys { violations.insert(.reportWithoutDebit(metric: metric)) }
    }

    /// Whatever the keyed tag beside it says: a secret made anew changes both.
    private mutating func note(_ response: [UInt8], of metric: UInt32) {
        if let earlier = permanentResponses[metric], earlier != response {
            violations.insert(.permanentResponseRedrawn(metric: metric))
        }
        permanentResponses[metric] = response
    }

    /// Takes a body that a collector received.
    mutating func receive(_ body: [UInt8]) throws {
        let batch = try Batch(decoding: body)
        if let earlier = bodies[batch.identifier] {
            if earlier != body { violations.insert(.resentWithOtherBytes) }
            return
        }
        bodies[batch.identifier] = body
        for report in batch.reports {
            let key = Key(metric: report.metric, period: report.period)
            if batchOf[key] != nil {
                violations.insert(.countedTwice(metric: report.metric, period: report.period))
            }
            batchOf[key] = batch.identifier
            payloads[report.metric, default: []].append(report.payload)
        }
    }

    /// Closes the books: everything was sent, and the device says how many reports were acknowledged.
    ///
    /// - Parameter vectors: the metrics whose reports are so many random bits that two equal ones are no accident.
    mutating func close(acknowledged: Int, vectors: [UInt32]) {
        if acknowledged != receivedCount { violations.insert(.lost(acknowledged: acknowledged, sent: receivedCount)) }
        for metric in vectors {
            let reports = payloads[metric] ?? []
            if Set(reports).count < reports.count { violations.insert(.repeatedNoise(metric: metric)) }
        }
    }
}
