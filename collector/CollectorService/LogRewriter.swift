internal import GRDB
internal import Glibc

/// Writes the log that an earlier process left once more, byte for byte, and synchronises it.
///
/// After a failed synchronisation the kernel takes its copy of the pages for clean, although the disk may never have had
/// them. A collector that starts then reads the copy, finds a batch that was never acknowledged, and would answer its
/// repetition without a write. What is written again is dirty again, and the disk either takes it or fails once more.
enum LogRewriter {
    /// SQLITE_IOERR_FSYNC, for synchronisations that SQLite has no part in.
    static let syncFailureCode = ResultCode.SQLITE_IOERR_FSYNC.rawValue

    private static let blockByteCount = 1 << 20

    /// Rewrites the log of an open store. No other process adds to it meanwhile.
    ///
    /// - Throws: ``StoreError``, or an error of SQLite.
    static func rewrite(_ connection: Database, logPath: String) throws {
        // Recovers the log, and keeps other writers out of it.
        try connection.inTransaction(.immediate) {
            try rewrite(logPath)
            return .rollback
        }
    }

    private static func rewrite(_ path: String) throws(StoreError) {
        // SQLite's locks are on other files, so closing this descriptor drops none.
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno == ENOENT else { throw .notWritable(path: path, errno: errno) }
            return
        }
        defer { close(descriptor) }
        var block = [UInt8](repeating: 0, count: blockByteCount), offset = 0
        while true {
            let count = pread(descriptor, &block, block.count, offset)
            guard count != 0 else { break }
            guard count > 0, pwrite(descriptor, block, count, offset) == count else {
                throw .notWritable(path: path, errno: errno)
            }
            offset += count
        }
        guard offset == 0 || fdatasync(descriptor) == 0 else { throw .syncFailed(resultCode: syncFailureCode) }
    }
}
