internal import CPlatform
internal import Glibc

/// A lock and a condition whose deadlines are of the monotonic clock, which nobody sets.
final class MonotonicCondition: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    /// - Throws: ``AgentError/file(path:operation:errno:)`` when the system has none.
    init() throws(AgentError) {
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        let code = dither_initialize_condition(condition)
        guard code == 0 else { throw .file(path: "thread", operation: "make a condition", errno: code) }
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Runs `body` alone.
    func withLock<Result>(_ body: () -> Result) -> Result {
        if pthread_mutex_trylock(mutex) != 0 { ForkGuard.shared.atRest { _ = pthread_mutex_lock(mutex) } }
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    /// Within ``withLock(_:)``: waits until ``wakeAll()`` or the deadline; returns false at the deadline.
    func wait(until nanoseconds: UInt64) -> Bool {
        // The lock that comes back with the wait is held for moments only.
        ForkGuard.shared.atRest { dither_wait_until(condition, mutex, nanoseconds) != ETIMEDOUT }
    }

    /// Within ``withLock(_:)``: wakes everybody who waits.
    func wakeAll() { pthread_cond_broadcast(condition) }

    /// The monotonic clock, in nanoseconds.
    static var now: UInt64 { dither_monotonic_nanoseconds() }
}
