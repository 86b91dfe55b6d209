internal import GRDB
internal import GRDBSQLite
internal import Glibc
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

    /// Less space than this is left to others: 8 MiB.
    static let leastFreeByteCount: UInt64 = 8 << 20

    /// How many pages the log had after the last commit.
    private let pageCount = Atomic<Int32>(0)
    /// How many pages it can have before its file grows, as far as this process knows.
    private let roomEnd = Atomic<Int32>(0)

    /// Has SQLite tell the log's length after each commit. For a connection that is closed before this object goes.
    func watch(_ connection: Database) {
        sqlite3_wal_hook(
            connection.sqliteConnection,
            { context, _, _, pageCount in
                guard let context else { return SQLITE_OK }
                let keeper = Unmanaged<LogKeeper>.fromOpaque(context).takeUnretainedValue()
                // A log that was begun anew may have been cut, by whichever program.
                if pageCount < keeper.pageCount.exchange(pageCount, ordering: .relaxed) {
                    keeper.roomEnd.store(0, ordering: .relaxed)
                }
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

    /// Whether the log is long enough for room, is not about to begin anew, and has little room left.
    var needsRoom: Bool {
        let used = pageCount.load(ordering: .relaxed)
        return (Self.leastPageCount..<Self.pageLimit).contains(used)
            && used + Self.roomPageCount / 4 > roomEnd.load(ordering: .relaxed)
    }

    /// Lengthens the log's file by zeros where the next commits would lengthen it.
    ///
    /// What a commit writes into blocks that a file has, its `fdatasync` makes durable by itself; a file that grew has its
    /// new length written too, which takes as long again (decision 29). SQLite reads a log up to the first frame that is
    /// none.
    ///
    /// - Throws: an error of SQLite, such as that of a lock that another program has; then nothing was written.
    func makeRoom(on connection: Database) throws {
        // No other program may add frames where the zeros go.
        try connection.inTransaction(.immediate) {
            let end = pageCount.load(ordering: .relaxed) + Self.roomPageCount
            roomEnd.store(end, ordering: .relaxed)
            if Self.hasSpace(connection) { Self.lengthenLog(toPageCount: end, on: connection) }
            return .rollback
        }
    }

    private static func hasSpace(_ connection: Database) -> Bool {
        var status = statvfs()
        guard let path = sqlite3_db_filename(connection.sqliteConnection, nil), statvfs(path, &status) == 0 else {
            return false
        }
        // Divided, since a file system may claim more than a product of these can be.
        return UInt64(status.f_bavail) >= leastFreeByteCount / UInt64(max(1, status.f_frsize))
    }

    /// Zeros that cannot be written are no error: the commit that needs the place meets the same and tells of it.
    private static func lengthenLog(toPageCount pageCount: Int32, on connection: Database) {
        var file: UnsafeMutablePointer<sqlite3_file>?
        var size: Int64 = 0
        guard
            sqlite3_file_control(connection.sqliteConnection, nil, SQLITE_FCNTL_JOURNAL_POINTER, &file) == SQLITE_OK,
            let file, let calls = file.pointee.pMethods?.pointee, calls.xFileSize(file, &size) == SQLITE_OK
        else { return }
        // Pages of 4 KiB, each with its frame's head.
        let end = Int64(pageCount) * 4_120
        let zeros = [UInt8](repeating: 0, count: 65_536)
        while size < end {
            let byteCount = Int32(min(Int64(zeros.count), end - size))
            guard calls.xWrite(file, zeros, byteCount, size) == SQLITE_OK else { return }
            size += Int64(byteCount)
        }
    }
}
