internal import GRDB
internal import GRDBSQLite

/// Reads the payloads of chunks into memory of the caller: SQLite copies them there from its pages, once. A statement would
/// collect them in memory of its own before.
final class ChunkPayloads: Sendable {
    /// SQLite's handle of the last blob, which the next one takes over. Used in the queue of the database alone.
    nonisolated(unsafe) private var handle: OpaquePointer?

    deinit { sqlite3_blob_close(handle) }

    /// Appends the payloads of the chunk with a key, which has some.
    ///
    /// - Throws: `DatabaseError` when SQLite cannot read them.
    func append(key: Int64, in database: Database, to payloads: inout [UInt8]) throws {
        try check(open(key, in: database))
        let byteCount = sqlite3_blob_bytes(handle)
        let blob = try [UInt8](unsafeUninitializedCapacity: Int(byteCount)) { bytes, count in
            try check(sqlite3_blob_read(handle, bytes.baseAddress, byteCount, 0))
            count = Int(byteCount)
        }
        if payloads.isEmpty { payloads = blob } else { payloads += blob }
    }

    private func open(_ key: Int64, in database: Database) -> CInt {
        guard handle == nil else { return sqlite3_blob_reopen(handle, key) }
        return sqlite3_blob_open(database.sqliteConnection, "main", "chunk", "payloads", key, 0, &handle)
    }

    private func check(_ code: CInt) throws {
        guard code != SQLITE_OK else { return }
        // A handle that has failed reads no other blob.
        sqlite3_blob_close(handle)
        handle = nil
        throw DatabaseError(resultCode: ResultCode(rawValue: code))
    }
}
