internal import CPlatform
internal import Glibc
internal import Synchronization

/// Keeps open databases from being inherited by the child of a fork.
///
/// SQLite remembers per process which locks it has on a file. A child would inherit the memory without the locks: it
/// would wait for ever for a transaction of its parent's, or not at all. So a fork waits for the agents' transactions
/// and finds their databases closed; the parent opens them again when it needs them. An agent that is in the midst of
/// waiting for another process is not waited for longer than a second.
final class ForkGuard: Sendable {
    static let shared = ForkGuard()

    private static let longestWaitNanoseconds: UInt64 = 1_000_000_000
    private static let pauseNanoseconds = 200_000

    /// The agents, by their addresses: they take themselves out before they end.
    private nonisolated(unsafe) var agents: [UInt] = []
    /// Those that a fork under way has locked.
    private nonisolated(unsafe) var halted: [UInt] = []
    // Not a Mutex: the child, which is another thread, has to give it back.
    private let isTaken = Atomic<Bool>(false)

    private init() {
        pthread_atfork(
            { ForkGuard.shared.prepare() }, { ForkGuard.shared.resume() }, { ForkGuard.shared.resumeInChild() })
    }

    func add(_ agent: Agent) { withLock { agents.append(Self.address(of: agent)) } }

    func remove(_ agent: Agent) {
        let address = Self.address(of: agent)
        withLock { agents.removeAll { $0 == address } }
    }

    private static func address(of agent: Agent) -> UInt {
        UInt(bitPattern: Unmanaged.passUnretained(agent).toOpaque())
    }

    private static func agent(at address: UInt) -> Agent? {
        UnsafeRawPointer(bitPattern: address).map { Unmanaged<Agent>.fromOpaque($0).takeUnretainedValue() }
    }

    private func withLock(_ body: () -> Void) {
        while isTaken.exchange(true, ordering: .acquiring) { sched_yield() }
        body()
        isTaken.store(false, ordering: .releasing)
    }

    private func prepare() {
        while isTaken.exchange(true, ordering: .acquiring) { sched_yield() }
        let deadline = dither_monotonic_nanoseconds() + Self.longestWaitNanoseconds
        halted = agents.filter { address in
            guard let agent = Self.agent(at: address) else { return false }
            while !agent.halt() {
                if dither_monotonic_nanoseconds() >= deadline { return false }
                var pause = timespec(tv_sec: 0, tv_nsec: Self.pauseNanoseconds)
                nanosleep(&pause, nil)
            }
            return true
        }
    }

    private func resume() {
        for address in halted { Self.agent(at: address)?.resume() }
        halted = []
        isTaken.store(false, ordering: .releasing)
    }

    /// The child forgets its parent's agents, which stay locked there.
    private func resumeInChild() {
        (agents, halted) = ([], [])
        isTaken.store(false, ordering: .releasing)
    }
}
