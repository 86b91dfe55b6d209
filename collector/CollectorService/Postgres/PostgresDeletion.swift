internal import PostgresClient
internal import ReportFormat

/// Deletes a metric's reports from a database, a part at a time: one statement for all would hit the time limit of
/// statements, and hold up commits until then.
enum PostgresDeletion {
    /// Chunks of one part, of 256 KiB each.
    private static let chunksPerPart = 64
    /// Staged reports of one part.
    private static let stagedPerPart = 10_000

    /// Deletes a part of a metric's reports about the days before one, in one transaction.
    ///
    /// - Returns: how many chunks or staged reports that were; 0 when none is left.
    static func deletePart(
        ofMetric metric: UInt32, before day: UTCDay, in connection: PostgresConnection
    ) throws -> Int {
        let parameters: [PostgresValue] = [.integer(Int64(metric)), .integer(Int64(day.index))]
        return try connection.transaction {
            try PostgresTables.Lock.take(.tidying, on: connection)
            let chunks = try connection.execute(
                """
                DELETE FROM chunk WHERE key = ANY (ARRAY(
                    SELECT key FROM chunk WHERE metric = $1 AND day < $2 LIMIT \(chunksPerPart)))
                """, parameters)
            guard chunks.affectedRowCount == 0 else { return chunks.affectedRowCount }
            return try connection.execute(
                """
                DELETE FROM staged WHERE (metric, version, day, shape_key, key) IN (
                    SELECT metric, version, day, shape_key, key FROM staged WHERE metric = $1 AND day < $2
                    LIMIT \(stagedPerPart))
                """, parameters
            ).affectedRowCount
        }
    }
}
