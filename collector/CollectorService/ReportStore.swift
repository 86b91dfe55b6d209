package import MetricDefinitions
package import ReportFormat

/// What is stored of one batch.
package struct AdmittedBatch: Sendable {
    package var identifier: BatchIdentifier
    /// The last day on which the identifier must be known again.
    package var forgetAfter: UTCDay
    package var reports: [AdmittedReport]
    /// What is not stored of the batch, for the answer to a repetition; by index.
    package var rejected: [Rejection]
    /// The name of the token out of whose daily quota the reports were taken, if it has one.
    package var quotaToken: String?

    package init(
        identifier: BatchIdentifier, forgetAfter: UTCDay, reports: [AdmittedReport], rejected: [Rejection] = []
    ) {
        (self.identifier, self.forgetAfter) = (identifier, forgetAfter)
        (self.reports, self.rejected) = (reports, rejected)
    }

    /// What is stored of a batch that arrives on a day.
    ///
    /// A batch of that day holds no admitted period after `today + daysAhead`, and the last of them is too late once
    /// `daysBack` more days have passed; one day is added for a clock that is set back. Every batch of a day has the
    /// same date, so that the date tells of nothing but the day.
    package init(
        _ identifier: BatchIdentifier, reports: [AdmittedReport], rejected: [Rejection] = [],
        arrivingOn today: UTCDay
    ) {
        let forgetAfter = today.advanced(by: Self.rememberedDayCount)
        self.init(identifier: identifier, forgetAfter: forgetAfter, reports: reports, rejected: rejected)
    }

    /// Whether the batch's identifier and answer are kept. Not those of a batch that names no metric of the set, or is all
    /// over a quota: anyone, or who has a token, can make such batches without end, and they would fill the store. Repeated
    /// under a set that has the metrics, or on another day, such a batch is judged anew; nothing of it was stored before,
    /// so nothing is counted twice.
    package var isRemembered: Bool {
        !reports.isEmpty || rejected.contains { $0.code != .unknownMetric && $0.code != .overQuota }
    }
    /// For how many days after its arrival a batch is known again.
    private static let rememberedDayCount = WireLimits.daysBack + WireLimits.daysAhead + 1

    /// The day on which the batch arrived.
    var arrivalDay: UTCDay { forgetAfter.advanced(by: -Self.rememberedDayCount) }

    /// The bytes that the batch takes while it waits, about.
    var waitingByteCount: Int {
        reports.reduce(rejected.count * MemoryLayout<Rejection>.stride) { $0 + $1.payload.count }
    }
}

/// Where admitted batches go.
package protocol ReportStore: Sendable {
    /// Stores the reports and the rejections of a batch whose identifier is new; of a known one, nothing.
    ///
    /// Returns only when what it stored survives a crash of the machine.
    ///
    /// - Returns: what is rejected of the batch: of a known one what was rejected the first time, whatever the metric
    ///   set and the day are now.
    /// - Throws: ``StoreError``; then nothing of the batch is stored, or nobody was told that it is and a repetition
    ///   finds it known.
    @discardableResult
    func store(_ batch: AdmittedBatch) async throws(StoreError) -> [Rejection]

    /// What the sender of a batch was told of it: the reports that were rejected.
    ///
    /// - Returns: `nil` for a batch that is not known, or not any more.
    /// - Throws: ``StoreError``.
    func answer(to identifier: BatchIdentifier) async throws(StoreError) -> [Rejection]?

    /// Takes reports of the metrics of a set from here on, as a store does that is opened with it.
    ///
    /// - Throws: ``StoreError``; then nothing has changed.
    func enter(_ metricSet: MetricSet) async throws(StoreError)

    /// Commits something, to see whether the store can.
    ///
    /// - Throws: ``StoreError``.
    func checkWritable() async throws(StoreError)

    /// What the store says of itself on a day; `nil` if it keeps no figures.
    ///
    /// - Throws: ``StoreError``.
    func figures(on today: UTCDay) async throws(StoreError) -> StoreFigures?

    /// The groups of the days before one that have staged reports, of which few can still come.
    ///
    /// - Throws: ``StoreError``.
    func stagedGroups(before day: UTCDay) async throws(StoreError) -> [ReportGroup]

    /// Deletes the reports that a policy keeps no longer on a day, sealed or not.
    ///
    /// A report that arrives later for a day that is past its retention is deleted the next day.
    ///
    /// - Throws: ``StoreError``; what is deleted by then stays deleted, and the rest is deleted the next time.
    func deleteReports(beyond policy: RetentionPolicy, on today: UTCDay) async throws(StoreError)

    /// Gives the failure after which the store acknowledges nothing any more, for one listener; `nil` if no failure is
    /// the store's last.
    var failures: AsyncStream<StoreError>? { get }

    /// How many reports were stored on a day under each token with a quota; nothing if the store does not count them.
    ///
    /// - Throws: ``StoreError``.
    func granted(on day: UTCDay) async throws(StoreError) -> [String: Int]

    /// Seals one chunk of a group.
    ///
    /// - Returns: whether more of the group is staged.
    /// - Throws: ``StoreError``; the reports then stay staged.
    func sealChunk(of group: ReportGroup) async throws(StoreError) -> Bool

    /// Forgets the batch identifiers that need not be known on a day, of one of 256 slices: an identifier's first
    /// byte. Identifiers are random, so slices are alike, and commits go on between two of them.
    ///
    /// - Throws: ``StoreError``.
    func forgetBatches(slice: UInt8, on day: UTCDay) async throws(StoreError)

    /// Empties a log of its own that the store keeps, so that the order of arrival it holds is gone.
    ///
    /// - Returns: whether it is empty; otherwise a reader holds it.
    /// - Throws: ``StoreError``.
    func truncateLog() async throws(StoreError) -> Bool

    /// Takes no more batches, commits those that wait, and lets go of the store.
    ///
    /// - Throws: ``StoreError`` when the last steps fail; what was acknowledged is durable all the same.
    func close() async throws(StoreError)
}

extension ReportStore {
    package func figures(on today: UTCDay) async throws(StoreError) -> StoreFigures? { nil }

    package var failures: AsyncStream<StoreError>? { nil }

    package func granted(on day: UTCDay) async throws(StoreError) -> [String: Int] { [:] }
}
