internal import ReportFormat
internal import StoreFormat

/// How many reports of each group wait to be sealed, so that a full one is noticed without asking the database.
struct StagedGroups {
    /// What waits of one group, or a part of it.
    struct Load: Equatable {
        var count = 0
        var byteCount = 0

        /// Whether it is as much as a chunk takes.
        var makesChunk: Bool { count >= Chunk.targetPayloadCount || byteCount >= Chunk.targetByteCount }

        static func += (load: inout Load, other: Load) {
            load.count += other.count
            load.byteCount += other.byteCount
        }
    }

    /// What waits of one group: rows of one report each, and open chunks.
    struct Waiting: Equatable {
        var rows = Load()
        /// By key.
        var chunks: [Int64: Load] = [:]

        var total: Load { chunks.values.reduce(into: rows) { $0 += $1 } }
        var isEmpty: Bool { rows.count <= 0 && chunks.isEmpty }
    }

    /// SQLite's number of what other connections committed, as it was when the store's reports were counted.
    private(set) var dataVersion: Int64 = 0

    /// What is staged of every group, in rows of one report each.
    var loads: [ReportGroup: Load] { entries.compactMapValues { $0.waiting.rows.count > 0 ? $0.waiting.rows : nil } }

    private struct Entry {
        var waiting = Waiting()
        /// ``Waiting/total``, kept beside it: a group has dozens of chunks, and is asked at every commit.
        var total = Load()
        /// Grows with each failed attempt, so that a group that cannot be sealed is not read again at every commit.
        var attempts = 0

        var isFull: Bool {
            total.count >= (attempts + 1) * Chunk.targetPayloadCount
                || total.byteCount >= (attempts + 1) * Chunk.targetByteCount
        }
    }

    private var entries: [ReportGroup: Entry] = [:]

    /// Counts reports that were staged.
    mutating func add(_ waiting: [ReportGroup: Waiting]) {
        for (group, added) in waiting {
            var entry = entries.removeValue(forKey: group) ?? Entry()
            entry.waiting.rows += added.rows
            entry.waiting.chunks.merge(added.chunks) { $1 }
            entry.total += added.total
            entries[group] = entry
        }
    }

    /// Takes up what the store holds, at the start and after another program wrote to it.
    mutating func recount(_ waiting: [ReportGroup: Waiting], dataVersion: Int64) {
        self.dataVersion = dataVersion
        entries = Dictionary(
            uniqueKeysWithValues: waiting.map { group, waiting in
                (group, Entry(waiting: waiting, total: waiting.total, attempts: entries[group]?.attempts ?? 0))
            })
    }

    /// What waits of a group.
    func waiting(of group: ReportGroup) -> Waiting { entries[group]?.waiting ?? Waiting() }

    /// Whether a group is due for sealing.
    func isFull(_ group: ReportGroup) -> Bool { entries[group]?.isFull == true }

    /// The groups of the days before one.
    func groups(before day: UTCDay) -> [ReportGroup] { entries.keys.filter { $0.day < day } }

    /// Takes up what sealing left of a group. A group with nothing left to seal is gone.
    mutating func set(_ waiting: Waiting, of group: ReportGroup) {
        entries[group] = waiting.isEmpty ? nil : Entry(waiting: waiting, total: waiting.total)
    }

    /// Takes off what was deleted: all of a metric about the days before one.
    mutating func remove(metric: UInt32, before day: UTCDay) {
        entries = entries.filter { $0.key.metric != metric || $0.key.day >= day }
    }

    /// Lets a group grow by another chunk before it is tried again.
    mutating func postpone(_ group: ReportGroup) { entries[group]?.attempts += 1 }
}
