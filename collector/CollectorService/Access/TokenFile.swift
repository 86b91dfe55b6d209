internal import Foundation
internal import Glibc

/// The file of a collector's tokens.
package struct TokenFile: Sendable {
    /// More bytes than this are none of ours.
    private static let byteLimit = 1 << 20

    package let path: String

    package init(_ path: String) { self.path = path }

    /// The tokens in the file.
    ///
    /// - Throws: ``CollectorError/tokensUnreadable(path:)``, ``CollectorError/tokensInvalid(path:_:)``.
    package func read() throws(CollectorError) -> TokenList {
        guard let file = FileHandle(forReadingAtPath: path) else { throw .tokensUnreadable(path: path) }
        defer { try? file.close() }
        guard let content = try? file.read(upToCount: Self.byteLimit + 1) ?? Data(), content.count <= Self.byteLimit
        else { throw .tokensUnreadable(path: path) }
        do { return try TokenList(String(decoding: content, as: UTF8.self)) } catch {
            throw .tokensInvalid(path: path, error)
        }
    }

    /// Changes the tokens: whoever reads meanwhile, and whatever is cut off, there is the old file or the new one. One
    /// change at a time.
    ///
    /// - Parameters:
    ///   - creating: whether there may be no file yet.
    ///   - change: makes the change.
    ///   - announce: is called once the new file is on the disk and about to get its name.
    /// - Throws: ``CollectorError``.
    package func change(
        creating: Bool, _ change: (inout TokenList) throws(CollectorError) -> Void,
        announce: () throws(CollectorError) -> Void = {}
    ) throws(CollectorError) {
        let exists = access(path, F_OK) == 0
        let draft = path + ".new"
        let mode = exists ? try permissions() : 0o600
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard descriptor >= 0 else { throw .tokensUnwritable(path: draft, errno: errno) }
        var isDone = false
        defer {
            close(descriptor)
            if !isDone { unlink(draft) }
        }
        var list = exists || !creating ? try read() : TokenList()
        try change(&list)
        let bytes = Array(list.text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw .tokensUnwritable(path: draft, errno: errno) }
            written += count
        }
        if exists { try keepGroup(of: descriptor) }
        guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0 else {
            throw .tokensUnwritable(path: draft, errno: errno)
        }
        try announce()
        guard rename(draft, path) == 0 else { throw .tokensUnwritable(path: path, errno: errno) }
        isDone = true
        synchronizeFolder()
    }

    /// Gives the new file the group of the old one, through which the collector may read it.
    private func keepGroup(of descriptor: Int32) throws(CollectorError) {
        var (old, new) = (stat(), stat())
        guard stat(path, &old) == 0, fstat(descriptor, &new) == 0 else { throw .tokensUnreadable(path: path) }
        guard old.st_gid != new.st_gid else { return }
        guard fchown(descriptor, uid_t.max, old.st_gid) == 0 else { throw .tokensUnwritable(path: path, errno: errno) }
    }

    private func permissions() throws(CollectorError) -> mode_t {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .tokensUnreadable(path: path) }
        return status.st_mode & 0o777
    }

    /// Makes the new name last. What fails here leaves the old file after a loss of power, and nothing else.
    private func synchronizeFolder() {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
