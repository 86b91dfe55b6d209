internal import Foundation
internal import GRDB
internal import Glibc
internal import StoreFormat

/// What lies at a store's place before it is opened, and making a store where there is none.
///
/// For whoever holds the ``StoreLock``.
enum StoreFolder {
    /// Sees that there is a file that can be written and may be a store; makes one if there is nothing at all.
    ///
    /// A store is made under another name and gets its own when it is whole. So an empty file, or a log without its
    /// file, was a store once, and no new one takes its place unasked.
    ///
    /// - Throws: ``StoreError``, or an error of SQLite.
    static func prepare(_ location: StoreLocation) throws {
        let path = location.resolvedPath
        let folder = (path as NSString).deletingLastPathComponent
        guard faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0 else {
            throw StoreError.notWritable(path: folder, errno: errno)
        }
        guard let byteCount = try self.byteCount(of: location) else {
            guard try self.byteCount(ofFile: path + "-wal") ?? 0 == 0 else {
                throw StoreError.orphanedLog(path: location.path)
            }
            guard access(path + ".restoring", F_OK) != 0 else {
                throw StoreError.unfinishedRestoration(path: location.path)
            }
            // A link that leads nowhere must not be replaced by a store.
            var status = stat()
            guard lstat(path, &status) != 0 else { throw StoreError.notWritable(path: location.path, errno: ENOENT) }
            return try make(at: path, in: folder)
        }
        guard byteCount > 0 else { throw StoreError.emptyFile(path: location.path) }
        guard faccessat(AT_FDCWD, path, R_OK | W_OK, AT_EACCESS) == 0 else {
            throw StoreError.notWritable(path: location.path, errno: errno)
        }
        try checkLastPage(path, byteCount: byteCount)
    }

    /// Refuses a file that ends within a page and has no log to mend it from. SQLite itself takes no notice before it
    /// reads that page.
    ///
    /// - Throws: ``StoreError/damaged(resultCode:)``.
    private static func checkLastPage(_ path: String, byteCount: Int) throws(StoreError) {
        guard try self.byteCount(ofFile: path + "-wal") ?? 0 == 0 else { return }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .notWritable(path: path, errno: errno) }
        defer { close(descriptor) }
        // The size of a page is at byte 16, big-endian; 1 stands for 65,536. Whatever is no database, SQLite refuses.
        var header = [UInt8](repeating: 0, count: 18)
        guard pread(descriptor, &header, header.count, 0) == header.count, header.starts(with: "SQLite format 3\0".utf8)
        else { return }
        let stated = Int(header[16]) << 8 | Int(header[17])
        let pageByteCount = stated == 1 ? 65_536 : stated
        guard pageByteCount.nonzeroBitCount == 1, !byteCount.isMultiple(of: pageByteCount) else { return }
        throw .malformedRow
    }

    /// The length of the store's file; `nil` if there is none.
    ///
    /// - Throws: ``StoreError/notAFile(path:)`` for a folder and the like, ``StoreError/notWritable(path:errno:)``.
    static func byteCount(of location: StoreLocation) throws(StoreError) -> Int? {
        var status = stat()
        guard stat(location.resolvedPath, &status) == 0 else {
            guard errno == ENOENT else { throw .notWritable(path: location.path, errno: errno) }
            return nil
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: location.path) }
        return Int(status.st_size)
    }

    private static func byteCount(ofFile path: String) throws(StoreError) -> Int? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Int(status.st_size)
    }

    /// Makes a store, durably: the file is synchronised before it gets its name, and the folder after.
    /// It is readable for its owner alone, and its logs are as it is.
    private static func make(at path: String, in folder: String) throws {
        let unnamed = path + ".new"
        for suffix in ["", "-journal"] { unlink(unnamed + suffix) }
        try PrivateFile.make(unnamed, inPlaceOf: path)
        let database = try DatabaseQueue(path: unnamed, configuration: StoreFile.configuration(patienceInSeconds: 0))
        try database.inDatabase { connection in
            try connection.execute(sql: "PRAGMA synchronous = FULL")
            // Free pages can be given back to the file system; it has to be said before there is a table.
            try connection.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            try connection.inTransaction(.exclusive) {
                for statement in StoreSchema.statements(of: StoreSchema.version) {
                    try connection.execute(sql: statement)
                }
                try connection.execute(sql: "PRAGMA user_version = \(StoreSchema.version)")
                try connection.execute(sql: "PRAGMA application_id = \(StoreSchema.applicationIdentifier)")
                return .commit
            }
        }
        try database.close()
        try DurableFile.rename(unnamed, to: path)
    }
}
