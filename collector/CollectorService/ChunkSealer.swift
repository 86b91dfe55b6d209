internal import Foundation
internal import GRDB
internal import ReportFormat
internal import SecureRandomness
internal import StoreFormat

/// Folds staged reports into chunks.
enum ChunkSealer {
    /// How many payloads a chunk takes of a group with this load.
    static func payloadCount(for load: StagedGroups.Load) -> Int {
        OpenChunks.fullCount(stride: load.byteCount / max(1, load.count))
    }

    /// Folds what waits of a group into one full chunk, or all of it into one that is not full, in one transaction: every
    /// report is in the staging table or in a chunk, never in both.
    ///
    /// The chunk shuffles the reports. Of rows those with the smallest keys are taken, which are random, and of open
    /// chunks what does not fit is an open chunk again.
    ///
    /// - Returns: what waits of the group now.
    static func seal(
        _ group: ReportGroup, _ waiting: StagedGroups.Waiting, in connection: Database
    ) throws -> StagedGroups.Waiting {
        let count = payloadCount(for: waiting.total)
        var left = StagedGroups.Waiting()
        try connection.inTransaction(.immediate) {
            var (taken, payloads) = try OpenChunks.payloads(of: waiting.chunks.keys, in: connection)
            let (rows, lastKey) = try staged(group, atMost: max(0, count - payloads.count), in: connection)
            payloads += rows
            // One chunk alone has nothing to be folded with.
            guard !payloads.isEmpty, !rows.isEmpty || taken.count > 1 else { return .rollback }
            if payloads.count > count { try shuffle(&payloads) }
            _ = try OpenChunks.insert(try Chunk(sealing: Array(payloads.prefix(count))), of: group, into: connection)
            left.chunks = try OpenChunks.store(Array(payloads.dropFirst(count)), of: group, in: connection)
            try OpenChunks.delete(taken, in: connection)
            try deleteStaged(group, through: lastKey, count: rows.count, in: connection)
            // Fewer than were asked for are the last, whatever was counted: others may delete too.
            let isLast = payloads.count < count
            left.rows.count = isLast ? 0 : max(0, waiting.rows.count - rows.count)
            left.rows.byteCount = isLast ? 0 : waiting.rows.byteCount - rows.reduce(0) { $0 + $1.count }
            return .commit
        }
        return left
    }

    private static func deleteStaged(
        _ group: ReportGroup, through lastKey: Int64, count: Int, in connection: Database
    ) throws {
        guard count > 0 else { return }
        try connection.cachedStatement(
            sql: """
                DELETE FROM staged
                WHERE metric = ? AND version = ? AND day = ? AND shape_key = ? AND key <= ?
                """
        ).execute(arguments: group.columns + [lastKey])
        guard connection.changesCount == count else {
            throw StoreError.unsealable(.wrongByteCount(actual: connection.changesCount, expected: count))
        }
    }

    private static func staged(
        _ group: ReportGroup, atMost count: Int, in connection: Database
    ) throws -> (payloads: [[UInt8]], lastKey: Int64) {
        let statement = try connection.cachedStatement(
            sql: """
                SELECT key, payload FROM staged
                WHERE metric = ? AND version = ? AND day = ? AND shape_key = ? ORDER BY key LIMIT ?
                """)
        let rows = try Row.fetchCursor(statement, arguments: group.columns + [count])
        var payloads: [[UInt8]] = [], lastKey: Int64 = 0
        payloads.reserveCapacity(count)
        while let row = try rows.next() {
            lastKey = try row.number(0)
            guard let payload = row.bytes(1) else { throw StoreError.malformedRow }
            payloads.append(Array(payload))
        }
        return (payloads, lastKey)
    }
}

extension ReportGroup {
    /// The columns `metric`, `version`, `day` and `shape_key`.
    var columns: StatementArguments { [metric, version, day.index, shapeKey] }

    /// The group that the first four columns of a row name.
    ///
    /// - Throws: ``StoreError/damaged(resultCode:)`` for numbers that none has, and a day that does not exist.
    init(_ row: Row) throws(StoreError) {
        guard let day = UTCDay(index: try row.number(2)) else { throw .malformedRow }
        self.init(
            metric: try row.number(0), version: try row.number(1), day: day, shapeKey: try row.number(3))
    }
}
