internal import Foundation
internal import GRDB
package import ReportFormat
internal import StoreFormat

/// What a store holds, in numbers.
package struct StoreInspection: Hashable, Sendable {
    /// The reports about one day of a metric, or about all its days.
    package struct Holding: Hashable, Sendable {
        /// The metric's wire identity.
        package var metric: UInt32
        /// The version of its definition.
        package var version: UInt32
        /// The first and the last day that there are reports about.
        package var days: ClosedRange<UTCDay>
        /// Reports that no chunk holds so far.
        package var stagedCount: Int
        /// Reports in chunks.
        package var sealedCount: Int
        package var chunkCount: Int
        /// The payloads' bytes.
        package var byteCount: Int
    }

    /// A coarse number of a day.
    package struct Count: Hashable, Sendable {
        package var day: UTCDay
        package var name: String
        package var count: Int
    }

    /// The version of the store's tables.
    package let version: Int32
    /// The bytes of the file and of its log.
    package let fileByteCount: Int, logByteCount: Int
    /// The bytes of the file that are free for later reports.
    package let freeByteCount: Int
    /// Batches that are known again.
    package let batchCount: Int
    /// By metric, version and day.
    package let days: [Holding]
    /// By day and name; none in a store of version 1.
    package let counts: [Count]

    /// The holdings of each metric and version over all days.
    package var metrics: [Holding] {
        days.reduce(into: []) { metrics, day in
            guard let last = metrics.last, last.metric == day.metric, last.version == day.version else {
                metrics.append(day)
                return
            }
            var sum = last
            sum.days = min(last.days.lowerBound, day.days.lowerBound)...max(last.days.upperBound, day.days.upperBound)
            sum.stagedCount += day.stagedCount
            sum.sealedCount += day.sealedCount
            sum.chunkCount += day.chunkCount
            sum.byteCount += day.byteCount
            metrics[metrics.count - 1] = sum
        }
    }

    /// Looks into a store, also while a collector runs: as it is at one moment.
    ///
    /// - Throws: ``StoreError``.
    /// - Complexity: linear in chunks and staged reports.
    package init(path: String) throws(StoreError) {
        let location = StoreLocation(path)
        let (database, version) = try StoreReading.open(location)
        self.version = version
        fileByteCount = try StoreFolder.byteCount(of: location) ?? 0
        logByteCount = try StoreFolder.byteCount(of: StoreLocation(location.resolvedPath + "-wal")) ?? 0
        do {
            (freeByteCount, batchCount, days, counts) = try database.read { connection in
                let pageSize = try Int.fetchOne(connection, sql: "PRAGMA page_size") ?? 0
                return (
                    try (Int.fetchOne(connection, sql: "PRAGMA freelist_count") ?? 0) * pageSize,
                    try Int.fetchOne(connection, sql: "SELECT COUNT(*) FROM batch") ?? 0,
                    try Self.days(in: connection), try version >= 2 ? Self.counts(in: connection) : []
                )
            }
        } catch { throw StoreError(error) }
    }

    private static func days(in connection: Database) throws -> [Holding] {
        let query = """
            SELECT metric, version, day, SUM(staged), SUM(sealed), SUM(chunks), SUM(bytes), MIN(sealed), MAX(sealed)
            FROM (SELECT metric, version, day, 0 AS staged, MIN(count, \(Chunk.targetPayloadCount + 1)) AS sealed,
                      1 AS chunks, LENGTH(payloads) AS bytes FROM chunk
                  UNION ALL SELECT metric, version, day, 1, 0, 0, LENGTH(payload) FROM staged)
            GROUP BY metric, version, day ORDER BY metric, version, day
            """
        return try Row.fetchAll(connection, sql: query).map { row in
            guard let metric = row.integer(0).flatMap(UInt32.init(exactly:)),
                let version = row.integer(1).flatMap(UInt32.init(exactly:)),
                let day = row.integer(2).flatMap(UInt32.init(exactly:)).flatMap(UTCDay.init(index:)),
                let staged = row.integer(3), let sealed = row.integer(4), let chunks = row.integer(5),
                let bytes = row.integer(6), row.integer(7) ?? -1 >= 0,
                row.integer(8) ?? .max <= Chunk.targetPayloadCount
            else { throw StoreError.damaged(resultCode: ResultCode.SQLITE_CORRUPT.rawValue) }
            return Holding(
                metric: metric, version: version, days: day...day, stagedCount: Int(staged), sealedCount: Int(sealed),
                chunkCount: Int(chunks), byteCount: Int(bytes))
        }
    }

    private static func counts(in connection: Database) throws -> [Count] {
        try Row.fetchAll(connection, sql: "SELECT day, name, value FROM counter ORDER BY day, name").map { row in
            guard let day = row.integer(0).flatMap(UInt32.init(exactly:)).flatMap(UTCDay.init(index:)),
                let name = row.text(1), let count = row.integer(2)
            else { throw StoreError.damaged(resultCode: ResultCode.SQLITE_CORRUPT.rawValue) }
            return Count(day: day, name: name, count: Int(count))
        }
    }
}
