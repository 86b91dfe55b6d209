internal import CPlatform
internal import Glibc

/// The one thread of an agent: looks once a second, and at once when somebody wants a flush.
final class BackgroundThread: @unchecked Sendable {
    // SQLite, libcurl and a TLS handshake need less than half of it.
    private static let stackByteCount = 256 << 10
    private static let interruptionNanoseconds: UInt64 = 20_000_000

    private let worker: BackgroundWorker
    private let condition: MonotonicCondition
    // All of these are touched under the condition's lock alone.
    private var thread: pthread_t?
    private var (requested, completed) = (UInt64(0), UInt64(0))
    private var lastOutcome: Result<FlushOutcome, AgentError> = .success(.done)
    private var (isStopping, isStopped) = (false, false)
    private var closingFailure: AgentError?

    init(_ worker: BackgroundWorker) throws(AgentError) {
        self.worker = worker
        condition = try MonotonicCondition()
    }

    /// Starts the thread, which keeps this object until ``stop()``.
    func start() throws(AgentError) {
        let context = Unmanaged.passRetained(self)
        var started = pthread_t()
        let code = dither_start_thread(
            &started, Self.stackByteCount, "dither",
            { context in
                guard let context else { return nil }
                Unmanaged<BackgroundThread>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        guard code == 0 else {
            context.release()
            throw .file(path: "thread", operation: "start the agent's thread", errno: code)
        }
        condition.withLock { thread = started }
    }

    /// Asks for a flush and waits for it.
    func flush(deadline milliseconds: UInt32) throws(AgentError) -> FlushOutcome {
        let deadline = MonotonicCondition.now + UInt64(milliseconds) * 1_000_000
        let outcome: Result<FlushOutcome, AgentError> = condition.withLock {
            guard !isStopping else { return .success(.closed) }
            requested += 1
            let ticket = requested
            condition.wakeAll()
            while completed < ticket {
                if isStopping { return .success(.closed) }
                if !condition.wait(until: deadline), completed < ticket {
                    return .success(isStopping ? .closed : .timedOut)
                }
            }
            return lastOutcome
        }
        return try outcome.get()
    }

    /// Ends the thread after it has taken over what was recorded, and waits for that. A second call waits for nothing.
    func stop() throws(AgentError) {
        let isFirst = condition.withLock {
            defer { isStopping = true }
            condition.wakeAll()
            return !isStopping
        }
        guard isFirst else { return }
        guard let thread = condition.withLock({ thread }) else { return }
        // An upload that began just now is broken off as well.
        while condition.withLock({ !isStopped }) {
            worker.agent.interrupt()
            condition.withLock {
                if !isStopped { _ = condition.wait(until: MonotonicCondition.now + Self.interruptionNanoseconds) }
            }
        }
        ForkGuard.shared.atRest { _ = pthread_join(thread, nil) }
        let failure = condition.withLock { closingFailure }
        if let failure { throw failure }
    }

    private func run() {
        let lane = ForkGuard.shared.enter()
        defer { ForkGuard.shared.leave(lane) }
        var nextTick = MonotonicCondition.now
        while true {
            let (ticket, isLast) = awaitWork(until: nextTick)
            if isLast { break }
            let outcome = worker.tick(flushing: ticket != nil)
            condition.withLock {
                guard let ticket else { return }
                lastOutcome = outcome ?? .success(.done)
                completed = ticket
                condition.wakeAll()
            }
            nextTick = MonotonicCondition.now + BackgroundWorker.tickNanoseconds
        }
        var failure: AgentError?
        do throws(AgentError) { try worker.finish() } catch { failure = error }
        condition.withLock {
            (closingFailure, isStopped) = (failure, true)
            condition.wakeAll()
        }
    }

    /// Waits for the next tick, for somebody who wants a flush, or for the end.
    private func awaitWork(until nextTick: UInt64) -> (ticket: UInt64?, isLast: Bool) {
        condition.withLock {
            while true {
                if isStopping { return (nil, true) }
                if requested > completed { return (requested, false) }
                if !condition.wait(until: nextTick) { return (requested > completed ? requested : nil, isStopping) }
            }
        }
    }
}
