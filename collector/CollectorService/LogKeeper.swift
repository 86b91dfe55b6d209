internal import GRDB
internal import GRDBSQLite
internal import Synchronization

/// Moves the write-ahead log into the store whenever it is long enough.
///
/// SQLite does so by itself, but tells nobody when the disk fails meanwhile. On the queue of one connection.
final class LogKeeper: Sendable {
    /// The log's length from which its pages go to the file: 32 MiB.
    static let pageLimit: Int32 = 8_192

    /// How many pages the log had after the last commit.
    private let pageCount = Atomic<Int32>(0)

    /// Has SQLite tell the log's length after each commit. For a connection that is closed before this object goes.
    func watch(_ connection: Database) {
        sqlite3_wal_hook(
            connection.sqliteConnection,
            { context, _, _, pageCount in
                guard let context else { return SQLITE_OK }
                let keeper = Unmanaged<LogKeeper>.fromOpaque(context).takeUnretainedValue()
                keeper.pageCount.store(pageCount, ordering: .relaxed)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Moves a long log into the store, as far as readers let it.
    ///
    /// - Throws: an error of SQLite; what was committed stays in the log.
    func moveIfLong(on connection: Database) throws {
        guard pageCount.load(ordering: .relaxed) >= Self.pageLimit else { return }
        try connection.checkpoint(.passive)
    }
}
