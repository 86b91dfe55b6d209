internal import Glibc

/// The right to be the only collector of a store, held by an advisory lock on the file `<store>.lock`
/// beside the file that the store's name leads to.
///
/// The lock is on a file of its own because SQLite keeps its locks on the store, and closing any other descriptor of
/// the store would drop them; so readers read while a collector writes. The file stays: removing it would let two
/// collectors lock two files of one name. One that root makes belongs to the store's owner.
final class StoreLock: Sendable {
    private let descriptor: Int32
    private let path: String

    /// Takes the lock.
    ///
    /// - Throws: ``StoreError/locked(path:)``, ``StoreError/cannotLock(path:errno:)``.
    init(_ location: StoreLocation) throws(StoreError) {
        path = location.resolvedPath + ".lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        // From here on `deinit` runs even when this throws: closing here too would close what another thread opened meanwhile.
        guard descriptor >= 0 else { throw .cannotLock(path: path, errno: errno) }
        try PrivateFile.handOver(descriptor, path: path, toOwnerOf: location.resolvedPath)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            guard code != EINTR else { continue }
            throw code == EWOULDBLOCK ? .locked(path: location.path) : .cannotLock(path: path, errno: code)
        }
    }

    deinit { close(descriptor) }

    /// Writes as much as a commit may, synchronises it, and takes it back: beside the store, whose log would count how often
    /// it was asked, and so tell when each batch came.
    ///
    /// - Throws: ``StoreError/diskFull``, ``StoreError/notWritable(path:errno:)``, ``StoreError/syncFailed(resultCode:)``.
    func tryWriting() throws(StoreError) {
        let zeros = [UInt8](repeating: 0, count: 1 << 18)
        defer { ftruncate(descriptor, 0) }
        var written = 0
        while written < zeros.count {
            let count = zeros[written...].withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, off_t(written))
            }
            guard count > 0 || errno == EINTR else {
                throw errno == ENOSPC || errno == EDQUOT ? .diskFull : .notWritable(path: path, errno: errno)
            }
            written += max(0, count)
        }
        guard fdatasync(descriptor) == 0 else { throw .syncFailed(resultCode: LogRewriter.syncFailureCode) }
    }
}
