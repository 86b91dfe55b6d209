internal import Foundation

/// Files that are replaced as a whole: whoever reads finds all of the old content or all of the new.
package enum AtomicFile {
    /// Writes beside the file, makes that durable, and renames it over the file. What is there and is no plain file, such
    /// as a device or a pipe, is written to as it is.
    ///
    /// - Throws: ``RegistryError/unwritable(path:errno:)``; the file is then as it was.
    package static func write(_ bytes: [UInt8], to path: String) throws(RegistryError) {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            let descriptor = open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw .unwritable(path: path, errno: errno) }
            defer { close(descriptor) }
            return try append(bytes, to: descriptor, path: path)
        }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
        let draft = "\(folder).dither-\(getpid())-\(UInt32.random(in: 0 ... .max)).tmp"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .unwritable(path: path, errno: errno) }
        do throws(RegistryError) {
            defer { close(descriptor) }
            try append(bytes, to: descriptor, path: path)
            guard fsync(descriptor) == 0 else { throw .unwritable(path: path, errno: errno) }
            guard rename(draft, path) == 0 else { throw .unwritable(path: path, errno: errno) }
        } catch {
            unlink(draft)
            throw error
        }
        syncFolder(folder)
    }

    static func append(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(RegistryError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw .unwritable(path: path, errno: errno)
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Makes the new name durable. Some file systems cannot; the content is whole either way.
    private static func syncFolder(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
