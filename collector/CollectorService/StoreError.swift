internal import GRDB
package import PostgresClient
package import SecureRandomness
package import StoreFormat

/// Why the store cannot be opened, or cannot take a batch. Holds no report.
package enum StoreError: Error, Hashable, Sendable {
    /// Another collector writes to this store.
    case locked(path: String)
    /// A program that is no collector keeps the file locked; with SQLite's extended result code.
    case busy(resultCode: Int32)
    /// The lock file beside the store cannot be opened or locked.
    case cannotLock(path: String, errno: Int32)
    /// The file is no SQLite database, or one of another program.
    case notAStore(path: String)
    /// Another version of the store's tables, newer than this program's.
    case wrongVersion(path: String, actual: Int32, expected: Int32)
    /// An older version of the store's tables, where only the present one will do.
    case outdated(path: String, actual: Int32, expected: Int32)
    /// There is no store.
    case missing(path: String)
    /// The file is a folder, a device or another thing that holds no store.
    case notAFile(path: String)
    /// The file is empty, which a crash never leaves it.
    case emptyFile(path: String)
    /// A write-ahead log lies beside a store that is gone.
    case orphanedLog(path: String)
    /// A restoration was interrupted before the store had its name.
    case unfinishedRestoration(path: String)
    /// The file or its folder cannot be written, or something named there cannot be made.
    case notWritable(path: String, errno: Int32)
    /// The tables are not those of the version that the file names.
    case alteredTables(path: String)
    /// SQLite finds the file's content damaged, with its extended result code; or a row is none that a collector
    /// writes.
    case damaged(resultCode: Int32)
    /// The store holds reports of the same metric and version under another definition.
    case definitionConflict(metric: UInt32, version: UInt32)
    /// The disk is full.
    case diskFull
    /// The disk refused to synchronise, with SQLite's extended result code: nobody knows what of the last writes is on
    /// it. Nothing is acknowledged any more, and a new process reads the log afresh.
    case syncFailed(resultCode: Int32)
    /// Reading or writing failed, or SQLite refused; with its extended result code.
    case sqlite(resultCode: Int32)
    /// The write-ahead log or full synchronisation is not to be had on this file system.
    case notDurable(journalMode: String, synchronous: Int)
    /// The server of a database has this setting off, and would lose commits in a crash.
    case unsafeDatabase(setting: String)
    /// The database cannot be reached, or refuses.
    case postgres(PostgresError)
    /// There was no randomness for keys and order.
    case noRandomness(RandomnessError)
    /// Staged payloads of one group do not make a chunk.
    case unsealable(ChunkError)
    /// More batches are waiting than the store takes.
    case overloaded
    /// The store is closed.
    case closed

    /// A row that no collector writes.
    static let malformedRow = StoreError.damaged(resultCode: ResultCode.SQLITE_CORRUPT.rawValue)

    /// The error that SQLite or sealing threw.
    init(_ error: any Error) {
        switch error {
        case let error as StoreError: self = error
        case let error as PostgresError: self = error.isDiskFull ? .diskFull : .postgres(error)
        case let error as RandomnessError: self = .noRandomness(error)
        case let error as ChunkError: self = .unsealable(error)
        case let error as DatabaseError:
            let code = error.extendedResultCode.rawValue
            switch error.resultCode {
            case _ where Self.syncCodes.contains(error.extendedResultCode): self = .syncFailed(resultCode: code)
            case .SQLITE_FULL: self = .diskFull
            case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: self = .busy(resultCode: code)
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(resultCode: code)
            default: self = .sqlite(resultCode: code)
            }
        // A value of another type or range than the column's.
        case is RowDecodingError: self = .malformedRow
        default: self = .sqlite(resultCode: ResultCode.SQLITE_ERROR.rawValue)
        }
    }

    /// A failed write is none of these: its transaction is rolled back, the next one writes the same places again, and
    /// what was acknowledged is where it was.
    private static let syncCodes: [ResultCode] = [.SQLITE_IOERR_FSYNC, .SQLITE_IOERR_DIR_FSYNC]

    /// Whether the process must end, since the state of the disk is unknown.
    package var isFatal: Bool { if case .syncFailed = self { true } else { false } }
}

extension StoreError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .locked(let path):
            "--store \(path) is in use by another collector; stop that one, or give this one a store of its own"
        case .busy(let code):
            "another program keeps the store locked (SQLite result \(code)); end it, for example an open sqlite3 shell "
                + "or a backup, and try again"
        case .cannotLock(let path, let errno):
            "the lock file \(path) cannot be locked (\(CollectorError.words(forErrno: errno))); its folder must "
                + "exist and be writable"
        case .notAStore(let path):
            "\(path) is not a dither store; name one that a collector made, or a new file to begin one"
        case .wrongVersion(let path, let actual, let expected):
            "--store \(path) has version \(actual), and this collector writes version \(expected); "
                + "use the collector of that version or a new file"
        case .outdated(let path, let actual, let expected):
            "--store \(path) has version \(actual), and this takes version \(expected); "
                + "raise it with: dither-collector migrate --store \(path)"
        case .missing(let path): "there is no store \(path); name one that a collector made"
        case .notAFile(let path): "\(path) is no file, so no store; name a file"
        case .emptyFile(let path):
            "--store \(path) is empty, which no crash leaves it; restore it from a backup, or remove the file to begin "
                + "a new store"
        case .orphanedLog(let path):
            "--store \(path) is gone, and its log \(path)-wal is still there; bring the file back or restore it from a "
                + "backup, or remove the log to begin a new store"
        case .unfinishedRestoration(let path):
            "the restoration of --store \(path) was interrupted; run dither-collector restore again, or remove "
                + "\(path).restoring to begin a new store"
        case .notWritable(let path, let errno):
            "\(path) cannot be written (\(CollectorError.words(forErrno: errno))); give the collector's user the right, "
                + "on a file system that is mounted for writing"
        case .alteredTables(let path):
            "--store \(path) does not have the tables of its version; restore it from a backup, or use a new file"
        case .damaged(let code):
            "the store is damaged (SQLite result \(code)); restore it from a backup, or use a new file"
        case .definitionConflict(let metric, let version):
            "the store holds reports of metric \(metric), version \(version), under another definition; "
                + "raise the metric's version in the registry and compile it again"
        case .syncFailed(let code):
            "the disk failed to synchronise (SQLite result \(code)), so nobody knows what is on it; nothing more is "
                + "acknowledged and the collector ends; check the disk and start the collector again"
        case .diskFull: "the disk is full; make space on the store's file system"
        case .sqlite(let code): "the store cannot be read or written (SQLite result \(code))"
        case .notDurable(let journalMode, let synchronous):
            "the store's file system does not allow durable commits (journal mode \(journalMode), "
                + "synchronous \(synchronous)); use a local file system"
        case .unsafeDatabase(let setting):
            "the database's server loses commits in a crash (\(setting) is off); set \(setting) = on"
        case .postgres(let error): error.description
        case .noRandomness(let error): "the system gives no randomness (\(error))"
        case .unsealable(let error): "staged reports cannot be sealed (\(error))"
        case .overloaded: "more batches are waiting than the store takes"
        case .closed: "the store is closed"
        }
    }
}
