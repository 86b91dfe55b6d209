internal import Foundation
internal import GRDB
package import MetricDefinitions
package import ReportFormat
internal import StoreFormat
internal import Synchronization

/// A store in one SQLite file, with one writer.
///
/// Batches that arrive while a commit runs wait and share the next one, so that one synchronisation of the disk
/// acknowledges many. All access to the file is on the queue of one connection; nothing blocks a caller's thread.
package final class SQLiteReportStore: ReportStore {
    private let lock: StoreLock
    private let database: DatabaseQueue
    private let patienceInSeconds: Double
    private let pending = Mutex(PendingBatches())
    private let repetitions = Atomic(0)
    private let logKeeper = LogKeeper()
    private let failure = Mutex<StoreError?>(nil)
    private let failureReporter: AsyncStream<StoreError>.Continuation
    let groups: Mutex<StagedGroups>
    /// The file, symbolic links followed.
    let path: String

    package let failures: AsyncStream<StoreError>?

    /// Opens or creates the store at `path` for the metrics of a set.
    ///
    /// - Parameter patienceInSeconds: how long a lock of another program is waited for, now and at each commit.
    /// - Throws: ``StoreError``.
    /// - Complexity: linear in the staged reports and the chunks of the last weeks, which are counted.
    package init(path: String, metricSet: MetricSet, patienceInSeconds: Double = 5) throws(StoreError) {
        let location = StoreLocation(path)
        self.path = location.resolvedPath
        lock = try StoreLock(location)
        database = try StoreFile.open(location, patienceInSeconds: patienceInSeconds)
        self.patienceInSeconds = patienceInSeconds
        let (failures, failureReporter) = AsyncStream.makeStream(of: StoreError.self)
        (self.failures, self.failureReporter) = (failures, failureReporter)
        var staged = StagedGroups()
        do {
            try database.inDatabase { [logKeeper] connection in
                logKeeper.watch(connection)
                try StoreFile.enter(metricSet, into: connection)
                let dataVersion = try Self.dataVersion(of: connection)
                staged.recount(try StagingWriter.waiting(in: connection), dataVersion: dataVersion)
            }
        } catch { throw StoreError(error) }
        groups = Mutex(staged)
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

    package func answer(to identifier: BatchIdentifier) async throws(StoreError) -> [Rejection]? {
        let answer = try await perform { connection in
            try StagingWriter.knownAnswer(to: identifier, in: connection)
        }
        return try answer?.get()
    }

    package func granted(on day: UTCDay) async throws(StoreError) -> [String: Int] {
        try await perform { connection in try DailyCounter.granted(on: day, in: connection) }
    }

    package func enter(_ metricSet: MetricSet) async throws(StoreError) {
        try await perform { connection in try StoreFile.enter(metricSet, into: connection) }
    }

    package func checkWritable() async throws(StoreError) {
        try await perform { [lock] connection in
            try connection.inTransaction(.immediate) { .rollback }
            try lock.tryWriting()
        }
    }

    /// Takes no more batches, commits those that wait, moves the write-ahead log into the store and closes it.
    ///
    /// After a failed synchronisation it does nothing more to the file.
    ///
    /// - Throws: ``StoreError`` when the last steps fail; what was acknowledged is durable all the same.
    package func close() async throws(StoreError) {
        pending.withLock { $0.close() }
        try await perform { [self] connection in
            commit(on: connection)
            try checkSound()
            _ = try emptyLog(on: connection)
        }
        do { try database.close() } catch { throw StoreError(error) }
    }

    private func scheduleCommit() {
        database.asyncWriteWithoutTransaction { [self] connection in
            commit(on: connection)
            if pending.withLock({ $0.finishCommit() }) { scheduleCommit() }
        }
    }

    /// Stores all that waits in one transaction, then tells each waiter. All or nothing: a failed transaction fails
    /// for each batch in it, and their senders try again.
    private func commit(on connection: Database) {
        let (batches, waiters) = pending.withLock { $0.takeAll() }
        guard !batches.isEmpty else { return }
        var waiting: [ReportGroup: StagedGroups.Waiting] = [:]
        var answers: [StagingWriter.Answer] = []
        do {
            try checkSound()
            var repeated = 0
            try connection.inTransaction(.immediate) {
                (waiting, answers, repeated) = try StagingWriter.write(batches, to: connection)
                return .commit
            }
            repetitions.add(repeated, ordering: .relaxed)
            groups.withLock { $0.add(waiting) }
        } catch {
            answers = Array(repeating: .failure(noted(error)), count: batches.count)
            waiting = [:]
        }
        for (waiter, answer) in zip(waiters, answers) { waiter.resume(returning: answer) }
        sealFullGroups(among: waiting.keys, on: connection)
        do {
            guard !waiting.isEmpty else { return }
            try checkSound()
            try logKeeper.moveIfLong(on: connection)
            // Commits of many batches fill the log in a second, and share a synchronisation anyway.
            guard batches.count < OpenChunks.leastBatchCount, logKeeper.needsRoom else { return }
            _ = try unlessBusy(connection) { try logKeeper.makeRoom(on: connection) }
        } catch {
            // Unless the disk is unsound, the next commit tries again.
            _ = noted(error)
        }
    }

    /// Seals what the commit filled: as much work as the commit itself, so that staging does not grow under load.
    private func sealFullGroups(among changed: some Sequence<ReportGroup>, on connection: Database) {
        for group in changed {
            while groups.withLock({ $0.isFull(group) }) {
                // What cannot be sealed is put off, stays staged and is read from there.
                do { try seal(group, on: connection) } catch { _ = noted(error) }
            }
        }
    }
}

// MARK: - What is done between commits

extension SQLiteReportStore {
    /// The groups of the days before one, of which few reports can still come.
    package func stagedGroups(before day: UTCDay) -> [ReportGroup] { groups.withLock { $0.groups(before: day) } }

    /// Seals one chunk of a group.
    ///
    /// - Returns: whether more of the group is staged.
    /// - Throws: ``StoreError``; the reports then stay staged.
    package func sealChunk(of group: ReportGroup) async throws(StoreError) -> Bool {
        try await perform { [self] connection in
            try seal(group, on: connection)
            return groups.withLock { !$0.waiting(of: group).isEmpty }
        }
    }

    /// Forgets the batch identifiers that need not be known on a day, of one of 256 slices: an identifier's first
    /// byte. Identifiers are random, so slices are alike, and commits go on between two of them.
    ///
    /// - Throws: ``StoreError``.
    package func forgetBatches(slice: UInt8, on day: UTCDay) async throws(StoreError) {
        try await perform { connection in
            let statement = try connection.cachedStatement(
                sql: """
                    DELETE FROM batch
                    WHERE identifier >= ? AND identifier < ? AND forget_after < ?
                    """)
            // The end of the last slice is above every identifier: they all have one length.
            let end = slice < .max ? Data([slice + 1]) : Data(repeating: .max, count: BatchIdentifier.byteCount + 1)
            try statement.execute(arguments: [Data([slice]), end, day.index])
        }
    }

    /// Moves the write-ahead log into the store and empties it, so that the order of arrival it holds is gone.
    ///
    /// Waits for no reader: commits would wait with it.
    ///
    /// - Returns: whether the log is empty; otherwise a reader holds it.
    /// - Throws: ``StoreError``.
    package func truncateLog() async throws(StoreError) -> Bool {
        try await perform { [self] connection in try emptyLog(on: connection) }
    }

    private func emptyLog(on connection: Database) throws -> Bool {
        try unlessBusy(connection) { _ = try connection.checkpoint(.truncate) }
    }

    /// Does something that no commit should wait for, unless another program keeps it from being done now.
    ///
    /// - Returns: whether it was done.
    private func unlessBusy(_ connection: Database, _ work: () throws -> Void) throws -> Bool {
        try connection.execute(sql: "PRAGMA busy_timeout = 0")
        let outcome = Result { try work() }
        try connection.execute(sql: "PRAGMA busy_timeout = \(Int(patienceInSeconds * 1000))")
        do {
            try outcome.get()
            return true
        } catch DatabaseError.SQLITE_BUSY {
            return false
        }
    }

    private func seal(_ group: ReportGroup, on connection: Database) throws {
        do {
            let left = try ChunkSealer.seal(group, groups.withLock { $0.waiting(of: group) }, in: connection)
            groups.withLock { $0.set(left, of: group) }
        } catch {
            groups.withLock { $0.postpone(group) }
            throw error
        }
    }

    /// Counts the staged reports again if another program wrote to the store, as a purge does.
    ///
    /// - Complexity: linear in the staged reports and the last weeks' chunks if so, else constant.
    func recountAfterOthers(on connection: Database) throws {
        let version = try Self.dataVersion(of: connection)
        guard groups.withLock({ $0.dataVersion != version }) else { return }
        let waiting = try StagingWriter.waiting(in: connection)
        groups.withLock { $0.recount(waiting, dataVersion: version) }
    }

    private static func dataVersion(of connection: Database) throws -> Int64 {
        try Int64.fetchOne(connection, sql: "PRAGMA data_version") ?? 0
    }

    /// How many batches were known already, since the start.
    var repeatedBatchCount: Int { repetitions.load(ordering: .relaxed) }

    /// Does something between two commits.
    func perform<Output: Sendable>(
        _ work: @escaping @Sendable (Database) throws -> Output
    ) async throws(StoreError) -> Output {
        let outcome = await withCheckedContinuation {
            (waiter: CheckedContinuation<Result<Output, StoreError>, Never>) in
            database.asyncWriteWithoutTransaction { [self] connection in
                do {
                    try checkSound()
                    waiter.resume(returning: .success(try work(connection)))
                } catch { waiter.resume(returning: .failure(noted(error))) }
            }
        }
        return try outcome.get()
    }
}

// MARK: - After a failure of the disk

extension SQLiteReportStore {
    /// - Throws: the failure after which nothing more is done to the file.
    private func checkSound() throws(StoreError) {
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// The error that SQLite or sealing threw; one that leaves the disk in an unknown state is the store's last.
    private func noted(_ error: any Error) -> StoreError {
        let error = StoreError(error)
        guard error.isFatal, failure.withLock({ $0 == nil }) else { return error }
        failure.withLock { $0 = error }
        // Closing would move the log into the file; never closed, it is recovered by the next process from the disk.
        _ = Unmanaged.passRetained(database)
        failureReporter.yield(error)
        failureReporter.finish()
        return error
    }
}
