internal import CSQLite
internal import ReportFormat

/// One SQLite connection of the agent. Not safe to share between threads; statements are prepared once and reused.
final class Database {
    private let handle: OpaquePointer
    private var statements: [String: OpaquePointer] = [:]

    /// Opens or creates the file at `path`: WAL, every commit synced, deleted content overwritten.
    init(path: String) throws(AgentError) {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            if let opened { sqlite3_close_v2(opened) }
            throw Self.error(code, during: "open")
        }
        handle = opened
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, 5_000)
        // A device's state is a few kilobytes; every commit writes whole pages.
        try execute("PRAGMA page_size = 1024")
        try execute("PRAGMA journal_mode = WAL")
        try execute("PRAGMA synchronous = FULL")
        try execute("PRAGMA secure_delete = ON")
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(handle)
    }

    /// Has the connection closed without a checkpoint.
    func closesQuickly() { dither_sqlite_skip_checkpoint(handle) }

    /// Runs statements without parameters.
    func execute(_ sql: String) throws(AgentError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw Self.error(code, during: Self.summary(of: sql)) }
    }

    /// Runs one statement, for each of its rows once `row`.
    func run(
        _ sql: String, _ values: [Value] = [], row: (Row) throws(AgentError) -> Void = { (_) in }
    ) throws(AgentError) {
        let statement = try prepared(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in values.enumerated() { try bind(value, to: statement, at: Int32(index + 1), sql: sql) }
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: try row(Row(statement: statement))
            case SQLITE_DONE: return
            case let code: throw Self.error(code, during: Self.summary(of: sql))
            }
        }
    }

    /// How many rows the last statement that changes any has changed.
    var changedRowCount: Int { Int(sqlite3_changes(handle)) }

    /// The first column of the first row, if there is one.
    func integer(_ sql: String, _ values: [Value] = []) throws(AgentError) -> Int64? {
        var result: Int64?
        try run(sql, values) { (row) in result = result ?? row.optionalInteger(0) }
        return result
    }

    /// Runs `body` in one transaction that no other writer enters; an error undoes all of it.
    func transaction<Result>(_ body: () throws(AgentError) -> Result) throws(AgentError) -> Result {
        try execute("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            if sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
            throw error
        }
    }

    private func prepared(_ sql: String) throws(AgentError) -> OpaquePointer {
        if let statement = statements[sql] { return statement }
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement else { throw Self.error(code, during: Self.summary(of: sql)) }
        statements[sql] = statement
        return statement
    }

    private func bind(
        _ value: Value, to statement: OpaquePointer, at index: Int32, sql: String
    ) throws(AgentError) {
        let code: Int32
        switch value {
        case .integer(let integer): code = sqlite3_bind_int64(statement, index, integer)
        case .null: code = sqlite3_bind_null(statement, index)
        case .bytes(let bytes):
            // SQLITE_TRANSIENT: SQLite copies. A zero-length blob, unlike a null, needs a non-null pointer.
            let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
            code =
                bytes.isEmpty
                ? sqlite3_bind_zeroblob(statement, index, 0)
                : sqlite3_bind_blob(statement, index, bytes, Int32(bytes.count), transient)
        }
        guard code == SQLITE_OK else { throw Self.error(code, during: Self.summary(of: sql)) }
    }

    private static func summary(of sql: String) -> String {
        sql.split(separator: " ").prefix(3).joined(separator: " ")
    }

    private static func error(_ code: Int32, during operation: String) -> AgentError {
        switch code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED: .stateBusy
        case SQLITE_CORRUPT, SQLITE_NOTADB: .stateDamaged(field: "agent.db")
        default: .database(code: code, operation: operation)
        }
    }

    /// A parameter of a statement.
    enum Value {
        case integer(Int64)
        case bytes([UInt8])
        case null

        /// An unsigned word, kept bit for bit.
        static func word(_ word: UInt64) -> Value { .integer(Int64(bitPattern: word)) }
        static func number(_ number: some BinaryInteger) -> Value { .integer(Int64(clamping: number)) }
        static func optional(_ bytes: [UInt8]?) -> Value { bytes.map(Value.bytes) ?? .null }
    }

    /// The current row of a statement.
    struct Row {
        fileprivate let statement: OpaquePointer

        func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

        func optionalInteger(_ column: Int32) -> Int64? {
            sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : integer(column)
        }

        func bytes(_ column: Int32) -> [UInt8] {
            guard let start = sqlite3_column_blob(statement, column) else { return [] }
            let count = Int(sqlite3_column_bytes(statement, column))
            return Array(UnsafeRawBufferPointer(start: start, count: count))
        }

        func optionalBytes(_ column: Int32) -> [UInt8]? {
            sqlite3_column_type(statement, column) == SQLITE_NULL ? nil : bytes(column)
        }

        /// An integer of a narrower type, or an error naming the field: a state file is not to be trusted.
        func exactly<Integer: FixedWidthInteger>(_ column: Int32, _ field: String) throws(AgentError) -> Integer {
            guard let value = Integer(exactly: integer(column)) else { throw .stateDamaged(field: field) }
            return value
        }

        func day(_ column: Int32, _ field: String) throws(AgentError) -> UTCDay {
            guard let day = UTCDay(index: try exactly(column, field)) else { throw .stateDamaged(field: field) }
            return day
        }
    }
}
