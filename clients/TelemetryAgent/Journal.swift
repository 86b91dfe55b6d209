internal import ReportFormat
internal import SecureRandomness

/// One entry of the journal.
public struct JournalEntry: Hashable, Sendable {
    /// Counts the entries of a state folder; never given twice.
    public var sequence: Int64
    /// When, in seconds since the epoch by the device's clock.
    public var seconds: Int64
    /// What happened.
    public var event: JournalEvent
}

/// Why a journal is not what the agent wrote.
public enum JournalDamage: Hashable, Sendable {
    /// This entry, or the one before it, was changed.
    case changed(sequence: Int64)
    /// Entries after the last one are gone.
    case cutOff
}

/// The append-only record of what a device has sent: each entry's hash is the SHA-256 of the hash before it and of the
/// entry, so that a later change is found. Every method is called within a transaction, in which what it tells of happens
/// too.
struct Journal {
    /// The bytes that the journal keeps at most, and for how long; the oldest go first.
    static let byteLimit = 1 << 20
    static let lifetimeSeconds: Int64 = 90 * 86_400
    /// What an entry takes besides its content.
    static let entryOverhead = 64
    private static let hashByteCount = 32

    let store: SQLiteStore

    /// Adds an entry and drops what has become too old or too much.
    func append(_ event: JournalEvent, at seconds: Int64) throws(AgentError) {
        let last = try store.lastJournalRow()
        let sequence = try store.nextJournalSequence()
        let previous = last?.hash ?? Self.beginning
        let content = event.encoded
        let row = JournalRow(
            sequence: sequence, seconds: seconds, content: content,
            hash: try Self.hash(previous, sequence: sequence, seconds: seconds, content: content))
        try store.put(row)
        try store.set(.journalHead, to: Self.head(row.hash))
        try trim(before: seconds &- Self.lifetimeSeconds, keeping: sequence)
    }

    /// Whether the journal holds what a batch consists of.
    func holds(_ batch: BatchIdentifier) throws(AgentError) -> Bool {
        let opening = JournalEvent.sent(batch, body: []).encoded
        return try store.hasJournalRow(beginningWith: opening)
    }

    /// The entries, oldest first.
    func entries() throws(AgentError) -> [JournalEntry] {
        var entries: [JournalEntry] = []
        for row in try store.journalRows() {
            guard let event = JournalEvent(decoding: row.content) else {
                throw .stateDamaged(field: "journal.content")
            }
            entries.append(JournalEntry(sequence: row.sequence, seconds: row.seconds, event: event))
        }
        return entries
    }

    /// What is wrong with the chain; `nil` if it is what was written.
    func damage() throws(AgentError) -> JournalDamage? {
        let rows = try store.journalRows()
        var previous = Self.beginning
        for (position, row) in rows.enumerated() {
            let follows = position == 0 || row.sequence == rows[position - 1].sequence &+ 1
            guard follows, row.hash.count == Self.hashByteCount else { return .changed(sequence: row.sequence) }
            if position == 0, row.content.isEmpty {
                // The last of those that were dropped: of it only the hash is left, on which the next one rests.
                guard row.seconds == 0 else { return .changed(sequence: row.sequence) }
            } else {
                let expected = try Self.hash(
                    previous, sequence: row.sequence, seconds: row.seconds, content: row.content)
                guard row.hash == expected, JournalEvent(decoding: row.content) != nil else {
                    return .changed(sequence: row.sequence)
                }
            }
            previous = row.hash
        }
        let head = try store.value(.journalHead)
        return head == rows.last.map { Self.head($0.hash) } ? nil : .cutOff
    }

    private func trim(before oldest: Int64, keeping newest: Int64) throws(AgentError) {
        var byteCount = 0
        var dropped: Int64?
        for size in try store.journalSizes() {
            byteCount += size.byteCount
            guard size.sequence < newest, byteCount > Self.byteLimit || size.seconds < oldest else { continue }
            dropped = size.sequence
            break
        }
        if let dropped { try store.dropJournal(through: dropped) }
    }

    private static let beginning = [UInt8](repeating: 0, count: hashByteCount)

    private static func head(_ hash: [UInt8]) -> Int64 {
        Int64(bitPattern: hash.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    }

    private static func hash(
        _ previous: [UInt8], sequence: Int64, seconds: Int64, content: [UInt8]
    ) throws(AgentError) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(previous)
        writer.append(UInt64(bitPattern: sequence))
        writer.append(UInt64(bitPattern: seconds))
        writer.append(content)
        do { return try SHA256.digest(writer.bytes) } catch { throw .noRandomness(error) }
    }
}
