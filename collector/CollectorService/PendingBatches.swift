/// The batches that wait for the next commit, each with whom to tell.
struct PendingBatches {
    typealias Waiter = CheckedContinuation<Result<[Rejection], StoreError>, Never>

    /// More than this many batches do not wait.
    static let countLimit = 10_000
    /// Nor more payloads and rejections than this, in bytes.
    static let byteLimit = 64 << 20

    private(set) var batches: [AdmittedBatch] = []
    private(set) var waiters: [Waiter] = []
    private var byteCount = 0
    private var isCommitScheduled = false
    private var isClosed = false

    enum Admission {
        case refused(StoreError)
        /// The batch waits; whoever gets `true` schedules a commit.
        case waiting(needsCommit: Bool)
    }

    mutating func add(_ batch: AdmittedBatch, _ waiter: Waiter) -> Admission {
        guard !isClosed else { return .refused(.closed) }
        let batchByteCount = batch.waitingByteCount
        guard batches.count < Self.countLimit, byteCount + batchByteCount <= Self.byteLimit else {
            return .refused(.overloaded)
        }
        batches.append(batch)
        waiters.append(waiter)
        byteCount += batchByteCount
        defer { isCommitScheduled = true }
        return .waiting(needsCommit: !isCommitScheduled)
    }

    /// Everything that waits, for the commit that starts.
    mutating func takeAll() -> (batches: [AdmittedBatch], waiters: [Waiter]) {
        defer { (batches, waiters, byteCount) = ([], [], 0) }
        return (batches, waiters)
    }

    /// Ends a commit; whoever gets `true` schedules the next.
    mutating func finishCommit() -> Bool {
        isCommitScheduled = !batches.isEmpty
        return isCommitScheduled
    }

    /// Lets no more in. What waits is committed by the commit that is scheduled for it.
    mutating func close() { isClosed = true }
}
