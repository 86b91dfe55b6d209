internal import Glibc

/// A lock that still works in the child of a fork.
///
/// The standard library's `Mutex` remembers the identity of its thread, which is another in the child: contended there,
/// it traps.
final class Lock: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    init() {
        mutex = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func lock() {
        if !tryLock() { ForkGuard.shared.atRest { _ = pthread_mutex_lock(mutex) } }
    }

    func unlock() { pthread_mutex_unlock(mutex) }

    /// Takes the lock if nobody has it.
    func tryLock() -> Bool { pthread_mutex_trylock(mutex) == 0 }
}

/// A value that one thread at a time reads or changes, for as long as that takes and no longer.
final class Guarded<Value>: @unchecked Sendable {
    private let access = Lock()
    private var value: Value

    init(_ value: Value) { self.value = value }

    func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
        access.lock()
        defer { access.unlock() }
        return body(&value)
    }
}
