public import PostgresClient
public import StoreFormat

/// Why a store cannot be read.
public enum StoreReaderError: Error, Hashable, Sendable {
    /// There is no file.
    case missing
    /// The file cannot be opened, as when it is a folder or belongs to someone else; SQLite's result code.
    case unreadable(resultCode: Int32)
    /// Another process holds the store exclusively, and went on for as long as the reader waited.
    case locked
    /// An SQLite file of another application, or no SQLite file.
    case notAStore
    /// The tables are of another version.
    case unsupportedVersion(found: Int32, supported: Int32)
    /// SQLite finds the file damaged, or its tables are not those of its version; SQLite's result code.
    case damaged(resultCode: Int32)
    /// A row holds what no collector writes; the table's name, or `chunk or staged` where rows of both are counted as one.
    case malformedRow(table: String)
    /// A chunk is not what was sealed.
    case damagedChunk(key: Int64, ChunkError)
    /// The database cannot be reached, or refuses.
    case postgres(PostgresError)
    /// Payloads have another length than the metric's.
    case wrongPayloadByteCount(actual: Int, expected: Int)
}
