internal import Dispatch
internal import Synchronization

/// Runs 0 to `count` − 1 on all cores, and gives their results in order. Each run has its own noise, so that nothing
/// depends on which core takes it.
func parallelRuns<Outcome: Sendable>(
    _ count: Int, _ run: @Sendable (Int) throws -> Outcome
) throws -> [Outcome] {
    let outcomes = Mutex<[Result<Outcome, any Error>?]>(Array(repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: count) { index in
        let outcome = Result { try run(index) }
        outcomes.withLock { $0[index] = outcome }
    }
    return try outcomes.withLock { $0.compactMap { $0 } }.map { try $0.get() }
}
