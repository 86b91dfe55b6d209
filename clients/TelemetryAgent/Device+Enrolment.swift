internal import LocalPrivacy
internal import MetricDefinitions
internal import ReportFormat
internal import SecureRandomness

extension Device {
    /// Makes the device known to itself, once, and brings the ledger up to the metric set. Within a transaction.
    ///
    /// A new device waits a random time up to the set's delay and then for the next full period, so that throwing the
    /// state away again and again yields at most one report a day. A delay of zero starts with the current period. Until
    /// it has reported anything, a device goes by its calendar wherever that jumps: nothing is spent that could be had
    /// back, and many machines learn the date only after their first start.
    package func enrol(at seconds: Int64) throws(AgentError) {
        if try calendar.hasJumped(at: seconds), try hasReportedNothing() {
            try begin(on: try calendar.restart(at: seconds), at: seconds)
        }
        let today = try today(at: seconds)
        if try store.value(.firstPeriod) == nil { try begin(on: today, at: seconds) }
        let known = try store.ledger()
        for metric in metricSet.metrics where permitted(metric) != nil {
            try enrol(metric, among: known, today: today)
        }
    }

    private func begin(on today: UTCDay, at seconds: Int64) throws(AgentError) {
        // The period before the first has to be one, too.
        let first = max(try firstPeriod(today: today, seconds: seconds), UTCDay(containing: UTCDay.secondsPerDay))
        try store.set(.firstPeriod, to: first)
        try store.set(.lastClosedPeriod, to: first.advanced(by: -1))
        for var entry in try store.ledger() where !entry.isRetired {
            entry.firstPeriod = first
            try store.put(entry)
        }
    }

    private func hasReportedNothing() throws(AgentError) -> Bool {
        guard let first = try store.day(.firstPeriod), let closed = try store.day(.lastClosedPeriod), closed < first
        else { return false }
        return try store.ledger().allSatisfy { $0.reports == 0 }
    }

    private func firstPeriod(today: UTCDay, seconds: Int64) throws(AgentError) -> UTCDay {
        guard governing.enrolmentDelayHours > 0 else { return today }
        do {
            var noise = try FreshNoise(wordCount: 1)
            let delay = Int64(noise.index(below: governing.enrolmentDelayHours * 3600))
            let start = max(UTCDay(containing: seconds &+ delay), today)
            return start.advanced(by: 1)
        } catch { throw .noRandomness(error) }
    }
}
