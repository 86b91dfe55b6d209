package import ReportFormat

/// What is stored of one batch.
package struct AdmittedBatch: Sendable {
    package var identifier: BatchIdentifier
    /// The last day on which the identifier must be known again.
    package var forgetAfter: UTCDay
    package var reports: [AdmittedReport]

    package init(identifier: BatchIdentifier, forgetAfter: UTCDay, reports: [AdmittedReport]) {
        (self.identifier, self.forgetAfter, self.reports) = (identifier, forgetAfter, reports)
    }

    /// What is stored of a batch that arrives on a day.
    ///
    /// A batch of that day holds no admitted period after `today + daysAhead`, and the last of them is too late once
    /// `daysBack` more days have passed; one day is added for a clock that is set back. Every batch of a day has the
    /// same date, so that the date tells of nothing but the day.
    package init(_ identifier: BatchIdentifier, reports: [AdmittedReport], arrivingOn today: UTCDay) {
        let forgetAfter = today.advanced(by: WireLimits.daysBack + WireLimits.daysAhead + 1)
        self.init(identifier: identifier, forgetAfter: forgetAfter, reports: reports)
    }

    var payloadByteCount: Int { reports.reduce(0) { $0 + $1.payload.count } }
}

/// Where admitted batches go.
package protocol ReportStore: Sendable {
    /// Stores the reports of a batch whose identifier is new; of a known one, nothing.
    ///
    /// Returns only when what it stored survives a crash of the machine.
    ///
    /// - Throws: ``StoreError``; then nothing of the batch is stored, or nobody was told that it is and a repetition
    ///   finds it known.
    func store(_ batch: AdmittedBatch) async throws(StoreError)

    /// Commits something, to see whether the store can.
    ///
    /// - Throws: ``StoreError``.
    func checkWritable() async throws(StoreError)
}
