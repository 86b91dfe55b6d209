internal import Glibc
internal import NIOCore

/// The file of a Unix socket that a collector listens on.
enum UnixSocket {
    /// Whether somebody answers there: a socket that a collector left behind is replaced, one in use is not.
    static func isInUse(_ path: String) -> Bool {
        guard let address = try? SocketAddress(unixDomainSocketPath: path) else { return false }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return address.withSockAddr { connect(descriptor, $0, socklen_t($1)) } == 0
    }

    /// Whether something lies there that is no socket, which is never replaced.
    static func isAnotherFile(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFSOCK
    }

    /// Lets owner and group of the socket in, and nobody else.
    static func restrict(_ path: String) { chmod(path, 0o660) }

    /// Takes the file away.
    static func remove(_ path: String) { unlink(path) }
}
