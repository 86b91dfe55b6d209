internal import Glibc

/// How many files and sockets the process may have open.
enum DescriptorLimit {
    /// What the collector needs besides connections: store, log, listeners, standard streams, readers of settings.
    private static let reserve = 128

    /// Raises the limit as far as it goes without rights.
    ///
    /// - Returns: for how many connections it leaves room.
    static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return Int.max }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return max(1, Int(clamping: limit.rlim_cur) - reserve)
    }
}
