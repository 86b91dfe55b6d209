internal import PostgresClient
internal import ReportFormat
internal import StoreFormat

/// What a store in a database says of itself, whichever collector stored it.
enum PostgresFigures {
    private static let chunkTable = "the table chunk", stagedTable = "the table staged"

    /// Counts chunks and staged reports. How much the server has written to its log, and how much of its disk is free, is
    /// the server's to tell.
    ///
    /// - Complexity: linear in the chunks, without their payloads, and in the staged reports.
    static func read(on today: UTCDay, from connection: PostgresConnection) throws -> StoreFigures {
        var figures = StoreFigures()
        let settledDay = PostgresValue.integer(Int64(today.advanced(by: -2).index))
        let limit = Int64(Chunk.targetPayloadCount)
        // A sum that no store has is damage; the bound keeps it from being one that nobody can add.
        let chunks = try connection.execute(
            """
            SELECT metric, sum(reports)::bigint, coalesce(sum(reports) FILTER (WHERE day = $1), 0)::bigint,
                min(reports), max(reports)
            FROM (SELECT metric, day, least(count, $2) AS reports FROM chunk) AS counted GROUP BY metric
            """, [settledDay, .integer(limit + 1)])
        for row in 0..<chunks.rowCount {
            let numbers = try (0..<5).map { try chunks.integer(row, $0, of: chunkTable) }
            guard numbers[3] > 0, numbers[4] <= limit, let metric = UInt32(exactly: numbers[0]) else {
                throw PostgresError.unexpectedAnswer(about: chunkTable)
            }
            figures.reportCount += Int(numbers[1])
            figures.settledCounts[metric, default: 0] += Int(numbers[2])
        }
        let staged = try connection.execute(
            "SELECT metric, count(*), count(*) FILTER (WHERE day = $1) FROM staged GROUP BY metric", [settledDay])
        for row in 0..<staged.rowCount {
            guard let metric = UInt32(exactly: try staged.integer(row, 0, of: stagedTable)) else {
                throw PostgresError.unexpectedAnswer(about: stagedTable)
            }
            figures.stagedCount += Int(try staged.integer(row, 1, of: stagedTable))
            figures.settledCounts[metric, default: 0] += Int(try staged.integer(row, 2, of: stagedTable))
        }
        figures.reportCount += figures.stagedCount
        figures.settledCounts = figures.settledCounts.mapValues { $0 - $0 % StoreFigures.settledUnit }
        let tables = try connection.execute(
            """
            SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'dither' AND c.relkind = 'r'
            """)
        figures.byteCount = Int(try tables.integer(0, 0, of: "the catalogue"))
        return figures
    }
}
