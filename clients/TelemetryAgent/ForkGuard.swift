internal import CPlatform
internal import Glibc
internal import Synchronization

/// Lets a fork find the agents of a process at rest.
///
/// Two things must not be inherited halfway. SQLite remembers per process which locks it has on a file: a child would
/// inherit the memory without the locks. And what another thread is in the midst of within Swift's runtime stays so for
/// ever: the child, which has no such thread, would wait for it. So a fork waits for the agents' transactions, finds
/// their databases closed, and then waits for the calls that are under way, which are short; those that wait for a disk,
/// a network or another process are at rest. It goes on after a second in any case.
package final class ForkGuard: Sendable {
    /// The guard of this process.
    package static let shared = ForkGuard()

    private static let longestWaitNanoseconds: UInt64 = 1_000_000_000
    private static let pauseNanoseconds = 100_000
    private static let laneCount = 8

    /// Threads count themselves in where no thread of another processor does.
    private struct Lane: ~Copyable {
        let active = Atomic<Int>(0)
        let padding: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0)
        let morePadding: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
    }

    private nonisolated(unsafe) let lanes: UnsafeMutablePointer<Lane>
    private let blockedCount = Atomic<Int>(0)
    private let isForking = Atomic<Bool>(false)

    /// The agents, by their addresses: they take themselves out before they end.
    private nonisolated(unsafe) var agents: [UInt] = []
    /// Those that a fork under way has locked.
    private nonisolated(unsafe) var halted: [UInt] = []
    // Not a Mutex: the child, which is another thread, has to give it back.
    private let isTaken = Atomic<Bool>(false)

    private init() {
        lanes = .allocate(capacity: Self.laneCount)
        for index in 0..<Self.laneCount { (lanes + index).initialize(to: Lane()) }
        pthread_atfork(
            { ForkGuard.shared.prepare() }, { ForkGuard.shared.resume() }, { ForkGuard.shared.resumeInChild() })
    }

    // MARK: Threads

    /// Counts the thread in before it works; returns what ``leave(_:)`` takes. Waits while the process forks.
    @inline(__always)
    package func enter() -> Int {
        let lane = Int(dither_current_processor()) & (Self.laneCount - 1)
        lanes[lane].active.add(1, ordering: .sequentiallyConsistent)
        if isForking.load(ordering: .sequentiallyConsistent) { enterLater(lane) }
        return lane
    }

    /// Counts the thread out.
    @inline(__always)
    package func leave(_ lane: Int) { lanes[lane].active.subtract(1, ordering: .sequentiallyConsistent) }

    private func enterLater(_ lane: Int) {
        repeat {
            leave(lane)
            while isForking.load(ordering: .sequentiallyConsistent) { Self.pause() }
            lanes[lane].active.add(1, ordering: .sequentiallyConsistent)
        } while isForking.load(ordering: .sequentiallyConsistent)
    }

    /// Runs what waits for others, so that a fork need not wait for it.
    func atRest<Result>(_ body: () -> Result) -> Result {
        blockedCount.add(1, ordering: .sequentiallyConsistent)
        let result = body()
        blockedCount.subtract(1, ordering: .sequentiallyConsistent)
        while isForking.load(ordering: .sequentiallyConsistent) {
            blockedCount.add(1, ordering: .sequentiallyConsistent)
            while isForking.load(ordering: .sequentiallyConsistent) { Self.pause() }
            blockedCount.subtract(1, ordering: .sequentiallyConsistent)
        }
        return result
    }

    private static func pause() {
        var pause = timespec(tv_sec: 0, tv_nsec: pauseNanoseconds)
        nanosleep(&pause, nil)
    }

    // MARK: Agents

    func add(_ agent: Agent) { withLock { agents.append(Self.address(of: agent)) } }

    func remove(_ agent: Agent) {
        let address = Self.address(of: agent)
        withLock { agents.removeAll { $0 == address } }
    }

    private static func address(of agent: Agent) -> UInt {
        UInt(bitPattern: Unmanaged.passUnretained(agent).toOpaque())
    }

    /// Runs `body` with the agent at an address without keeping it: it may be about to end, which waits for the guard.
    private static func with<Result>(_ address: UInt, _ body: (Agent) -> Result) -> Result? {
        UnsafeRawPointer(bitPattern: address).map {
            Unmanaged<Agent>.fromOpaque($0)._withUnsafeGuaranteedRef { body($0) }
        }
    }

    private func withLock(_ body: () -> Void) {
        while isTaken.exchange(true, ordering: .acquiring) { sched_yield() }
        body()
        isTaken.store(false, ordering: .releasing)
    }

    // MARK: Forks

    private func prepare() {
        let deadline = dither_monotonic_nanoseconds() + Self.longestWaitNanoseconds
        func wait(until condition: () -> Bool) -> Bool {
            while !condition() {
                if dither_monotonic_nanoseconds() >= deadline { return false }
                Self.pause()
            }
            return true
        }
        while isTaken.exchange(true, ordering: .acquiring) { sched_yield() }
        halted = agents.filter { address in wait { Self.with(address) { $0.halt() } ?? true } }
        isForking.store(true, ordering: .sequentiallyConsistent)
        _ = wait {
            let active = (0..<Self.laneCount).reduce(0) {
                $0 + lanes[$1].active.load(ordering: .sequentiallyConsistent)
            }
            return active <= blockedCount.load(ordering: .sequentiallyConsistent)
        }
    }

    private func resume() {
        for address in halted { Self.with(address) { $0.resume() } }
        halted = []
        isForking.store(false, ordering: .sequentiallyConsistent)
        isTaken.store(false, ordering: .releasing)
    }

    /// The child has no other thread, and forgets its parent's agents, which stay locked there.
    private func resumeInChild() {
        for index in 0..<Self.laneCount { lanes[index].active.store(0, ordering: .sequentiallyConsistent) }
        blockedCount.store(0, ordering: .sequentiallyConsistent)
        (agents, halted) = ([], [])
        isForking.store(false, ordering: .sequentiallyConsistent)
        isTaken.store(false, ordering: .releasing)
    }
}
