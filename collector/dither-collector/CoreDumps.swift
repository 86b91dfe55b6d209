internal import Glibc

/// What a core dump of this process holds.
enum CoreDumps {
    /// Keeps memory out of core dumps, for in it lie requests, and the addresses that they came from. Registers and the
    /// list of what was mapped remain. See core(5).
    ///
    /// Where the kernel has no such filter nothing is changed: dumps are then for the service manager to forbid.
    static func leaveMemoryOut() {
        let filter = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC)
        guard filter >= 0 else { return }
        _ = write(filter, "0", 1)
        close(filter)
    }
}
