internal import Foundation
internal import Glibc

/// Files that keep their content and their name over a crash of the machine.
enum DurableFile {
    /// Gives a file another name in the same folder; a file of that name is replaced.
    ///
    /// - Throws: ``StoreError/notWritable(path:errno:)``, ``StoreError/syncFailed(resultCode:)``.
    static func rename(_ path: String, to name: String) throws(StoreError) {
        try synchronise(path)
        guard Glibc.rename(path, name) == 0 else { throw .notWritable(path: name, errno: errno) }
        try synchronise((name as NSString).deletingLastPathComponent)
    }

    /// Gives a file another name in the same folder, which nothing has.
    ///
    /// - Throws: as ``rename(_:to:)``; ``StoreError/notWritable(path:errno:)`` with `EEXIST` if the name is taken.
    static func renameToNewName(_ path: String, _ name: String) throws(StoreError) {
        try synchronise(path)
        // Not a rename, which would replace what came there meanwhile.
        guard link(path, name) == 0 else { throw .notWritable(path: name, errno: errno) }
        unlink(path)
        try synchronise((name as NSString).deletingLastPathComponent)
    }

    /// Has the disk take a file's content, or a folder's names.
    ///
    /// - Throws: ``StoreError/notWritable(path:errno:)`` if it cannot be opened, ``StoreError/syncFailed(resultCode:)``.
    static func synchronise(_ path: String) throws(StoreError) {
        let descriptor = open(path.isEmpty ? "." : path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .notWritable(path: path, errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .syncFailed(resultCode: LogRewriter.syncFailureCode) }
    }
}
