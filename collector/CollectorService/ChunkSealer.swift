internal import Foundation
internal import GRDB
internal import ReportFormat
internal import SecureRandomness
internal import StoreFormat

/// Folds staged reports into chunks.
enum ChunkSealer {
    /// How many payloads a chunk takes of a group with this load.
    static func payloadCount(for load: StagedGroups.Load) -> Int {
        let stride = max(1, load.byteCount / max(1, load.count))
        return min(Chunk.targetPayloadCount, max(1, Chunk.targetByteCount / stride))
    }

    /// Seals up to `count` staged reports of a group into one chunk, in one transaction: every report is in the
    /// staging table or in a chunk, never in both.
    ///
    /// The reports are those with the smallest keys, which are random, and the chunk shuffles them once more.
    ///
    /// - Returns: what was sealed; nothing if the group has no staged reports.
    static func seal(
        _ group: ReportGroup, atMost count: Int, in connection: Database
    ) throws -> StagedGroups.Load {
        var sealed = StagedGroups.Load()
        try connection.inTransaction(.immediate) {
            let (payloads, lastKey) = try staged(group, atMost: count, in: connection)
            guard !payloads.isEmpty else { return .rollback }
            let chunk = try Chunk(sealing: payloads)
            try insert(chunk, of: group, into: connection)
            try connection.cachedStatement(
                sql: """
                    DELETE FROM staged
                    WHERE metric = ? AND version = ? AND day = ? AND shape_key = ? AND key <= ?
                    """
            ).execute(arguments: group.columns + [lastKey])
            guard connection.changesCount == chunk.count else {
                throw StoreError.unsealable(.wrongByteCount(actual: connection.changesCount, expected: chunk.count))
            }
            sealed = .init(count: chunk.count, byteCount: chunk.payloads.count)
            return .commit
        }
        return sealed
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

    private static func insert(_ chunk: Chunk, of group: ReportGroup, into connection: Database) throws {
        var noise = try FreshNoise(wordCount: 1)
        try connection.cachedStatement(
            sql: """
                INSERT INTO chunk (metric, version, day, shape_key, key, stride, count, checksum, payloads)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: group.columns + [
                StagingWriter.storeKey(noise.next()), chunk.stride, chunk.count, Data(chunk.checksum),
                Data(chunk.payloads),
            ])
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
