internal import GRDB
internal import ReportFormat
internal import StoreFormat

/// Deletes a metric's reports, a part at a time, so that commits go on between two of them.
enum ReportDeletion {
    /// Chunks of one part, of 256 KiB each.
    static let chunksPerPart = 16
    /// Staged reports of one part.
    static let stagedPerPart = 10_000
    /// Free pages that are given back in one transaction.
    static let pagesPerPart = 1_024

    /// Deletes a part of a metric's reports about the days before one, in one transaction, and counts them.
    ///
    /// - Parameter day: `nil` for the reports about all days.
    /// - Returns: how many reports that were; 0 when none is left.
    static func deletePart(
        ofMetric metric: UInt32, before day: UTCDay?, today: UTCDay, in connection: Database
    ) throws -> Int {
        let limit = day.map { Int64($0.index) } ?? .max
        var count = 0
        try connection.inTransaction(.immediate) {
            count = try deleteChunks(of: metric, before: limit, in: connection)
            if count == 0 { count = try deleteStaged(of: metric, before: limit, in: connection) }
            try DailyCounter.add([.deleted: count], on: today, in: connection)
            return count > 0 ? .commit : .rollback
        }
        return count
    }

    /// How many reports of a metric there are about the days before one.
    static func count(ofMetric metric: UInt32, before day: UTCDay?, in connection: Database) throws -> Int {
        let limit = day.map { Int64($0.index) } ?? .max
        let query = """
            SELECT (SELECT COALESCE(SUM(\(plausibleCount)), 0) FROM chunk WHERE metric = ?1 AND day < ?2)
                + (SELECT COUNT(*) FROM staged WHERE metric = ?1 AND day < ?2)
            """
        return try Int.fetchOne(connection, sql: query, arguments: [metric, limit]) ?? 0
    }

    /// A chunk's count in SQL. A damaged one counts as one report, so that the sum can be had and the chunk goes too.
    private static let plausibleCount = "IIF(count BETWEEN 1 AND \(Chunk.targetPayloadCount), count, 1)"

    /// Gives free pages back to the file system, a part of them in one transaction.
    ///
    /// A tenth of the file is kept free: the next days' reports take it.
    ///
    /// - Returns: whether there is more to give back.
    static func giveBackPart(in connection: Database) throws -> Bool {
        guard try StoreMigration.canShrink(connection) else { return false }
        let pageCount = try Int.fetchOne(connection, sql: "PRAGMA page_count") ?? 0
        let freeCount = try Int.fetchOne(connection, sql: "PRAGMA freelist_count") ?? 0
        let surplus = freeCount - pageCount / 10
        guard surplus > 0 else { return false }
        // Every step of this statement frees a page, so it is run to its end by asking for its rows.
        _ = try Row.fetchAll(connection, sql: "PRAGMA incremental_vacuum(\(min(surplus, pagesPerPart)))")
        return surplus > pagesPerPart
    }

    private static func deleteChunks(of metric: UInt32, before limit: Int64, in connection: Database) throws -> Int {
        let rows = try Row.fetchAll(
            connection.cachedStatement(
                sql: "SELECT key, \(plausibleCount) FROM chunk WHERE metric = ? AND day < ? LIMIT \(chunksPerPart)"),
            arguments: [metric, limit])
        let statement = try connection.cachedStatement(sql: "DELETE FROM chunk WHERE key = ?")
        var count = 0
        for row in rows {
            try statement.execute(arguments: [row[0] as DatabaseValue])
            count += try row.number(1)
        }
        return count
    }

    private static func deleteStaged(of metric: UInt32, before limit: Int64, in connection: Database) throws -> Int {
        try connection.cachedStatement(
            sql: """
                DELETE FROM staged WHERE (metric, version, day, shape_key, key) IN (
                    SELECT metric, version, day, shape_key, key FROM staged WHERE metric = ? AND day < ?
                    LIMIT \(stagedPerPart))
                """
        ).execute(arguments: [metric, limit])
        return connection.changesCount
    }
}
