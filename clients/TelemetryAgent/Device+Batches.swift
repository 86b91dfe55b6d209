internal import MetricDefinitions
internal import ReportFormat
internal import SecureRandomness

extension Device {
    /// The batch to send next: one that was not acknowledged, or a new one of the oldest reports in random order.
    /// Within a transaction; `nil` when nothing waits.
    package func nextBatch() throws(AgentError) -> OutboundBatch? {
        if let waiting = try store.outbox().first { return waiting }
        let chosen = try Self.oldestReports(of: store)
        guard !chosen.isEmpty else { return nil }
        let batch = try makeBatch(of: chosen.map(\.record))
        try store.removeQueued(chosen.map(\.sequence))
        try store.put(batch)
        return batch
    }

    /// The oldest reports of the queue that fit into one batch. Within a transaction.
    static func oldestReports(of store: any AgentStore) throws(AgentError) -> [QueuedReport] {
        var chosen: [QueuedReport] = []
        var byteCount = Batch.contentByteCount(of: [])
        for report in try store.oldestQueued(limit: WireLimits.reportsPerBatch) {
            guard byteCount + report.record.byteCount <= WireLimits.batchByteCount else { break }
            byteCount += report.record.byteCount
            chosen.append(report)
        }
        return chosen
    }

    private func makeBatch(of reports: [ReportRecord]) throws(AgentError) -> OutboundBatch {
        var shuffled = reports
        let random: [UInt8]
        do {
            try shuffle(&shuffled)
            random = try SystemEntropy.bytes(count: BatchIdentifier.byteCount)
        } catch { throw .noRandomness(error) }
        guard let identifier = BatchIdentifier(bytes: random) else {
            preconditionFailure("an identifier is made of as many bytes as were drawn")
        }
        do {
            let batch = try Batch(identifier: identifier, reports: shuffled)
            return OutboundBatch(identifier: identifier, body: batch.encoded, reportCount: reports.count)
        } catch { throw .batch(error) }
    }

    /// Replaces a batch that a collector finds too large by its halves, under new identifiers. A single report that is
    /// too large is given up. Within a transaction.
    ///
    /// - Returns: the number of reports given up.
    package func split(_ batch: OutboundBatch) throws(AgentError) -> Int {
        let reports: [ReportRecord]
        do { reports = try Batch(decoding: batch.body).reports } catch { throw .batch(error) }
        // Another process of this device may have split or settled it while this one was waiting for the answer.
        guard try store.removeOutbound(batch.identifier) else { return 0 }
        guard reports.count > 1 else { return reports.count }
        let middle = reports.count / 2
        try store.put(try makeBatch(of: Array(reports[..<middle])))
        try store.put(try makeBatch(of: Array(reports[middle...])))
        return 0
    }

    /// Forgets a batch that a collector has answered for good, and counts it once. Within a transaction.
    package func settle(_ batch: OutboundBatch, rejected: Int) throws(AgentError) {
        guard try store.removeOutbound(batch.identifier) else { return }
        try add(batch.reportCount - rejected, to: .acknowledgedReports)
        try add(rejected, to: .rejectedReports)
    }

    /// Ends a metric that the collector has retired: its waiting reports are dropped, it records nothing more, and what
    /// was spent stays spent. The batch goes on without it, under a new identifier. Within a transaction.
    ///
    /// - Returns: the number of reports dropped; `nil` if the batch holds none of that metric, which is then no reason to
    ///   refuse it.
    package func retire(_ retired: RetiredMetric, refusing batch: OutboundBatch) throws(AgentError) -> Int? {
        let identifier = identifier(of: retired)
        let reports: [ReportRecord]
        do { reports = try Batch(decoding: batch.body).reports } catch { throw .batch(error) }
        let others = reports.filter { $0.metric != identifier }
        guard let identifier, others.count < reports.count else { return nil }
        // Another process of this device may have settled it meanwhile.
        guard try store.removeOutbound(batch.identifier) else { return 0 }
        if !others.isEmpty { try store.put(try makeBatch(of: others)) }
        for var entry in try store.ledger() where entry.metric == identifier {
            (entry.isRetired, entry.isRetiredByCollector, entry.lastPermanentResponse) = (true, true, nil)
            try store.put(entry)
        }
        try store.removeSlots(ofMetric: identifier)
        let dropped = reports.count - others.count + (try store.removeQueued(ofMetric: identifier))
        try add(dropped, to: .retiredReports)
        return dropped
    }

    /// Drops what waits of metrics that may not be reported any more. A batch that holds some goes as a whole: it may have
    /// arrived unacknowledged, and the rest of it would be counted twice under another identifier. Within a transaction.
    func withdraw(_ identifiers: Set<UInt32>) throws(AgentError) {
        var dropped = 0
        for batch in try store.outbox() {
            let reports: [ReportRecord]
            do { reports = try Batch(decoding: batch.body).reports } catch { throw .stateDamaged(field: "outbox.body") }
            guard reports.contains(where: { identifiers.contains($0.metric) }),
                try store.removeOutbound(batch.identifier)
            else { continue }
            dropped += reports.count
        }
        for identifier in identifiers {
            try store.removeSlots(ofMetric: identifier)
            dropped += try store.removeQueued(ofMetric: identifier)
        }
        try add(dropped, to: .retiredReports)
    }

    /// The wire identity of a metric that a collector names; `nil` for a name that the set does not know.
    func identifier(of retired: RetiredMetric) -> UInt32? {
        switch retired {
        case .identifier(let number): number
        case .name(let name): metricSet.metric(named: name)?.identifier.value
        }
    }

    /// Adds to a count of the state. Within a transaction.
    func add(_ count: Int, to field: StateField) throws(AgentError) {
        guard count > 0 else { return }
        try store.set(field, to: (try store.value(field) ?? 0) &+ Int64(count))
    }
}
