internal import LocalPrivacy
internal import MetricDefinitions
public import ReportFormat

/// One report of a batch that was sent, in words.
public struct SentReport: Hashable, Sendable {
    /// The metric's name; its number where the metric set does not know it any more.
    public var metric: String
    /// The period it is about.
    public var period: UTCDay
    /// What the report says, where it names an item of the domain: noise, not the value.
    public var response: String?
    /// The payload in hexadecimal.
    public var payload: String
    /// ε of the report, in thousandths, if the ledger knows its definition.
    public var epsilonThousandths: Int?
    /// ε that counted as spent on the metric at the end of its period, in thousandths. `nil` for a memoized metric, whose
    /// loss is no sum over reports.
    public var spentThousandths: Int?
}

extension Agent {
    /// What the device has sent since consent was given and what came of it, oldest first, as far as the journal goes
    /// back. Needs no consent and no secret.
    ///
    /// - Throws: ``AgentError``.
    public func journal() throws(AgentError) -> [JournalEntry] {
        try readingState([]) { (store) throws(AgentError) in try Journal(store: store).entries() }
    }

    /// What is wrong with the journal's chain of hashes; `nil` if every byte is as it was written.
    ///
    /// - Throws: ``AgentError``.
    public func journalDamage() throws(AgentError) -> JournalDamage? {
        try readingState(nil) { (store) throws(AgentError) in try Journal(store: store).damage() }
    }

    /// The reports of a batch, decoded, in the order in which they were sent; none if the bytes are no batch.
    ///
    /// - Throws: ``AgentError``.
    public func reports(ofBatch body: [UInt8]) throws(AgentError) -> [SentReport] {
        guard let batch = try? Batch(decoding: body) else { return [] }
        return try readingState([]) { (store) throws(AgentError) in
            let ledger = try store.ledger()
            return batch.reports.map { sent($0, ledger: ledger) }
        }
    }

    func sent(_ record: ReportRecord, ledger: [LedgerEntry]) -> SentReport {
        let shown = describe(record, .queued)
        let entry = ledger.first {
            $0.metric == record.metric && $0.definitionHash.starts(with: record.fingerprint.encoded)
        }
        return SentReport(
            metric: shown.metric, period: record.period, response: shown.response, payload: shown.payload,
            epsilonThousandths: entry?.epsilonThousandths,
            spentThousandths: entry.flatMap { $0.isMemoized ? nil : $0.spentThousandths(on: record.period) })
    }

    /// What a transaction on the state reads; `missing` where there is no state.
    func readingState<Result>(
        _ missing: Result, _ body: (SQLiteStore) throws(AgentError) -> Result
    ) throws(AgentError) -> Result {
        try locked { () throws(AgentError) in
            guard let store = try storedState() else { return missing }
            return try store.transaction { () throws(AgentError) in try body(store) }
        }
    }
}
