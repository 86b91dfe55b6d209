internal import GRDB
internal import GRDBSQLite

/// An insertion whose values are bound by SQLite's own calls.
///
/// A batch of a gateway is a thousand of these, and a list of arguments made for each took as long as SQLite itself.
struct BoundInsertion {
    private let statement: Statement
    private let connection: Database

    init(_ sql: String, on connection: Database) throws {
        (statement, self.connection) = (try connection.cachedStatement(sql: sql), connection)
    }

    func bind(_ number: Int64, at place: Int32) { sqlite3_bind_int64(statement.sqliteStatement, place, number) }

    /// Binds bytes while `body` runs: SQLite copies nothing.
    ///
    /// - Throws: `DatabaseError`; what `body` throws.
    func bind<Output>(_ bytes: [UInt8], at place: Int32, during body: () throws -> Output) throws -> Output {
        let handle = statement.sqliteStatement
        // Bytes at no address would be NULL.
        guard !bytes.isEmpty else {
            try check(sqlite3_bind_zeroblob(handle, place, 0), is: SQLITE_OK)
            return try body()
        }
        return try bytes.withUnsafeBytes { bytes in
            try check(sqlite3_bind_blob64(handle, place, bytes.baseAddress, UInt64(bytes.count), nil), is: SQLITE_OK)
            defer { sqlite3_bind_null(handle, place) }
            return try body()
        }
    }

    /// Inserts what is bound.
    ///
    /// - Returns: `false` if the key is taken, and nothing was inserted.
    /// - Throws: `DatabaseError`.
    func insert() throws -> Bool {
        let result = sqlite3_step(statement.sqliteStatement)
        sqlite3_reset(statement.sqliteStatement)
        try check(result, is: SQLITE_DONE)
        return connection.changesCount == 1
    }

    private func check(_ result: Int32, is expected: Int32) throws {
        guard result == expected else { throw DatabaseError(resultCode: ResultCode(rawValue: result)) }
    }
}
