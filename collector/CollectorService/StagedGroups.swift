internal import ReportFormat
internal import StoreFormat

/// How many staged reports each group has, so that a full one is noticed without asking the database.
struct StagedGroups {
    /// What is staged of one group.
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

    /// SQLite's number of what other connections committed, as it was when the store's reports were counted.
    private(set) var dataVersion: Int64 = 0

    /// What is staged of every group.
    var loads: [ReportGroup: Load] { entries.mapValues(\.load) }

    private struct Entry {
        var load = Load()
        /// Grows with each failed attempt, so that a group that cannot be sealed is not read again at every commit.
        var attempts = 0

        var isFull: Bool {
            load.count >= (attempts + 1) * Chunk.targetPayloadCount
                || load.byteCount >= (attempts + 1) * Chunk.targetByteCount
        }
    }

    private var entries: [ReportGroup: Entry] = [:]

    /// Counts reports that were staged.
    mutating func add(_ loads: [ReportGroup: Load]) {
        for (group, load) in loads { entries[group, default: Entry()].load += load }
    }

    /// Takes up what the store holds, at the start and after another program wrote to it.
    mutating func recount(_ loads: [ReportGroup: Load], dataVersion: Int64) {
        self.dataVersion = dataVersion
        entries = Dictionary(
            uniqueKeysWithValues: loads.map { group, load in
                (group, Entry(load: load, attempts: entries[group]?.attempts ?? 0))
            })
    }

    /// What is staged of a group.
    func load(of group: ReportGroup) -> Load { entries[group]?.load ?? Load() }

    /// Whether a group is due for sealing.
    func isFull(_ group: ReportGroup) -> Bool { entries[group]?.isFull == true }

    /// The groups of the days before one.
    func groups(before day: UTCDay) -> [ReportGroup] { entries.keys.filter { $0.day < day } }

    /// Takes sealed reports off. A group with nothing left to seal is gone.
    ///
    /// - Parameter isEmptied: whether the store has no more of the group, whatever was counted: others may delete too.
    mutating func remove(_ load: Load, from group: ReportGroup, isEmptied: Bool) {
        guard var entry = entries[group] else { return }
        entry.load.count -= load.count
        entry.load.byteCount -= load.byteCount
        entry.attempts = 0
        entries[group] = !isEmptied && entry.load.count > 0 ? entry : nil
    }

    /// Takes off what was deleted: all of a metric about the days before one.
    mutating func remove(metric: UInt32, before day: UTCDay) {
        entries = entries.filter { $0.key.metric != metric || $0.key.day >= day }
    }

    /// Lets a group grow by another chunk before it is tried again.
    mutating func postpone(_ group: ReportGroup) { entries[group]?.attempts += 1 }
}
