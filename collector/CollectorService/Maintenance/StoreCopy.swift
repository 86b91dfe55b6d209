internal import Foundation
internal import GRDB
internal import Glibc

/// A store copied page by page, checked and synchronised, under a name that is not its own yet.
struct StoreCopy {
    /// How many pages are copied between two words of progress: 4 MiB.
    private static let pagesPerStep: CInt = 1_024

    /// Where the copy is.
    let path: String

    /// Copies a store as it is at one moment, whatever a running collector adds meanwhile; its log grows as long as the
    /// copying lasts.
    ///
    /// The copy is one file without a log, readable for its owner alone: for the owner of what it replaces, if root copies.
    ///
    /// - Parameter target: where the copy goes once it is made.
    /// - Throws: ``StoreError``, or ``StoreMaintenanceError/unsound(path:_:)`` when what was copied is damaged. Nothing is
    ///   left behind then.
    init(
        of source: StoreLocation, to path: String, replacing target: StoreLocation,
        progress: @escaping (_ done: Int, _ total: Int) -> Void
    ) throws(StoreMaintenanceError) {
        self.path = path
        do throws(StoreError) {
            let (database, _) = try StoreReading.open(source)
            try Self.makeEmpty(path, inPlaceOf: target.resolvedPath)
            try Self.copy(database, to: path, progress: progress)
            let findings = try StoreVerification.run(path: path).findings
            guard findings.isEmpty else {
                throw StoreError.damaged(resultCode: ResultCode.SQLITE_CORRUPT.rawValue)
            }
            try DurableFile.synchronise(path)
        } catch {
            discard()
            throw error.isDamage ? .unsound(path: source.path) : .store(error)
        }
    }

    /// Removes what is no use.
    func discard() { for suffix in ["", "-journal", "-wal", "-shm"] { unlink(path + suffix) } }

    private static func makeEmpty(_ path: String, inPlaceOf place: String) throws(StoreError) {
        for suffix in ["", "-journal", "-wal", "-shm"] { unlink(path + suffix) }
        try PrivateFile.make(path, inPlaceOf: place)
    }

    private static func copy(
        _ source: DatabaseQueue, to path: String, progress: @escaping (Int, Int) -> Void
    ) throws(StoreError) {
        do {
            let copy = try DatabaseQueue(path: path, configuration: StoreFile.configuration(patienceInSeconds: 0))
            try copy.writeWithoutTransaction { connection in
                // A copy that is not finished is thrown away: it needs no journal, and one synchronisation at the end.
                try connection.execute(sql: "PRAGMA synchronous = OFF")
                try source.read { origin in
                    // The read transaction holds the snapshot, so that commits do not start the copying anew.
                    try origin.backup(to: connection, pagesPerStep: pagesPerStep) { step in
                        progress(step.totalPageCount - step.remainingPageCount, step.totalPageCount)
                    }
                }
                try connection.execute(sql: "PRAGMA journal_mode = DELETE")
            }
            try copy.close()
        } catch { throw StoreError(error) }
    }
}
