internal import CPlatform
internal import Glibc

/// At most one exchange with a collector per state folder, over all threads and processes, and none while consent is being
/// withdrawn: an advisory lock on the folder itself, which leaves no file behind and ends with its holder.
enum TransferLock {
    /// How long a process waits for the others of one state folder.
    static let patienceMilliseconds = 5_000
    private static let pollMicroseconds: UInt32 = 5_000

    /// Runs `body` while nobody else holds the lock; `nil` if others held it for all of `milliseconds`.
    static func holding<Result>(
        _ folder: StateFolder, waitingAtMost milliseconds: Int, _ body: () throws(AgentError) -> Result
    ) throws(AgentError) -> Result? {
        let descriptor = dither_open(folder.path, O_RDONLY | O_DIRECTORY, 0)
        guard descriptor >= 0 else { throw .file(path: folder.path, operation: "open", errno: -descriptor) }
        defer { close(descriptor) }
        let end = Deadline(milliseconds: milliseconds)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            guard code == EWOULDBLOCK || code == EINTR else {
                throw .file(path: folder.path, operation: "lock", errno: code)
            }
            guard end.remainingMilliseconds > 0 else { return nil }
            ForkGuard.shared.atRest { _ = usleep(pollMicroseconds) }
        }
        // Said aloud: a child forked meanwhile shares the descriptor and would keep the lock.
        defer { flock(descriptor, LOCK_UN) }
        return try body()
    }
}
