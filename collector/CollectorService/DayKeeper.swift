internal import Logging
package import ReportFormat
internal import ServiceLifecycle

/// Does what a store needs once a day: seals the days that are over, forgets old batch identifiers and empties the
/// write-ahead log.
package struct DayKeeper: Service {
    let store: SQLiteReportStore
    let clock: CollectorClock
    let logger: Logger

    /// How often the clock is read.
    static let interval = Duration.seconds(60)

    /// Waits for days to begin until the collector is stopped. A day that fails is tried again.
    package func run() async throws {
        // Both the end of the collector and its cancellation end the waiting by an error.
        try? await cancelWhenGracefulShutdown { try await keep() }
    }

    private func keep() async throws {
        var lastDay: UTCDay?
        while true {
            let today = clock.today
            if lastDay.map({ $0 < today }) ?? true {
                do throws(StoreError) {
                    try await Self.begin(today, in: store)
                    lastDay = today
                } catch { logger.error("the work of a new day is put off: \(error)") }
            }
            try await Task.sleep(for: Self.interval)
        }
    }

    /// Does a day's work. Doing it twice does no harm.
    ///
    /// Yesterday stays open, for the devices that report as soon as it is over.
    ///
    /// - Throws: ``StoreError``.
    package static func begin(_ today: UTCDay, in store: SQLiteReportStore) async throws(StoreError) {
        for group in store.stagedGroups(before: today.advanced(by: -1)) {
            while try await store.sealChunk(of: group) {}
        }
        for slice in UInt8.min...UInt8.max { try await store.forgetBatches(slice: slice, on: today) }
        try await store.truncateLog()
    }
}
