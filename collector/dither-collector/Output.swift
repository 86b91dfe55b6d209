internal import CollectorService
internal import Glibc

/// Results, on standard output: written whole, or told to be lost.
enum Output {
    /// Has descriptors 0 to 2 be nothing where they are closed, so that no file that is opened becomes one of them.
    static func reserveDescriptors() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // The wrong way round: what is read or written there fails, as it would if it were closed.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// Writes a result.
    ///
    /// - Throws: ``CollectorError/outputFailed(errno:)``.
    static func write(_ text: String) throws(CollectorError) {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { throw .outputFailed(errno: errno) }
            written += max(0, count)
        }
    }
}
