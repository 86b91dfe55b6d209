internal import Foundation

/// Files that are read whole, up to a limit.
enum InputFile {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The file's bytes.
    ///
    /// - Throws: ``RegistryError/unreadable(path:errno:)``, ``RegistryError/tooLarge(path:limit:)``.
    static func read(_ path: String, limit: Int) throws(RegistryError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: path, errno: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw .unreadable(path: path, errno: errno)
            }
            bytes += buffer.prefix(count)
            guard bytes.count <= limit else { throw .tooLarge(path: path, limit: limit) }
        }
    }
}
