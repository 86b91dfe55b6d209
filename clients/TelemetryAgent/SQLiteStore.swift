internal import ReportFormat

/// The state of a real device: one SQLite file in the state folder.
final class SQLiteStore: AgentStore {
    /// The version of the tables, in `PRAGMA user_version`.
    static let version = migrations.count

    /// `DITA` in ASCII, in `PRAGMA application_id`.
    private static let applicationIdentifier = 0x4449_5441

    let database: Database

    /// Opens the database at `path`, or makes one.
    init(path: String) throws(AgentError) {
        database = try Database(path: path)
        let connection = database
        try connection.transaction { () throws(AgentError) in
            let version = Int(try connection.integer("PRAGMA user_version") ?? 0)
            let application = Int(try connection.integer("PRAGMA application_id") ?? 0)
            let isEmpty = try connection.integer("SELECT 1 FROM sqlite_master") == nil
            let isNew = version == 0 && application == 0 && isEmpty
            guard isNew || application == Self.applicationIdentifier, version > 0 || isNew else {
                throw .stateDamaged(field: "application_id")
            }
            guard version <= Self.version else { throw .stateVersion(found: version, supported: Self.version) }
            guard version < Self.version else { return }
            for migration in Self.migrations[version...] { try connection.execute(migration) }
            try connection.execute("PRAGMA application_id = \(Self.applicationIdentifier)")
            try connection.execute("PRAGMA user_version = \(Self.version)")
        }
    }

    /// Empties the write-ahead log into the database, so that nothing erased lingers there.
    func truncateLog() throws(AgentError) { try database.run("PRAGMA wal_checkpoint(TRUNCATE)") }

    /// Has the database closed without work on its log, which stays for the next who opens it.
    func closesQuickly() { database.closesQuickly() }

    func transaction<Result>(_ body: () throws(AgentError) -> Result) throws(AgentError) -> Result {
        try database.transaction(body)
    }

    func value(_ field: StateField) throws(AgentError) -> Int64? {
        try database.integer("SELECT value FROM field WHERE name = CAST(? AS TEXT)", [Self.name(field)])
    }

    func set(_ field: StateField, to value: Int64) throws(AgentError) {
        try database.run(
            "INSERT OR REPLACE INTO field (name, value) VALUES (CAST(? AS TEXT), ?)",
            [Self.name(field), .integer(value)])
    }

    func remove(_ field: StateField) throws(AgentError) {
        try database.run("DELETE FROM field WHERE name = CAST(? AS TEXT)", [Self.name(field)])
    }

    private static func name(_ field: StateField) -> Database.Value { .bytes(Array(field.rawValue.utf8)) }

    private static let slotColumns = "metric, version, period, priority, payload, tag, permanent_response"

    func slot(metric: UInt32, period: UTCDay) throws(AgentError) -> Slot? {
        var slot: Slot?
        try database.run(
            "SELECT \(Self.slotColumns) FROM slot WHERE metric = ? AND period = ?",
            [.number(metric), .number(period.index)]
        ) { (row) throws(AgentError) in slot = try Self.slot(row) }
        return slot
    }

    func slots() throws(AgentError) -> [Slot] {
        var slots: [Slot] = []
        try database.run("SELECT \(Self.slotColumns) FROM slot ORDER BY period, metric") {
            (row) throws(AgentError) in slots.append(try Self.slot(row))
        }
        return slots
    }

    private static func slot(_ row: Database.Row) throws(AgentError) -> Slot {
        var memo: Slot.Memo?
        if let tag = row.optionalInteger(5), let response = row.optionalBytes(6) {
            memo = Slot.Memo(tag: UInt64(bitPattern: tag), permanentResponse: response)
        }
        return Slot(
            metric: try row.exactly(0, "slot.metric"), version: try row.exactly(1, "slot.version"),
            period: try row.day(2, "slot.period"), priority: UInt64(bitPattern: row.integer(3)),
            payload: row.bytes(4), memo: memo)
    }

    func put(_ slot: Slot) throws(AgentError) {
        try database.run(
            "INSERT OR REPLACE INTO slot (\(Self.slotColumns)) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                .number(slot.metric), .number(slot.version), .number(slot.period.index), .word(slot.priority),
                .bytes(slot.payload), slot.memo.map { .word($0.tag) } ?? .null, .optional(slot.memo?.permanentResponse),
            ])
    }

    func removeSlots(through period: UTCDay) throws(AgentError) {
        try database.run("DELETE FROM slot WHERE period <= ?", [.number(period.index)])
    }

    func removeSlots(ofMetric metric: UInt32) throws(AgentError) {
        try database.run("DELETE FROM slot WHERE metric = ?", [.number(metric)])
    }

    func erasePending() throws(AgentError) {
        for table in ["slot", "queue", "outbox", "journal"] { try database.execute("DELETE FROM \(table)") }
        for field in StateField.ofPending { try remove(field) }
    }

    func retireMemoized() throws(AgentError) {
        try database.execute(
            "UPDATE ledger SET is_retired = max(is_retired, 1), last_permanent_response = NULL WHERE is_memoized")
    }
}

// MARK: - Ledger

extension SQLiteStore {
    private static let ledgerColumns = """
        metric, version, definition_hash, first_period, epsilon_thousandths, lifetime_thousandths, period_cap, reports, \
        last_debited, last_permanent_response, is_memoized, is_retired
        """

    /// In `is_retired`: it was the collector that ended the metric.
    private static let retiredByCollector: Int64 = 2

    func ledger() throws(AgentError) -> [LedgerEntry] {
        var entries: [LedgerEntry] = []
        try database.run("SELECT \(Self.ledgerColumns) FROM ledger ORDER BY metric, version") {
            (row) throws(AgentError) in entries.append(try Self.entry(row))
        }
        return entries
    }

    func ledgerEntry(metric: UInt32, version: UInt32) throws(AgentError) -> LedgerEntry? {
        var entry: LedgerEntry?
        try database.run(
            "SELECT \(Self.ledgerColumns) FROM ledger WHERE metric = ? AND version = ?",
            [.number(metric), .number(version)]
        ) { (row) throws(AgentError) in entry = try Self.entry(row) }
        return entry
    }

    private static func entry(_ row: Database.Row) throws(AgentError) -> LedgerEntry {
        let entry = LedgerEntry(
            metric: try row.exactly(0, "ledger.metric"), version: try row.exactly(1, "ledger.version"),
            definitionHash: row.bytes(2), firstPeriod: try row.day(3, "ledger.first_period"),
            epsilonThousandths: try row.exactly(4, "ledger.epsilon_thousandths"),
            lifetimeThousandths: try row.exactly(5, "ledger.lifetime_thousandths"),
            periodCap: try row.exactly(6, "ledger.period_cap"), reports: try row.exactly(7, "ledger.reports"),
            lastDebited: row.optionalInteger(8) == nil ? nil : try row.day(8, "ledger.last_debited"),
            lastPermanentResponse: row.optionalBytes(9), isMemoized: row.integer(10) != 0,
            isRetired: row.integer(11) != 0, isRetiredByCollector: row.integer(11) == Self.retiredByCollector)
        let plausible = 0...1_000_000_000
        guard plausible.contains(entry.reports), plausible.contains(entry.periodCap),
            (1...16_000).contains(entry.epsilonThousandths), plausible.contains(entry.lifetimeThousandths)
        else { throw .stateDamaged(field: "ledger") }
        return entry
    }

    func put(_ entry: LedgerEntry) throws(AgentError) {
        try database.run(
            "INSERT OR REPLACE INTO ledger (\(Self.ledgerColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                .number(entry.metric), .number(entry.version), .bytes(entry.definitionHash),
                .number(entry.firstPeriod.index), .number(entry.epsilonThousandths),
                .number(entry.lifetimeThousandths), .number(entry.periodCap), .number(entry.reports),
                entry.lastDebited.map { .number($0.index) } ?? .null, .optional(entry.lastPermanentResponse),
                .integer(entry.isMemoized ? 1 : 0),
                .integer(entry.isRetiredByCollector ? Self.retiredByCollector : entry.isRetired ? 1 : 0),
            ])
    }

    func distinctValueCount(metric: UInt32, version: UInt32) throws(AgentError) -> Int {
        let sql = "SELECT count(*) FROM distinct_value WHERE metric = ? AND version = ?"
        return Int(try database.integer(sql, [.number(metric), .number(version)]) ?? 0)
    }

    func hasDistinctValue(tag: UInt64, metric: UInt32, version: UInt32) throws(AgentError) -> Bool {
        let sql = "SELECT 1 FROM distinct_value WHERE metric = ? AND version = ? AND tag = ?"
        return try database.integer(sql, [.number(metric), .number(version), .word(tag)]) != nil
    }

    func addDistinctValue(tag: UInt64, metric: UInt32, version: UInt32) throws(AgentError) {
        try database.run(
            "INSERT INTO distinct_value (metric, version, tag) VALUES (?, ?, ?)",
            [.number(metric), .number(version), .word(tag)])
    }
}

// MARK: - Queue and outbox

extension SQLiteStore {
    func enqueue(_ record: ReportRecord) throws(AgentError) {
        try database.run(
            "INSERT INTO queue (metric, period, fingerprint, payload) VALUES (?, ?, ?, ?)",
            [
                .number(record.metric), .number(record.period.index), .word(record.fingerprint.value),
                .bytes(record.payload),
            ])
    }

    func oldestQueued(limit: Int) throws(AgentError) -> [QueuedReport] {
        var reports: [QueuedReport] = []
        let sql = "SELECT sequence, metric, period, fingerprint, payload FROM queue ORDER BY period, sequence LIMIT ?"
        try database.run(sql, [.number(limit)]) { (row) throws(AgentError) in
            let record = ReportRecord(
                metric: try row.exactly(1, "queue.metric"), period: try row.day(2, "queue.period"),
                fingerprint: Fingerprint(value: UInt64(bitPattern: row.integer(3))), payload: row.bytes(4))
            reports.append(QueuedReport(sequence: row.integer(0), record: record))
        }
        return reports
    }

    func queuedCount() throws(AgentError) -> Int { Int(try database.integer("SELECT count(*) FROM queue") ?? 0) }

    func queuedByteCount() throws(AgentError) -> Int {
        Int(try database.integer("SELECT sum(length(payload)) FROM queue") ?? 0)
    }

    func removeQueued(_ sequences: [Int64]) throws(AgentError) {
        for sequence in sequences { try database.run("DELETE FROM queue WHERE sequence = ?", [.integer(sequence)]) }
    }

    func removeQueued(before period: UTCDay) throws(AgentError) -> Int {
        let old = Int(
            try database.integer("SELECT count(*) FROM queue WHERE period < ?", [.number(period.index)]) ?? 0)
        if old > 0 { try database.run("DELETE FROM queue WHERE period < ?", [.number(period.index)]) }
        return old
    }

    func removeQueued(ofMetric metric: UInt32) throws(AgentError) -> Int {
        try database.run("DELETE FROM queue WHERE metric = ?", [.number(metric)])
        return database.changedRowCount
    }

    func outbox() throws(AgentError) -> [OutboundBatch] {
        var batches: [OutboundBatch] = []
        try database.run("SELECT identifier, body, report_count FROM outbox ORDER BY rowid") {
            (row) throws(AgentError) in
            guard let identifier = BatchIdentifier(bytes: row.bytes(0)) else {
                throw .stateDamaged(field: "outbox.identifier")
            }
            let reportCount: Int = try row.exactly(2, "outbox.report_count")
            guard (1...WireLimits.reportsPerBatch).contains(reportCount) else {
                throw .stateDamaged(field: "outbox.report_count")
            }
            batches.append(OutboundBatch(identifier: identifier, body: row.bytes(1), reportCount: reportCount))
        }
        return batches
    }

    func put(_ batch: OutboundBatch) throws(AgentError) {
        try database.run(
            "INSERT INTO outbox (identifier, body, report_count) VALUES (?, ?, ?)",
            [.bytes(batch.identifier.bytes), .bytes(batch.body), .number(batch.reportCount)])
    }

    func removeOutbound(_ identifier: BatchIdentifier) throws(AgentError) -> Bool {
        try database.run("DELETE FROM outbox WHERE identifier = ?", [.bytes(identifier.bytes)])
        return database.changedRowCount > 0
    }
}
