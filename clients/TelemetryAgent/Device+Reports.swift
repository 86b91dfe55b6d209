package import Mechanisms
package import MetricDefinitions
package import ReportFormat
internal import SecureRandomness

extension Device {
    /// The period that an event of this moment belongs to. Closes the periods before it; within a transaction.
    ///
    /// - Throws: ``AgentError/notReporting(metric:_:)`` when the metric takes no event in this period.
    package func admit(_ metric: MetricDefinition, at seconds: Int64) throws(AgentError) -> UTCDay {
        let today = try today(at: seconds)
        try closePeriods(through: today.advanced(by: -1), today: today)
        _ = try openEntry(of: metric, on: today)
        return today
    }

    /// Randomizes one event and lets it compete for its period's slot. Within a transaction, so that slot and debit
    /// are kept together or not at all: a crash before the commit loses the event and never draws for it again.
    ///
    /// - Parameters:
    ///   - period: the day that the event was admitted to, if it waited in memory; else the current one.
    ///   - count: how many events it was drawn from, each as likely; it competes as all of them.
    /// - Throws: ``AgentError/notReporting(metric:_:)`` when the metric takes no event in this period.
    package func record(
        _ input: MechanismInput, for metric: MetricDefinition, at seconds: Int64, in period: UTCDay? = nil,
        standingFor count: UInt64 = 1
    ) throws(AgentError) {
        let today = try today(at: seconds)
        let period = min(period ?? today, today)
        try closePeriods(through: period.advanced(by: -1), today: today)
        let entry = try openEntry(of: metric, on: period)
        try enter(try candidate(for: input, of: metric, on: period, standingFor: count), for: metric, under: entry)
    }

    /// Randomizes an event of today without storing it: ``enter(_:for:)`` does, once or again after a failure. Within a
    /// transaction.
    ///
    /// - Throws: ``AgentError/notReporting(metric:_:)`` when the metric takes no event in this period.
    func randomize(
        _ input: MechanismInput, for metric: MetricDefinition, at seconds: Int64, standingFor count: UInt64
    ) throws(AgentError) -> Slot {
        let today = try admit(metric, at: seconds)
        return try candidate(for: input, of: metric, on: today, standingFor: count)
    }

    /// Lets a randomized event compete for its period's slot. Within a transaction.
    ///
    /// - Throws: ``AgentError/notReporting(metric:_:)`` when the period is closed by now, or its metric ended.
    func enter(_ candidate: Slot, for metric: MetricDefinition) throws(AgentError) {
        try enter(candidate, for: metric, under: try openEntry(of: metric, on: candidate.period))
    }

    private func enter(
        _ candidate: Slot, for metric: MetricDefinition, under entry: LedgerEntry
    ) throws(AgentError) {
        let period = candidate.period
        if let held = try heldSlot(of: metric, on: period) {
            if candidate.priority < held.priority { try store.put(candidate) }
        } else {
            try debit(entry, for: period)
            try store.put(candidate)
        }
    }

    private func openEntry(of metric: MetricDefinition, on period: UTCDay) throws(AgentError) -> LedgerEntry {
        let entry = try entryReporting(metric, on: period)
        if let lastClosed = try store.day(.lastClosedPeriod), lastClosed >= period {
            throw .notReporting(metric: metric.name, .periodClosed(period))
        }
        return entry
    }

    private func candidate(
        for input: MechanismInput, of metric: MetricDefinition, on day: UTCDay, standingFor count: UInt64 = 1
    ) throws(AgentError) -> Slot {
        let device = context(for: metric)
        var memo: Slot.Memo?
        let payload: [UInt8]
        do throws(EncodingError) {
            if let memoized = metric.mechanism as? any LongitudinalRandomizer {
                let response = try memoized.permanentResponse(to: input, on: device)
                memo = Slot.Memo(
                    tag: try tag(of: input, for: memoized, on: device), permanentResponse: response)
                payload = try memoized.payload(fromPermanentResponse: response)
            } else {
                payload = try metric.mechanism.payload(for: input, on: device)
            }
        } catch { throw .encoding(error) }
        do {
            return Slot(
                metric: metric.identifier.value, version: metric.version, period: day,
                priority: try LeastPriority.draw(among: count),
                payload: payload, memo: memo)
        } catch { throw .noRandomness(error) }
    }

    private func heldSlot(of metric: MetricDefinition, on day: UTCDay) throws(AgentError) -> Slot? {
        guard let slot = try store.slot(metric: metric.identifier.value, period: day),
            slot.version == metric.version
        else { return nil }
        return slot
    }

    private func tag(
        of input: MechanismInput, for memoized: any LongitudinalRandomizer, on device: DeviceContext
    ) throws(EncodingError) -> UInt64 {
        guard let noise = device.permanentNoise else { throw .input(.permanentNoiseMissing) }
        var bytes: [UInt8]
        do { bytes = try memoized.canonicalBytes(of: input, on: device) } catch { throw .input(error) }
        defer { wipe(&bytes) }
        do { return try noise.tag(for: bytes) } catch { throw .noRandomness(error) }
    }

    private func debit(_ entry: LedgerEntry, for day: UTCDay) throws(AgentError) {
        var debited = entry
        debited.reports += 1
        debited.lastDebited = day
        try store.put(debited)
    }

    /// Queues the reports of every period that is over, those of periods without an event included. Within a
    /// transaction.
    ///
    /// - Parameter last: the last period to close: yesterday, or today to see a first report at once.
    package func closePeriods(through last: UTCDay, today: UTCDay) throws(AgentError) {
        guard let lastClosed = try store.day(.lastClosedPeriod), lastClosed < last else { return }
        let first = max(lastClosed.advanced(by: 1), oldestKept(on: today))
        for index in first.index..<max(first.index, last.index + 1) {
            let day = first.advanced(by: Int(index - first.index))
            for metric in metricSet.metrics { try close(day, of: permitted(metric) ?? metric) }
        }
        try store.removeSlots(through: last)
        try store.set(.lastClosedPeriod, to: last)
        try boundQueue(on: today)
    }

    private func close(_ day: UTCDay, of metric: MetricDefinition) throws(AgentError) {
        let entry: LedgerEntry
        do { entry = try entryReporting(metric, on: day) } catch {
            if case .notReporting = error { return }
            throw error
        }
        let slot = try heldSlot(of: metric, on: day)
        let payload: [UInt8]?
        if metric.isMemoized {
            payload = try releaseMemoized(slot, of: metric, entry: entry, on: day)
        } else if let slot {
            payload = slot.payload
        } else if let absent = metric.absentInput {
            try debit(entry, for: day)
            payload = try candidate(for: absent, of: metric, on: day).payload
        } else {
            payload = nil
        }
        guard let payload else { return }
        try store.enqueue(
            ReportRecord(
                metric: metric.identifier.value, period: day, fingerprint: metric.fingerprint, payload: payload))
    }

    /// The report of a memoized metric: of the period's event, or of the last permanent response again; before the
    /// first event, of "no event". Where a value stands for "no event", a period without one is about that value. What
    /// would be one response too many is answered with the last.
    private func releaseMemoized(
        _ slot: Slot?, of metric: MetricDefinition, entry: LedgerEntry, on day: UTCDay
    ) throws(AgentError) -> [UInt8]? {
        guard let memoized = metric.mechanism as? any LongitudinalRandomizer,
            case .memoized(_, let distinctValues) = metric.lifetime
        else { return nil }
        var entry = entry
        if slot == nil {
            entry.reports += 1
            entry.lastDebited = day
        }
        var chosen = slot
        let repeats = metric.whenAbsent == .last && entry.lastPermanentResponse != nil
        if slot == nil, !repeats, let absent = metric.absentInput {
            chosen = try candidate(for: absent, of: metric, on: day)
        }
        var payload: [UInt8]?
        if let chosen, let memo = chosen.memo, try admits(memo.tag, of: metric, distinctValues: distinctValues) {
            entry.lastPermanentResponse = memo.permanentResponse
            payload = chosen.payload
        } else if let response = entry.lastPermanentResponse {
            do { payload = try memoized.payload(fromPermanentResponse: response) } catch { throw .encoding(error) }
        }
        try store.put(entry)
        return payload
    }

    private func admits(
        _ tag: UInt64, of metric: MetricDefinition, distinctValues: Int
    ) throws(AgentError) -> Bool {
        let (identifier, version) = (metric.identifier.value, metric.version)
        if try store.hasDistinctValue(tag: tag, metric: identifier, version: version) { return true }
        guard try store.distinctValueCount(metric: identifier, version: version) < distinctValues else { return false }
        try store.addDistinctValue(tag: tag, metric: identifier, version: version)
        return true
    }
}
