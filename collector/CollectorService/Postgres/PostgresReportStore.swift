internal import Dispatch
package import MetricDefinitions
package import PostgresClient
package import ReportFormat
internal import Synchronization

/// A store in a PostgreSQL database, which any number of collectors may share.
///
/// Batches that arrive while a commit runs wait and share the next one. All statements are on one connection, which has
/// a queue of its own; nothing blocks a caller's thread. Which collector stores a batch makes no difference: its
/// identifier is unique in the database, and is committed with its reports.
package final class PostgresReportStore: ReportStore {
    /// How long a statement that takes no time is waited for, and the end of the store.
    private static let shortPatienceInSeconds = 5
    /// Figures are counted at most this often: they are read from all that is staged.
    static let figuresInterval = Duration.seconds(60)

    private let session: PostgresSession
    private let queue = DispatchQueue(label: "store")
    private let pending = Mutex(PendingBatches())
    private let groups = Mutex(SharedGroups())
    private let repetitions = Atomic(0)
    private let now: @Sendable () -> ContinuousClock.Instant
    /// What was counted last, on which day and when.
    private let counted = Mutex<(figures: StoreFigures, day: UTCDay, at: ContinuousClock.Instant)?>(nil)

    /// Connects to a database for the metrics of a set, and makes the store's tables if there are none.
    ///
    /// - Throws: ``StoreError``.
    package init(
        _ address: PostgresAddress, metricSet: MetricSet,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) throws(StoreError) {
        self.now = now
        session = try PostgresSession(address, metricSet: metricSet, now: now)
    }

    @discardableResult
    package func store(_ batch: AdmittedBatch) async throws(StoreError) -> [Rejection] {
        let outcome = await withCheckedContinuation { (waiter: PendingBatches.Waiter) in
            switch pending.withLock({ $0.add(batch, waiter) }) {
            case .refused(let error): waiter.resume(returning: .failure(error))
            case .waiting(let needsCommit): if needsCommit { scheduleCommit() }
            }
        }
        return try outcome.get()
    }

    package func checkWritable() async throws(StoreError) {
        try await inTime { session throws(StoreError) in
            try session.perform { connection in
                let patience = connection.setPatience(.seconds(Self.shortPatienceInSeconds))
                defer { connection.setPatience(patience) }
                _ = try connection.transaction { try connection.execute("UPDATE store SET version = version") }
            }
        }
    }

    package func answer(to identifier: BatchIdentifier) async throws(StoreError) -> [Rejection]? {
        let answers = try await perform { try PostgresStagingWriter.storedAnswers(to: [identifier], in: $0) }
        return try answers[identifier]?.get()
    }

    package func granted(on day: UTCDay) async throws(StoreError) -> [String: Int] {
        try await perform { try PostgresCounters.granted(on: day, in: $0) }
    }

    /// What the store says of itself, as it was within the last minute.
    package func figures(on today: UTCDay) async throws(StoreError) -> StoreFigures? {
        let known = counted.withLock { $0 }
        var figures: StoreFigures
        if let known, known.day == today, now() < known.at + Self.figuresInterval {
            figures = known.figures
        } else {
            figures = try await perform { try PostgresFigures.read(on: today, from: $0) }
            counted.withLock { $0 = (figures, today, now()) }
        }
        figures.repeatedBatchCount = repetitions.load(ordering: .relaxed)
        return figures
    }

    package func enter(_ metricSet: MetricSet) async throws(StoreError) {
        try await onQueue { session throws(StoreError) in try session.enter(metricSet) }
    }

    package func close() async throws(StoreError) {
        pending.withLock { $0.close() }
        try await inTime { [self] session throws(StoreError) in
            commit()
            session.close()
        }
    }

    private func scheduleCommit() {
        queue.async { [self] in
            commit()
            if pending.withLock({ $0.finishCommit() }) { scheduleCommit() }
        }
    }

    /// Stores all that waits in one transaction, then tells each waiter. All or nothing: a failed transaction fails
    /// for each batch in it, and their senders try again. If it is not known whether it failed, they find out then.
    private func commit() {
        let (batches, waiters) = pending.withLock { $0.takeAll() }
        guard !batches.isEmpty else { return }
        var loads: [ReportGroup: StagedGroups.Load] = [:]
        var answers: [StagingWriter.Answer] = []
        do throws(StoreError) {
            var repeated = 0
            (loads, answers, repeated) = try session.perform { connection in
                try connection.transaction { try PostgresStagingWriter.write(batches, to: connection) }
            }
            repetitions.add(repeated, ordering: .relaxed)
        } catch { answers = Array(repeating: .failure(error), count: batches.count) }
        for (waiter, answer) in zip(waiters, answers) { waiter.resume(returning: answer) }
        for group in groups.withLock({ $0.add(loads) }) { sealWhileFull(group) }
    }

    private func sealWhileFull(_ group: ReportGroup) {
        // What cannot be sealed is put off, stays staged and is read from there.
        let load = try? session.perform { connection in
            var load = try PostgresChunkSealer.sealIfFull(group, in: connection)
            while load?.makesChunk == true { load = try PostgresChunkSealer.sealIfFull(group, in: connection) }
            return load
        }
        groups.withLock { $0.setLoad(load ?? nil, of: group) }
    }
}

// MARK: - What is done between commits

extension PostgresReportStore {
    package func stagedGroups(before day: UTCDay) async throws(StoreError) -> [ReportGroup] {
        groups.withLock { $0.forget(before: day) }
        return try await perform { try PostgresChunkSealer.groups(before: day, in: $0) }
    }

    package func sealChunk(of group: ReportGroup) async throws(StoreError) -> Bool {
        try await perform { try PostgresChunkSealer.seal(group, in: $0).count > 0 }
    }

    package func deleteReports(beyond policy: RetentionPolicy, on today: UTCDay) async throws(StoreError) {
        for metric in try await perform({ try PostgresChunkSealer.metrics(in: $0) }) {
            guard let day = policy.firstKeptDay(of: metric, on: today) else { continue }
            // Each part is a turn on the queue, and commits go on between two of them.
            while try await perform({ try PostgresDeletion.deletePart(ofMetric: metric, before: day, in: $0) }) > 0 {}
        }
    }

    package func forgetBatches(slice: UInt8, on day: UTCDay) async throws(StoreError) {
        // The end of the last slice is above every identifier: they all have one length.
        let end = slice < .max ? [slice + 1] : [UInt8](repeating: .max, count: BatchIdentifier.byteCount + 1)
        try await perform { connection in
            try connection.transaction {
                try PostgresTables.Lock.take(.tidying, on: connection)
                try connection.execute(
                    "DELETE FROM batch WHERE identifier >= $1 AND identifier < $2 AND forget_after < $3",
                    [.bytes([slice]), .bytes(end), .integer(Int64(day.index))])
            }
        }
    }

    /// Does nothing: the log is the server's, and belongs to its backups and standbys too.
    package func truncateLog() async throws(StoreError) -> Bool { true }

    private func perform<Output: Sendable>(
        _ work: @escaping @Sendable (PostgresConnection) throws -> Output
    ) async throws(StoreError) -> Output {
        try await onQueue { session throws(StoreError) in try session.perform(work) }
    }

    private func onQueue<Output: Sendable>(
        _ work: @escaping @Sendable (PostgresSession) throws(StoreError) -> Output
    ) async throws(StoreError) -> Output {
        let outcome = await withCheckedContinuation {
            (waiter: CheckedContinuation<Result<Output, StoreError>, Never>) in
            queue.async { [session] in
                waiter.resume(returning: Result { () throws(StoreError) in try work(session) })
            }
        }
        return try outcome.get()
    }

    /// Does something on the queue, and waits no longer for it than a short time, also where what is before it hangs.
    private func inTime(
        _ work: @escaping @Sendable (PostgresSession) throws(StoreError) -> Void
    ) async throws(StoreError) {
        let outcome = await withCheckedContinuation {
            (waiter: CheckedContinuation<Result<Void, StoreError>, Never>) in
            let answer = FirstAnswer(waiter)
            DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(Self.shortPatienceInSeconds)) {
                answer.give(.failure(.postgres(.unreachable(reason: "no answer in time"))))
            }
            queue.async { [session] in
                // What nobody waits for any more would only hold up the rest.
                guard answer.isAwaited else { return }
                answer.give(Result { () throws(StoreError) in try work(session) })
            }
        }
        try outcome.get()
    }
}

/// Gives who waits the first of two answers.
private final class FirstAnswer: Sendable {
    private let waiter: Mutex<CheckedContinuation<Result<Void, StoreError>, Never>?>

    init(_ waiter: CheckedContinuation<Result<Void, StoreError>, Never>) { self.waiter = Mutex(waiter) }

    var isAwaited: Bool { waiter.withLock { $0 != nil } }

    func give(_ answer: Result<Void, StoreError>) {
        waiter.withLock { waiter in
            defer { waiter = nil }
            return waiter
        }?.resume(returning: answer)
    }
}
