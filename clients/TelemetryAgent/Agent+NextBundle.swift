public import ReportFormat

/// What would be sent next, without anything being sent or changed.
public struct NextBundle: Hashable, Sendable {
    /// The reports, in the order of the batch if it is formed, else oldest first.
    public var reports: [SentReport] = []
    /// The identifier of the batch, if it is formed: one that was sent before or is left of one that was too large. It and
    /// the order of the reports are drawn when a batch is formed.
    public var batch: BatchIdentifier?
    /// The bytes of the body, if the batch is formed.
    public var body: [UInt8]?
    /// The length of the body, in bytes.
    public var byteCount = 0
    /// When it is due, in seconds since the epoch, if its moment is drawn or a failure has to be waited out.
    public var moment: Int64?
    /// How many periods are over but not closed: the next flush closes them and adds their reports.
    public var periodsToClose = 0
    /// Where it goes.
    public var url: String
}

extension Agent {
    /// The bundle that a flush would send next. Needs no network, and leaves everything as it is.
    ///
    /// - Throws: ``AgentError``.
    public func nextBundle() throws(AgentError) -> NextBundle {
        let empty = NextBundle(url: configuration.endpoint.reportsURL)
        return try readingState(empty) { (store) throws(AgentError) in
            var bundle = empty
            let ledger = try store.ledger()
            if let waiting = try store.outbox().first {
                let reports: [ReportRecord]
                do { reports = try Batch(decoding: waiting.body).reports } catch {
                    throw .stateDamaged(field: "outbox.body")
                }
                (bundle.batch, bundle.body, bundle.byteCount) = (waiting.identifier, waiting.body, waiting.body.count)
                bundle.reports = reports.map { sent($0, ledger: ledger) }
            } else {
                let chosen = try Device.oldestReports(of: store)
                bundle.reports = chosen.map { sent($0.record, ledger: ledger) }
                let content = Batch.contentByteCount(of: chosen.map(\.record))
                if !chosen.isEmpty { bundle.byteCount = Batch.sizeClass(holding: content) }
            }
            let moment = try store.value(.sendMoment).flatMap { $0 > 0 ? $0 : nil }
            bundle.moment = max(moment ?? 0, try nextAttempt(in: store) ?? 0)
            if bundle.moment == 0 { bundle.moment = nil }
            let yesterday = Int64(UTCDay(containing: configuration.clock.secondsSinceEpoch()).index) - 1
            if let closed = try store.value(.lastClosedPeriod) {
                bundle.periodsToClose = Int(clamping: max(0, yesterday &- closed))
            }
            return bundle
        }
    }
}
