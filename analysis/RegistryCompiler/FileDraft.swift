internal import Foundation

/// A file under construction beside the one that it will replace; removed again unless it is committed. Of what is no plain
/// file, such as a device or a pipe, there is no draft: it is written to as it is.
package final class FileDraft {
    /// Where the draft is, for what writes files by name, such as SQLite; `nil` where there is none.
    package let path: String?
    private let target: String
    private let descriptor: Int32
    private var isCommitted = false

    /// Makes an empty draft.
    ///
    /// - Parameter path: `-` is standard output, as other tools have it.
    /// - Throws: ``RegistryError/unwritable(path:errno:)``.
    package static func make(replacing path: String) throws(RegistryError) -> FileDraft {
        if path == "-" { return try holding(dup(STDOUT_FILENO), "standard output", nil) }
        let target = followed(path)
        var status = stat()
        if stat(target, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            return try opened(target, nil, O_WRONLY)
        }
        let mode = stat(target, &status) == 0 ? status.st_mode & 0o777 : nil
        let path = "\(folder(of: target)).dither-\(getpid())-\(UInt32.random(in: 0 ... .max)).tmp"
        let draft = try opened(target, path, O_WRONLY | O_CREAT | O_EXCL)
        // Whom the file that is replaced was closed to, the new one is.
        if let mode { fchmod(draft.descriptor, mode) }
        return draft
    }

    /// What a link leads to, so that the link stays.
    private static func followed(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func opened(
        _ target: String, _ draft: String?, _ flags: Int32
    ) throws(RegistryError) -> FileDraft {
        try holding(open(draft ?? target, flags | O_CLOEXEC, 0o666), target, draft)
    }

    private static func holding(
        _ descriptor: Int32, _ target: String, _ draft: String?
    ) throws(RegistryError) -> FileDraft {
        guard descriptor >= 0 else { throw .unwritable(path: target, errno: errno) }
        return FileDraft(path: draft, target: target, descriptor: descriptor)
    }

    /// Takes a file that was just made: an initializer that fails would run `deinit`.
    private init(path: String?, target: String, descriptor: Int32) {
        (self.path, self.target, self.descriptor) = (path, target, descriptor)
    }

    deinit {
        if let path, !isCommitted { unlink(path) }
        close(descriptor)
    }

    /// Adds bytes at the end.
    ///
    /// - Throws: ``RegistryError/unwritable(path:errno:)``.
    package func append(_ bytes: [UInt8]) throws(RegistryError) {
        try AtomicFile.append(bytes, to: descriptor, path: target)
    }

    /// Makes the draft durable and renames it over the file, which is as it was if that fails.
    ///
    /// - Throws: ``RegistryError/unwritable(path:errno:)``.
    package func commit() throws(RegistryError) {
        guard let path else { return }
        guard fsync(descriptor) == 0, rename(path, target) == 0 else {
            throw .unwritable(path: target, errno: errno)
        }
        isCommitted = true
        syncFolder()
    }

    /// Makes the new name durable. Some file systems cannot; the content is whole either way.
    private func syncFolder() {
        let descriptor = open(Self.folder(of: target), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
    }
}
