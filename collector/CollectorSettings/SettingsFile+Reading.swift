internal import Glibc

extension SettingsFile {
    /// Reads a file, and not many more bytes than it may have.
    ///
    /// - Throws: ``SettingsError``.
    package init(reading path: String) throws(SettingsError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SettingsError([.fileUnreadable(path: path)]) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 16_384)
        while bytes.count <= Self.byteLimit {
            let count = read(descriptor, &part, part.count)
            guard count >= 0 else { throw SettingsError([.fileUnreadable(path: path)]) }
            guard count > 0 else { break }
            bytes += part[..<count]
        }
        try self.init(bytes, path: path)
    }
}
