internal import CPlatform
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat
internal import SecureRandomness

extension Agent {
    /// Takes over what waits in a buffer: each metric's candidate is randomized and competes as all the events that it
    /// stands for, in one transaction.
    ///
    /// What cannot be taken over because the state cannot be opened, or another process holds it, stays in the buffer.
    /// From where the first value was randomized on it does not: what the disk then refuses is lost, and never drawn
    /// for a second time.
    ///
    /// - Throws: ``AgentError``; `consentOff` after wiping the buffer. That a metric takes no event is no error.
    package func takeOver(_ buffer: EventBuffer) throws(AgentError) {
        guard !buffer.isEmpty else { return }
        try locked { () throws(AgentError) in
            let source = try consent.effective()
            guard source.isOn else {
                buffer.refuse()
                throw .consentOff(source)
            }
            let (session, seconds) = (try session(), configuration.clock.secondsSinceEpoch())
            try persistUndecided(before: try today(in: session, at: seconds), in: session)
            try session.store.transaction { () throws(AgentError) in
                try session.device.enrol(at: seconds)
                // What the calls below leave on the stack goes with the values.
                defer { dither_wipe_stack() }
                try buffer.drain { (events) throws(AgentError) in
                    let known = configuration.metricSet.metrics[events.position]
                    // The set that the device goes by may have fewer metrics.
                    guard let metric = session.device.metricSet.metric(known.identifier.value),
                        metric.definitionHash == known.definitionHash
                    else { return }
                    do throws(AgentError) { try take(events, of: metric, at: seconds, in: session) } catch {
                        guard case .notReporting = error else { throw error }
                    }
                }
            }
        }
    }

    private func take(
        _ events: BufferedEvents, of metric: MetricDefinition, at seconds: Int64, in session: Session
    ) throws(AgentError) {
        guard metric.combination == .sample else {
            return try note(happened: events.word != 0, for: metric, at: seconds, in: session)
        }
        if let bytes = events.text {
            try take(text: bytes, standingFor: events.eventCount, for: metric, at: seconds, in: session)
        } else {
            let input: MechanismInput =
                metric.domain.inputDomain == .range ? .place(events.word) : .item(Int(events.word))
            try session.device.record(input, for: metric, at: seconds, standingFor: events.eventCount)
        }
        if events.clippedCount > 0 {
            try session.device.add(Int(clamping: events.clippedCount), to: .clippedValues)
        }
    }

    /// Records a text from memory that is about to be wiped, and wipes the copy that it takes.
    private func take(
        text bytes: UnsafeRawBufferPointer, standingFor count: UInt64, for metric: MetricDefinition,
        at seconds: Int64, in session: Session
    ) throws(AgentError) {
        var text = [UInt8](bytes)
        defer { wipe(&text) }
        try session.device.record(.text(text), for: metric, at: seconds, standingFor: count)
    }
}
