internal import Foundation
internal import GRDB
internal import ReportFormat
internal import SecureRandomness
internal import StoreFormat

/// Chunks of what single commits brought of a group, which are folded into larger ones.
///
/// A row for each report costs a page of the log each, and again when it is sealed. Under load a commit holds the reports of
/// many senders, and those of one group are a chunk at once, in random order: the log would tell as well that they were
/// committed together, but not which sender's each is.
enum OpenChunks {
    /// Reports of fewer batches of a commit than this are staged one by one: in a chunk they would be those of few senders.
    static let leastBatchCount = 8

    /// A chunk of more than this part of a full one is left as it is, unless it has few reports.
    private static let openPart = 4
    /// A chunk of fewer reports than this is open however large they are.
    private static let fewReports = 64

    /// How many payloads of a length fill a chunk.
    static func fullCount(stride: Int) -> Int {
        min(Chunk.targetPayloadCount, max(1, Chunk.targetByteCount / max(1, stride)))
    }

    /// Stores payloads of one length as chunks, as part of a transaction.
    ///
    /// - Returns: the chunks that are open, by key.
    /// - Throws: an error of SQLite; ``StoreError`` for payloads of several lengths.
    static func store(
        _ payloads: [[UInt8]], of group: ReportGroup, in connection: Database
    ) throws -> [Int64: StagedGroups.Load] {
        var open: [Int64: StagedGroups.Load] = [:]
        let fullCount = fullCount(stride: payloads.first?.count ?? 0)
        for start in stride(from: 0, to: payloads.count, by: fullCount) {
            let chunk = try Chunk(sealing: Array(payloads[start..<min(start + fullCount, payloads.count)]))
            let key = try insert(chunk, of: group, into: connection)
            guard chunk.count < fullCount, chunk.count * openPart <= fullCount || chunk.count < fewReports else {
                continue
            }
            open[key] = .init(count: chunk.count, byteCount: chunk.payloads.count)
        }
        return open
    }

    /// Stores a chunk under a random key, which it returns.
    static func insert(_ chunk: Chunk, of group: ReportGroup, into connection: Database) throws -> Int64 {
        var noise = try FreshNoise(wordCount: 1)
        let key = StagingWriter.storeKey(noise.next())
        try connection.cachedStatement(
            sql: """
                INSERT INTO chunk (metric, version, day, shape_key, key, stride, count, checksum, payloads)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: group.columns + [
                key, chunk.stride, chunk.count, Data(chunk.checksum), Data(chunk.payloads),
            ])
        return key
    }

    /// The chunks that a group's sealing takes, and their payloads. One that another program deleted is gone, and one that
    /// is damaged stays where it is, for `verify` to name.
    ///
    /// - Throws: an error of SQLite.
    static func payloads(
        of keys: some Sequence<Int64>, in connection: Database
    ) throws -> (keys: [Int64], payloads: [[UInt8]]) {
        let statement = try connection.cachedStatement(
            sql: "SELECT stride, count, checksum, payloads FROM chunk WHERE key = ?")
        var taken: [Int64] = [], payloads: [[UInt8]] = []
        for key in keys {
            guard let row = try Row.fetchOne(statement, arguments: [key]), let chunk = chunk(in: row) else { continue }
            taken.append(key)
            payloads += stride(from: 0, to: chunk.payloads.count, by: chunk.stride).map {
                Array(chunk.payloads[$0..<$0 + chunk.stride])
            }
        }
        return (taken, payloads)
    }

    private static func chunk(in row: Row) -> Chunk? {
        guard let checksum = row.bytes(2), let bytes = row.bytes(3), let stride: Int = try? row.number(0),
            let count: Int = try? row.number(1)
        else { return nil }
        return try? Chunk(stride: stride, count: count, checksum: Array(checksum), payloads: Array(bytes))
    }

    static func delete(_ keys: some Sequence<Int64>, in connection: Database) throws {
        let statement = try connection.cachedStatement(sql: "DELETE FROM chunk WHERE key = ?")
        for key in keys { try statement.execute(arguments: [key]) }
    }

    /// The open chunks of the last days about which reports are still taken, after a start. Of one group two at least, or
    /// beside rows: a single one has nothing to be folded with.
    ///
    /// - Complexity: linear in the chunks of these days, of which only the first page each is read.
    static func add(to waiting: inout [ReportGroup: StagedGroups.Waiting], from connection: Database) throws {
        let rows = try Row.fetchCursor(
            connection,
            sql: """
                SELECT chunk.metric, chunk.version, day, shape_key, key, count, stride * count
                FROM definition CROSS JOIN chunk USING (metric, version)
                WHERE day >= (
                    SELECT MAX(day) FROM chunk AS other
                    WHERE other.metric = definition.metric AND other.version = definition.version) - ?
                AND stride > 0 AND count > 0 AND LENGTH(payloads) = stride * count
                AND count < ?3 AND stride * count < ?4
                AND (count < ?5 OR (count * ?2 <= ?3 AND stride * count * ?2 <= ?4))
                """,
            arguments: [
                WireLimits.daysBack + WireLimits.daysAhead, openPart, Chunk.targetPayloadCount, Chunk.targetByteCount,
                fewReports,
            ])
        while let row = try rows.next() {
            // A row of a group that cannot be is left for `verify` to name.
            guard let group = try? ReportGroup(row), let key: Int64 = try? row.number(4),
                let count: Int = try? row.number(5),
                let byteCount: Int = try? row.number(6)
            else { continue }
            waiting[group, default: .init()].chunks[key] = .init(count: count, byteCount: byteCount)
        }
        waiting = waiting.filter { $0.value.rows.count > 0 || $0.value.chunks.count > 1 }
    }
}
