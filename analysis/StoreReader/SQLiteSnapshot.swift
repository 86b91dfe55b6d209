internal import Foundation
internal import GRDB
internal import ReportFormat
internal import StoreFormat

/// A snapshot of a store in an SQLite file.
///
/// Opened for reading only. A collector that runs is not disturbed, and one that was killed has left its log beside the
/// file, which is read too.
public struct SQLiteSnapshot: StoreSnapshot {
    /// How long a store that another process holds exclusively is waited for, in seconds.
    public static let patienceInSeconds = 5.0

    /// The most of a file that SQLite maps as Debian builds it, in bytes. What lies beyond is read page by page, at about
    /// a third of the speed.
    public static let mappedByteCount = 0x7FFF_0000

    private let queue: DatabaseQueue
    private let chunks = ChunkPayloads()
    private let verifiesChecksums: Bool

    /// Opens a store and takes the snapshot.
    ///
    /// - Parameters:
    ///   - path: the store's file.
    ///   - patienceInSeconds: how long to wait for a lock, from zero.
    ///   - mappedByteCount: how much of the file to map into memory. An error of the disk under a mapping ends the process,
    ///     and is thrown without one: 0 maps nothing.
    ///   - verifiesChecksums: `false` reads chunks as they are, some five times as fast: what the disk has changed
    ///     since they were sealed is not noticed.
    /// - Throws: ``StoreReaderError``.
    public init(
        path: String, patienceInSeconds: Double = SQLiteSnapshot.patienceInSeconds,
        mappedByteCount: Int = SQLiteSnapshot.mappedByteCount, verifiesChecksums: Bool = true
    ) throws(StoreReaderError) {
        self.verifiesChecksums = verifiesChecksums
        guard FileManager.default.fileExists(atPath: path) else { throw .missing }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(patienceInSeconds)
        // The snapshot is a transaction that outlives each access.
        configuration.allowsUnsafeTransactions = true
        // Pages are copied out of the kernel's cache once, without a call for each. Where a file cannot be mapped, SQLite
        // reads it as ever.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA mmap_size = \(mappedByteCount)") }
        do { queue = try DatabaseQueue(path: path, configuration: configuration) } catch { throw Self.reason(error) }
        try reading { database in
            try database.execute(sql: "BEGIN DEFERRED TRANSACTION")
            try Self.identify(database)
        }
    }

    public func definitionHash(metric: UInt32, version: UInt32) throws(StoreReaderError) -> [UInt8]? {
        try reading { database in
            let row = try Row.fetchOne(
                database, sql: "SELECT hash FROM definition WHERE metric = ? AND version = ?",
                arguments: [metric, version])
            return try row.map { Array(try bytes($0, 0, of: "definition")) }
        }
    }

    public func periods(of metric: UInt32?) throws(StoreReaderError) -> [StoredPeriod] {
        try reading { database in
            let these = metric.map { "WHERE metric = \($0)" } ?? ""
            let query = """
                SELECT metric, version, day, SUM(reports), SUM(isStaged) = COUNT(*), SUM(isStaged) > 0,
                    MIN(reports), MAX(reports)
                FROM (SELECT metric, version, day, MIN(count, \(Chunk.targetPayloadCount + 1)) AS reports, 0 AS isStaged FROM chunk \(these)
                      UNION ALL SELECT metric, version, day, 1, 1 FROM staged \(these))
                GROUP BY metric, version, day ORDER BY metric, version, day
                """
            return try Row.fetchAll(database, sql: query).map { row in
                let table = row[4] ? "staged" : row[5] ? "chunk or staged" : "chunk"
                guard let metric = UInt32(exactly: try integer(row, 0, of: table)),
                    let version = UInt32(exactly: try integer(row, 1, of: table)),
                    let day = UInt32(exactly: try integer(row, 2, of: table)).flatMap(UTCDay.init(index:)),
                    let count = Int(exactly: try integer(row, 3, of: table)), try integer(row, 6, of: table) > 0,
                    try integer(row, 7, of: table) <= Chunk.targetPayloadCount
                else { throw StoreReaderError.malformedRow(table: table) }
                return StoredPeriod(metric: metric, version: version, day: day, reportCount: count)
            }
        }
    }

    public func parts(of period: StoredPeriod) throws(StoreReaderError) -> [StoredPart] {
        try reading { database in
            let ofPeriod = "WHERE metric = ? AND version = ? AND day = ?"
            let sealed = try Row.fetchAll(
                database, sql: "SELECT key, shape_key FROM chunk \(ofPeriod) ORDER BY shape_key, key",
                arguments: Self.arguments(of: period))
            let staged = try Row.fetchAll(
                database, sql: "SELECT DISTINCT shape_key FROM staged \(ofPeriod) ORDER BY shape_key",
                arguments: Self.arguments(of: period))
            return try sealed.map {
                .chunk(key: try integer($0, 0, of: "chunk"), partition: Int(try integer($0, 1, of: "chunk")))
            } + staged.map { .staged(partition: Int(try integer($0, 0, of: "staged"))) }
        }
    }

    public func read(
        _ part: StoredPart, of period: StoredPeriod, payloadByteCount: Int, into payloads: inout [UInt8]
    ) throws(StoreReaderError) {
        switch part {
        case .chunk(let key, _): try read(chunk: key, payloadByteCount: payloadByteCount, into: &payloads)
        case .staged(let partition):
            try readStaged(of: period, partition: partition, payloadByteCount: payloadByteCount, into: &payloads)
        }
    }

    private func read(
        chunk key: Int64, payloadByteCount: Int, into payloads: inout [UInt8]
    ) throws(StoreReaderError) {
        let start = payloads.count
        let (stride, count, checksum) = try reading { database in
            let statement = try database.cachedStatement(
                sql: "SELECT stride, count, checksum, typeof(payloads) = 'blob' FROM chunk WHERE key = ?")
            let rows = try Row.fetchCursor(statement, arguments: [key])
            guard let row = try rows.next(), try integer(row, 3, of: "chunk") == 1 else {
                throw StoreReaderError.malformedRow(table: "chunk")
            }
            let seal = (
                stride: Int(try integer(row, 0, of: "chunk")), count: Int(try integer(row, 1, of: "chunk")),
                checksum: Array(try bytes(row, 2, of: "chunk"))
            )
            try chunks.append(key: key, in: database, to: &payloads)
            return seal
        }
        do throws(ChunkError) {
            let sealed = payloads.span.extracting(droppingFirst: start)
            try Chunk.check(
                sealed, stride: stride, count: count, checksum: verifiesChecksums ? checksum : nil)
        } catch { throw .damagedChunk(key: key, error) }
        guard stride == payloadByteCount else {
            throw .wrongPayloadByteCount(actual: stride, expected: payloadByteCount)
        }
    }

    private func readStaged(
        of period: StoredPeriod, partition: Int, payloadByteCount: Int, into payloads: inout [UInt8]
    ) throws(StoreReaderError) {
        try reading { database in
            let query = """
                SELECT typeof(payload) = 'blob', payload FROM staged
                WHERE metric = ? AND version = ? AND day = ? AND shape_key = ?
                """
            let rows = try Row.fetchCursor(
                database, sql: query, arguments: Self.arguments(of: period) + [partition])
            while let row = try rows.next() {
                guard try integer(row, 0, of: "staged") == 1 else {
                    throw StoreReaderError.malformedRow(table: "staged")
                }
                let byteCount = try row.withUnsafeData(atIndex: 1) { data in
                    data?.withUnsafeBytes { payloads.append(contentsOf: $0) }
                    return data?.count ?? 0
                }
                guard byteCount == payloadByteCount else {
                    throw StoreReaderError.wrongPayloadByteCount(actual: byteCount, expected: payloadByteCount)
                }
            }
        }
    }

    private static func arguments(of period: StoredPeriod) -> StatementArguments {
        [period.metric, period.version, period.day.index]
    }
}

extension SQLiteSnapshot {
    private static func identify(_ database: Database) throws {
        let applicationIdentifier = try Int32.fetchOne(database, sql: "PRAGMA application_id")
        guard applicationIdentifier == StoreSchema.applicationIdentifier else { throw StoreReaderError.notAStore }
        let version = try Int32.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard StoreSchema.readableVersions.contains(version) else {
            throw StoreReaderError.unsupportedVersion(found: version, supported: StoreSchema.version)
        }
    }

    private func reading<Result>(_ body: (Database) throws -> Result) throws(StoreReaderError) -> Result {
        do { return try queue.unsafeRead(body) } catch { throw Self.reason(error) }
    }

    private static func reason(_ error: any Error) -> StoreReaderError {
        if let error = error as? StoreReaderError { return error }
        guard let error = error as? DatabaseError else { return .damaged(resultCode: ResultCode.SQLITE_ERROR.rawValue) }
        return switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: .locked
        case .SQLITE_NOTADB: .notAStore
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_READONLY, .SQLITE_IOERR:
            .unreadable(resultCode: error.extendedResultCode.rawValue)
        default: .damaged(resultCode: error.extendedResultCode.rawValue)
        }
    }

    /// Values of another type than the schema's are a fault of the file; asking GRDB for the type would end the process.
    private func integer(_ row: Row, _ column: Int, of table: String) throws(StoreReaderError) -> Int64 {
        let value: DatabaseValue = row[column]
        guard let integer = Int64.fromDatabaseValue(value) else { throw .malformedRow(table: table) }
        return integer
    }

    private func bytes(_ row: Row, _ column: Int, of table: String) throws(StoreReaderError) -> Data {
        let value: DatabaseValue = row[column]
        guard let data = Data.fromDatabaseValue(value) else { throw .malformedRow(table: table) }
        return data
    }
}
