internal import Foundation

/// A file that was not there before. It is removed again unless it is kept, so that what fails leaves nothing behind.
final class NewFile {
    private let path: String
    private let descriptor: Int32
    private var isKept = false

    /// Takes a file that was just made, so that no initializer fails: one that does runs `deinit`, which would remove
    /// somebody's file.
    private init(path: String, descriptor: Int32) { (self.path, self.descriptor) = (path, descriptor) }

    /// Makes the file, empty.
    ///
    /// - Throws: ``SigningError/exists(path:)``, whatever is there, or ``SigningError/file(_:)``.
    static func make(_ path: String, mode: mode_t) throws(SigningError) -> NewFile {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard descriptor >= 0 else {
            throw errno == EEXIST ? .exists(path: path) : .file(.unwritable(path: path, errno: errno))
        }
        return NewFile(path: path, descriptor: descriptor)
    }

    deinit {
        if !isKept { unlink(path) }
        close(descriptor)
    }

    /// Writes the content durably.
    ///
    /// - Throws: ``SigningError/file(_:)``.
    func write(_ text: String) throws(SigningError) {
        do throws(RegistryError) {
            try AtomicFile.append(Array(text.utf8), to: descriptor, path: path)
            guard fsync(descriptor) == 0 else { throw .unwritable(path: path, errno: errno) }
        } catch { throw .file(error) }
    }

    /// Whether another path leads to this very file.
    func isAlso(_ other: String) -> Bool { FileIdentity.isOne(path, other) }

    func keep() { isKept = true }
}
