internal import GRDB
internal import GRDBSQLite
internal import Synchronization

/// Moves the write-ahead log into the store whenever it is long enough, and keeps room in its file.
///
/// SQLite does the first by itself, but tells nobody when the disk fails meanwhile. On the queue of one connection.
final class LogKeeper: Sendable {
    /// The log's length from which its pages go to the file: 32 MiB.
    static let pageLimit: Int32 = 8_192
    /// A log this long gets room: 256 KiB. One that never is, such as a small fleet's, takes no more disk than it needs.
    static let leastPageCount: Int32 = 64
    /// So much room at a time: 1 MiB.
    static let roomPageCount: Int32 = 256

    /// How many pages the log had after the last commit.
    private let pageCount = Atomic<Int32>(0)
    /// How many pages it can have before its file grows, as far as this process made it so.
    private let roomEnd = Atomic<Int32>(0)

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
    /// Forgets the room of a log that was emptied.
    func noteEmptied() { roomEnd.store(0, ordering: .relaxed) }

    /// Lengthens the log's file by zeros where the next commits would lengthen it.
    ///
    /// What a commit writes into blocks that a file has, its `fdatasync` makes durable by itself; a file that grew has its
    /// new length written too, which takes as long again (decision 29). SQLite reads a log up to the first frame that is
    /// none. Where there is no space, nothing is taken: a commit may need what is left.
    ///
    /// - Throws: an error of SQLite, such as that of a lock.
    func makeRoom(on connection: Database) throws {
        let used = pageCount.load(ordering: .relaxed)
        guard used >= Self.leastPageCount, used + Self.roomPageCount / 4 > roomEnd.load(ordering: .relaxed) else {
            return
        }
        roomEnd.store(used + Self.roomPageCount, ordering: .relaxed)
        // No other process may add frames where the zeros go.
        try connection.inTransaction(.immediate) {
            Self.lengthenLog(toPageCount: used + Self.roomPageCount, on: connection)
            return .rollback
        }
    }

    private static func lengthenLog(toPageCount pageCount: Int32, on connection: Database) {
        var file: UnsafeMutablePointer<sqlite3_file>?
        guard
            sqlite3_file_control(connection.sqliteConnection, nil, SQLITE_FCNTL_JOURNAL_POINTER, &file) == SQLITE_OK,
            let file, let calls = file.pointee.pMethods?.pointee
        else { return }
        // Pages of 4 KiB, each with its frame's head.
        let end = Int64(pageCount) * 4_120
        let zeros = [UInt8](repeating: 0, count: 65_536)
        var size: Int64 = 0
        guard calls.xFileSize(file, &size) == SQLITE_OK else { return }
        var offset = size
        while offset < end {
            let byteCount = Int32(min(Int64(zeros.count), end - offset))
            guard calls.xWrite(file, zeros, byteCount, offset) == SQLITE_OK else {
                _ = calls.xTruncate(file, size)
                return
            }
            offset += Int64(byteCount)
        }
    }
}
