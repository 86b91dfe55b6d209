/// An entry as it is stored.
struct JournalRow: Hashable {
    var sequence, seconds: Int64
    var content, hash: [UInt8]
}

extension SQLiteStore {
    private static let journalColumns = "sequence, seconds, content, hash"

    func journalRows() throws(AgentError) -> [JournalRow] {
        var rows: [JournalRow] = []
        try database.run("SELECT \(Self.journalColumns) FROM journal ORDER BY sequence") { (row) in
            rows.append(Self.journalRow(row))
        }
        return rows
    }

    func lastJournalRow() throws(AgentError) -> JournalRow? {
        var last: JournalRow?
        let sql = "SELECT \(Self.journalColumns) FROM journal ORDER BY sequence DESC LIMIT 1"
        try database.run(sql) { (row) in last = Self.journalRow(row) }
        return last
    }

    private static func journalRow(_ row: Database.Row) -> JournalRow {
        JournalRow(sequence: row.integer(0), seconds: row.integer(1), content: row.bytes(2), hash: row.bytes(3))
    }

    /// One more than any entry ever had, also after the journal was erased.
    func nextJournalSequence() throws(AgentError) -> Int64 {
        (try database.integer("SELECT seq FROM sqlite_sequence WHERE name = 'journal'") ?? 0) &+ 1
    }

    func put(_ row: JournalRow) throws(AgentError) {
        try database.run(
            "INSERT INTO journal (\(Self.journalColumns)) VALUES (?, ?, ?, ?)",
            [.integer(row.sequence), .integer(row.seconds), .bytes(row.content), .bytes(row.hash)])
    }

    func hasJournalRow(beginningWith opening: [UInt8]) throws(AgentError) -> Bool {
        let sql = "SELECT 1 FROM journal WHERE substr(content, 1, ?) = ? LIMIT 1"
        return try database.integer(sql, [.number(opening.count), .bytes(opening)]) != nil
    }

    /// What each entry takes, the newest first.
    func journalSizes() throws(AgentError) -> [(sequence: Int64, seconds: Int64, byteCount: Int)] {
        var sizes: [(Int64, Int64, Int)] = []
        let sql =
            "SELECT sequence, seconds, length(content) FROM journal WHERE length(content) > 0 ORDER BY sequence DESC"
        try database.run(sql) { (row) in
            sizes.append((row.integer(0), row.integer(1), Int(row.integer(2)) + Journal.entryOverhead))
        }
        return sizes
    }

    /// Drops entries and leaves the hash of the last of them.
    func dropJournal(through sequence: Int64) throws(AgentError) {
        try database.run("DELETE FROM journal WHERE sequence < ?", [.integer(sequence)])
        try database.run(
            "UPDATE journal SET content = ?, seconds = 0 WHERE sequence = ?", [.bytes([]), .integer(sequence)])
    }
}
