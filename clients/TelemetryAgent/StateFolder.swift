internal import CPlatform
internal import Glibc
internal import ReportFormat
internal import SecureRandomness

/// A file system's name for one file.
struct FileIdentity: Hashable {
    var device, inode: UInt64
    var writtenAt: Int64
}

/// The folder that holds everything an agent keeps: mode 0700, its files 0600, all owned by the agent's user.
struct StateFolder: Sendable {
    let path: String

    /// The path of a file in the folder.
    func path(of name: String) -> String { path + "/" + name }

    /// Makes the folder, and what is missing of the way to it, and checks that it is nobody else's.
    func create() throws(AgentError) {
        var end = path.startIndex
        while end < path.endIndex {
            end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
            let ancestor = String(path[..<end])
            if mkdir(ancestor, 0o700) != 0, errno != EEXIST, errno != EISDIR {
                throw .file(path: ancestor, operation: "create folder", errno: errno)
            }
        }
        _ = try exists()
    }

    /// Tells a file from another that has taken its place; `nil` when there is none.
    ///
    /// - Parameter isImmutable: the file is written once, so that its time of writing tells too; an inode is used again.
    func identity(of name: String, isImmutable: Bool) throws(AgentError) -> FileIdentity? {
        var status = stat()
        guard lstat(path(of: name), &status) == 0 else {
            if errno == ENOENT { return nil }
            throw .file(path: path(of: name), operation: "inspect", errno: errno)
        }
        let written = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
        return FileIdentity(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), writtenAt: isImmutable ? written : 0)
    }

    /// Whether the folder exists; if so, it is the agent's alone.
    func exists() throws(AgentError) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return false }
            throw .file(path: path, operation: "inspect", errno: errno)
        }
        try Self.check(status, path: path, kind: S_IFDIR)
        return true
    }

    /// Whether the folder holds a file of this name.
    func has(_ name: String) throws(AgentError) -> Bool {
        var status = stat()
        if lstat(path(of: name), &status) == 0 { return true }
        guard errno == ENOENT else { throw .file(path: path(of: name), operation: "inspect", errno: errno) }
        return false
    }

    /// Makes an empty file of this name unless there is one, and checks that it is nobody else's.
    ///
    /// A file that is there is not opened: closing it would let go of the locks that this process's other connections
    /// to a database hold.
    func prepare(_ name: String) throws(AgentError) {
        let path = path(of: name)
        let descriptor = dither_open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
        if descriptor >= 0 { close(descriptor) }
        guard descriptor >= 0 || descriptor == -EEXIST else {
            throw .file(path: path, operation: "open", errno: -descriptor)
        }
        var status = stat()
        guard lstat(path, &status) == 0 else { throw .file(path: path, operation: "inspect", errno: errno) }
        try Self.check(status, path: path, kind: S_IFREG)
    }

    /// The content of a file, at most `limit` bytes; `nil` when there is none.
    func read(_ name: String, limit: Int) throws(AgentError) -> [UInt8]? {
        let path = path(of: name)
        let descriptor = dither_open(path, O_RDONLY, 0)
        if descriptor == -ENOENT { return nil }
        if descriptor == -ELOOP { throw .unsafePermissions(path: path, problem: .wrongKind) }
        guard descriptor >= 0 else { throw .file(path: path, operation: "open", errno: -descriptor) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .file(path: path, operation: "inspect", errno: errno) }
        try Self.check(status, path: path, kind: S_IFREG)
        var content = [UInt8](repeating: 0, count: limit + 1)
        var filled = 0
        while filled < content.count {
            let count = content.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled)
            }
            if count == 0 { break }
            guard count > 0 else {
                if errno == EINTR { continue }
                throw .file(path: path, operation: "read", errno: errno)
            }
            filled += count
        }
        return Array(content[..<filled])
    }

    /// Replaces a file at once and durably: a crash leaves the old content or the new, never a part.
    func replace(_ name: String, with content: [UInt8]) throws(AgentError) {
        let temporary = try writeTemporary(name, content)
        guard rename(temporary, path(of: name)) == 0 else {
            let code = errno
            unlink(temporary)
            throw .file(path: path(of: name), operation: "rename", errno: code)
        }
        try sync()
    }

    /// Makes a file durably unless there is one. Returns whether this call made it.
    func createExclusively(_ name: String, with content: [UInt8]) throws(AgentError) -> Bool {
        let temporary = try writeTemporary(name, content)
        let code = dither_rename_exclusive(temporary, path(of: name))
        if code != 0 { unlink(temporary) }
        // Another process has made the file, and may have cleared our part away since.
        guard code == 0 || code == -EEXIST || code == -ENOENT else {
            throw .file(path: path(of: name), operation: "rename", errno: -code)
        }
        try sync()
        return code == 0
    }

    /// Removes what a crash has left of attempts to write a file.
    func removeTemporaries(of name: String) throws(AgentError) {
        guard let listing = opendir(path) else { throw .file(path: path, operation: "list", errno: errno) }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            let found = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if found.hasPrefix(Self.temporaryPrefix(name)) { try erase(found) }
        }
    }

    private static func temporaryPrefix(_ name: String) -> String { ".\(name).new." }

    /// Overwrites a file's content and removes it, durably; a copy-on-write disk may keep the old blocks.
    func erase(_ name: String) throws(AgentError) {
        let path = path(of: name)
        let descriptor = dither_open(path, O_WRONLY, 0)
        if descriptor == -ENOENT { return }
        if descriptor >= 0 {
            var status = stat()
            if fstat(descriptor, &status) == 0, status.st_size > 0, status.st_size <= 1 << 20 {
                let zeros = [UInt8](repeating: 0, count: Int(status.st_size))
                _ = write(descriptor, zeros, zeros.count)
                fsync(descriptor)
            }
            close(descriptor)
        }
        guard unlink(path) == 0 || errno == ENOENT else {
            throw .file(path: path, operation: "remove", errno: errno)
        }
        try sync()
    }

    private func writeTemporary(_ name: String, _ content: [UInt8]) throws(AgentError) -> String {
        let suffix: [UInt8]
        do { suffix = try SystemEntropy.bytes(count: 8) } catch { throw .noRandomness(error) }
        let temporary = path(of: Self.temporaryPrefix(name) + hexadecimal(suffix))
        let descriptor = dither_open(temporary, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard descriptor >= 0 else { throw .file(path: temporary, operation: "create", errno: -descriptor) }
        defer { close(descriptor) }
        var written = 0
        while written < content.count {
            let count = content.withUnsafeBytes { buffer in
                write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let code = errno
                unlink(temporary)
                throw .file(path: temporary, operation: "write", errno: code)
            }
            written += count
        }
        guard fsync(descriptor) == 0 else {
            let code = errno
            unlink(temporary)
            throw .file(path: temporary, operation: "sync", errno: code)
        }
        return temporary
    }

    private func sync() throws(AgentError) {
        let descriptor = dither_open(path, O_RDONLY | O_DIRECTORY, 0)
        guard descriptor >= 0 else { throw .file(path: path, operation: "open", errno: -descriptor) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .file(path: path, operation: "sync", errno: errno) }
    }

    private static func check(_ status: stat, path: String, kind: mode_t) throws(AgentError) {
        guard status.st_mode & S_IFMT == kind else { throw .unsafePermissions(path: path, problem: .wrongKind) }
        guard status.st_uid == geteuid() else { throw .unsafePermissions(path: path, problem: .foreignOwner) }
        guard status.st_mode & 0o077 == 0 else {
            throw .unsafePermissions(path: path, problem: .openToOthers(mode: UInt32(status.st_mode & 0o777)))
        }
    }
}
