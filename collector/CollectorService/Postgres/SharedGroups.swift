internal import ReportFormat
internal import StoreFormat

/// When to ask the database how much of a group is staged, of which other collectors stage reports too.
///
/// A group is counted when it first gets reports, then when this collector alone may have filled it, and at the latest
/// after an eighth of a chunk: with n collectors it exceeds a chunk by n eighths at most.
struct SharedGroups {
    private struct Entry {
        var added = StagedGroups.Load()
        /// What may be added before the group is counted again.
        var allowance = StagedGroups.Load()
    }

    private var entries: [ReportGroup: Entry] = [:]

    /// Counts what this collector staged.
    ///
    /// - Returns: the groups to look after.
    mutating func add(_ loads: [ReportGroup: StagedGroups.Load]) -> [ReportGroup] {
        loads.compactMap { group, load in
            var entry = entries[group] ?? Entry()
            entry.added += load
            entries[group] = entry
            let isDue =
                entry.added.count >= entry.allowance.count || entry.added.byteCount >= entry.allowance.byteCount
            return isDue ? group : nil
        }
    }

    /// Takes in what was counted; `nil` where another collector looks after the group.
    mutating func setLoad(_ load: StagedGroups.Load?, of group: ReportGroup) {
        let load = load ?? StagedGroups.Load()
        entries[group] = Entry(
            allowance: .init(
                count: min(Chunk.targetPayloadCount / 8, max(1, Chunk.targetPayloadCount - load.count)),
                byteCount: min(Chunk.targetByteCount / 8, max(1, Chunk.targetByteCount - load.byteCount))))
    }

    /// Forgets the groups of the days before one, to which hardly anything is added.
    mutating func forget(before day: UTCDay) { entries = entries.filter { $0.key.day >= day } }
}
