public import PostgresClient
internal import ReportFormat
internal import StoreFormat
internal import Synchronization

/// A snapshot of a store in a PostgreSQL database: a transaction that reads, and does so until it ends. A standby will
/// do as well as the server that collectors write to.
///
/// Threads take turns. Each has no more in memory than a chunk or a staged partition, and its rows as the server sent them.
public struct PostgresSnapshot: StoreSnapshot {
    private let connection: PostgresConnection
    /// The first error of the transaction, which is the reason for all that follow.
    private let failure = FirstFailure()

    /// Connects and takes the snapshot.
    ///
    /// - Throws: ``StoreReaderError``.
    public init(_ address: PostgresAddress) throws(StoreReaderError) {
        do throws(PostgresError) {
            connection = try PostgresConnection(address, mustTakeWrites: false)
            try connection.execute("SET lock_timeout = '5s'")
            try connection.execute("SET idle_in_transaction_session_timeout = 0")
            try connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        } catch { throw .postgres(error) }
        guard try bytes(try rows(PostgresSchema.presenceQuery), 0, 1, of: "store") == [1] else { throw .notAStore }
        let version = try integer(try rows(PostgresSchema.versionQuery), 0, 0, of: "store")
        guard version == PostgresSchema.version else {
            throw .unsupportedVersion(found: Int32(clamping: version), supported: Int32(PostgresSchema.version))
        }
    }

    public func definitionHash(metric: UInt32, version: UInt32) throws(StoreReaderError) -> [UInt8]? {
        let answer = try rows(
            "SELECT hash FROM dither.definition WHERE metric = $1 AND version = $2",
            [.integer(Int64(metric)), .integer(Int64(version))])
        return answer.rowCount == 0 ? nil : try bytes(answer, 0, 0, of: "definition")
    }

    public func periods(of metric: UInt32?) throws(StoreReaderError) -> [StoredPeriod] {
        let these = metric.map { "WHERE metric = \($0)" } ?? ""
        let answer = try rows(
            """
            SELECT metric, version, day, sum(reports)::bigint, bool_and(is_staged), bool_or(is_staged),
                min(reports)::bigint, max(reports)::bigint
            FROM (SELECT metric, version, day, least(count, \(Chunk.targetPayloadCount + 1)) AS reports, false AS is_staged FROM dither.chunk \(these)
                  UNION ALL SELECT metric, version, day, 1, true FROM dither.staged \(these)) AS report
            GROUP BY metric, version, day ORDER BY metric, version, day
            """)
        var periods: [StoredPeriod] = []
        for row in 0..<answer.rowCount {
            let isStaged = (
                try bytes(answer, row, 4, of: "staged") == [1], try bytes(answer, row, 5, of: "staged") == [1]
            )
            let table = isStaged.0 ? "staged" : isStaged.1 ? "chunk or staged" : "chunk"
            guard let metric = UInt32(exactly: try integer(answer, row, 0, of: table)),
                let version = UInt32(exactly: try integer(answer, row, 1, of: table)),
                let day = UInt32(exactly: try integer(answer, row, 2, of: table)).flatMap(UTCDay.init(index:)),
                let count = Int(exactly: try integer(answer, row, 3, of: table)),
                try integer(answer, row, 6, of: table) > 0,
                try integer(answer, row, 7, of: table) <= Chunk.targetPayloadCount
            else { throw .malformedRow(table: table) }
            periods.append(StoredPeriod(metric: metric, version: version, day: day, reportCount: count))
        }
        return periods
    }

    public func parts(of period: StoredPeriod) throws(StoreReaderError) -> [StoredPart] {
        let sealed = try rows(
            "SELECT key, shape_key FROM dither.chunk WHERE \(Self.ofPeriod) ORDER BY shape_key, key",
            Self.parameters(of: period))
        let staged = try rows(
            "SELECT DISTINCT shape_key FROM dither.staged WHERE \(Self.ofPeriod) ORDER BY shape_key",
            Self.parameters(of: period))
        var parts: [StoredPart] = []
        for row in 0..<sealed.rowCount {
            let partition = Int(try integer(sealed, row, 1, of: "chunk"))
            parts.append(.chunk(key: try integer(sealed, row, 0, of: "chunk"), partition: partition))
        }
        for row in 0..<staged.rowCount {
            parts.append(.staged(partition: Int(try integer(staged, row, 0, of: "staged"))))
        }
        return parts
    }

    public func read(
        _ part: StoredPart, of period: StoredPeriod, payloadByteCount: Int, into payloads: inout [UInt8]
    ) throws(StoreReaderError) {
        switch part {
        case .chunk(let key, _): payloads += try chunk(key: key, payloadByteCount: payloadByteCount)
        case .staged(let partition):
            payloads += try staged(in: period, partition: partition, payloadByteCount: payloadByteCount)
        }
    }
}

extension PostgresSnapshot {
    private static let ofPeriod = "metric = $1 AND version = $2 AND day = $3"

    private static func parameters(of period: StoredPeriod) -> [PostgresValue] {
        [.integer(Int64(period.metric)), .integer(Int64(period.version)), .integer(Int64(period.day.index))]
    }

    private func chunk(key: Int64, payloadByteCount: Int) throws(StoreReaderError) -> [UInt8] {
        let answer = try rows(
            "SELECT stride, count, checksum, payloads FROM dither.chunk WHERE key = $1", [.integer(key)])
        let stride = Int(try integer(answer, 0, 0, of: "chunk")), count = Int(try integer(answer, 0, 1, of: "chunk"))
        let (checksum, payloads) = (try bytes(answer, 0, 2, of: "chunk"), try bytes(answer, 0, 3, of: "chunk"))
        let chunk: Chunk
        do { chunk = try Chunk(stride: stride, count: count, checksum: checksum, payloads: payloads) } catch {
            throw .damagedChunk(key: key, error)
        }
        guard chunk.stride == payloadByteCount else {
            throw .wrongPayloadByteCount(actual: chunk.stride, expected: payloadByteCount)
        }
        return chunk.payloads
    }

    /// Joined by the server, in the order of their random keys: so many rows would take ten times the memory.
    private func staged(
        in period: StoredPeriod, partition: Int, payloadByteCount: Int
    ) throws(StoreReaderError) -> [UInt8] {
        let answer = try rows(
            """
            SELECT coalesce(min(length(payload)), $5)::bigint, coalesce(max(length(payload)), $5)::bigint,
                coalesce(string_agg(payload, ''::bytea ORDER BY key), ''::bytea)
            FROM dither.staged WHERE \(Self.ofPeriod) AND shape_key = $4
            """,
            Self.parameters(of: period) + [.integer(Int64(partition)), .integer(Int64(payloadByteCount))])
        for column in 0...1 {
            let byteCount = Int(try integer(answer, 0, column, of: "staged"))
            guard byteCount == payloadByteCount else {
                throw .wrongPayloadByteCount(actual: byteCount, expected: payloadByteCount)
            }
        }
        return try bytes(answer, 0, 2, of: "staged")
    }

    private func rows(
        _ query: String, _ parameters: [PostgresValue] = []
    ) throws(StoreReaderError) -> PostgresAnswer {
        if let error = failure.error { throw .postgres(error) }
        do { return try connection.execute(query, parameters) } catch { throw .postgres(failure.note(error)) }
    }

    private func integer(
        _ answer: PostgresAnswer, _ row: Int, _ column: Int, of table: String
    ) throws(StoreReaderError) -> Int64 {
        do { return try answer.integer(row, column, of: table) } catch { throw .malformedRow(table: table) }
    }

    private func bytes(
        _ answer: PostgresAnswer, _ row: Int, _ column: Int, of table: String
    ) throws(StoreReaderError) -> [UInt8] {
        do { return try answer.bytes(row, column, of: table) } catch { throw .malformedRow(table: table) }
    }
}

/// Keeps the first of several errors: a transaction that failed refuses all that comes after, on whatever thread.
private final class FirstFailure: Sendable {
    private let first = Mutex<PostgresError?>(nil)

    var error: PostgresError? { first.withLock { $0 } }

    /// The first error, which is this one if there was none.
    func note(_ error: PostgresError) -> PostgresError {
        first.withLock { first in
            let reason = first ?? error
            first = reason
            return reason
        }
    }
}
