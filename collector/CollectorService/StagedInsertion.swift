internal import GRDB
internal import GRDBSQLite
internal import ReportFormat

/// The insertion of staged reports, bound by SQLite's own calls.
///
/// A batch of a gateway is a thousand of these, and a list of arguments made for each took as long as SQLite itself.
struct StagedInsertion {
    private let statement: Statement
    private let connection: Database

    init(on connection: Database) throws {
        self.connection = connection
        statement = try connection.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO staged (metric, version, day, shape_key, key, payload)
                VALUES (?, ?, ?, ?, ?, ?)
                """)
    }

    /// Inserts a report.
    ///
    /// - Returns: `false` if the key is taken, and nothing was inserted.
    /// - Throws: `DatabaseError`.
    func insert(_ payload: [UInt8], of group: ReportGroup, key: Int64) throws -> Bool {
        let handle = statement.sqliteStatement
        sqlite3_bind_int64(handle, 1, Int64(group.metric))
        sqlite3_bind_int64(handle, 2, Int64(group.version))
        sqlite3_bind_int64(handle, 3, Int64(group.day.index))
        sqlite3_bind_int64(handle, 4, group.shapeKey)
        sqlite3_bind_int64(handle, 5, key)
        let result = payload.withUnsafeBytes { payload in
            // Without a destructor SQLite copies nothing; the bytes are needed for this step alone.
            sqlite3_bind_blob64(handle, 6, payload.baseAddress, UInt64(payload.count), nil)
            defer { sqlite3_bind_null(handle, 6) }
            let result = sqlite3_step(handle)
            sqlite3_reset(handle)
            return result
        }
        guard result == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: result)) }
        return connection.changesCount == 1
    }
}
