internal import Logging
internal import ReportFormat
internal import ServiceLifecycle

/// Does what a store needs once a day, as long as the collector runs, and learns each minute what other collectors stored
/// under its tokens.
struct DayKeeper: Service {
    let store: any ReportStore
    let clock: CollectorClock
    let metrics: ServedMetrics
    let logger: Logger
    let figures: IngestFigures
    let quotas: IngestQuotas

    /// How often the clock is read.
    static let interval = Duration.seconds(60)

    /// Waits for days to begin until the collector is stopped. A day that fails is tried again.
    func run() async throws {
        // Both the end of the collector and its cancellation end the waiting by an error.
        try? await cancelWhenGracefulShutdown { try await keep() }
    }

    private func keep() async throws {
        var work = DayWork()
        while true {
            do throws(StoreError) {
                let today = clock.today
                quotas.raise(to: try await store.granted(on: today), on: today)
                let outcome = try await work.turn(on: today, in: store, keeping: metrics.current.retention)
                if outcome != .nothingToDo { figures.countDayWork(of: today.index, isDone: true) }
                if outcome == .readerHoldsLog {
                    logger.notice("a reader holds the log, which is emptied later; end readers that run for hours")
                }
            } catch {
                figures.countDayWork(of: clock.today.index, isDone: false)
                logger.error("the work of a new day is put off: \(error)")
            }
            try await Task.sleep(for: Self.interval)
        }
    }
}
