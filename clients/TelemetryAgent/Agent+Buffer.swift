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
    /// What the disk refuses after that is noise by then; it waits in memory for the next time, or for the end of its day.
    ///
    /// - Throws: ``AgentError``; `consentOff` after wiping the buffer. That a metric takes no event is no error.
    package func takeOver(_ buffer: EventBuffer) throws(AgentError) {
        try locked { () throws(AgentError) in
            let secret = try folder.identity(of: DeviceSecretStore.fileName, isImmutable: true)
            // Another process has withdrawn and consented since the last look: what was recorded is of no consent.
            if let bufferedUnder, bufferedUnder != secret { buffer.discard() }
            bufferedUnder = .some(secret)
            guard !buffer.isEmpty || !unstored.isEmpty else { return }
            let source = try consent.effective()
            guard source.isOn else {
                buffer.refuse()
                unstored = UnstoredReports()
                throw .consentOff(source)
            }
            let (session, seconds) = (try session(), configuration.clock.secondsSinceEpoch())
            unstored.retain(under: session.files)
            try persistUndecided(before: try today(in: session, at: seconds), in: session)
            try change(session) { () throws(AgentError) in
                try session.device.enrol(at: seconds)
                try randomize(buffer, at: seconds, in: session)
                for candidate in unstored.candidates.values {
                    guard let metric = session.device.metricSet.metric(candidate.metric) else { continue }
                    do throws(AgentError) { try session.device.enter(candidate, for: metric) } catch {
                        guard case .notReporting = error else { throw error }
                    }
                }
            }
            unstored = UnstoredReports()
        }
    }

    private func randomize(_ buffer: EventBuffer, at seconds: Int64, in session: Session) throws(AgentError) {
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

    private func take(
        _ events: BufferedEvents, of metric: MetricDefinition, at seconds: Int64, in session: Session
    ) throws(AgentError) {
        guard metric.combination == .sample else {
            return try note(happened: events.word != 0, for: metric, at: seconds, in: session)
        }
        let count = events.eventCount
        if case .pair(let first, let second) = metric.domain {
            unstored.add(
                try randomize(
                    (first.domain, events.text, events.word & UInt64(UInt32.max)),
                    (second.domain, events.otherText, events.word >> 32), standingFor: count, for: metric, at: seconds,
                    in: session))
        } else if let bytes = events.text {
            unstored.add(try randomize(text: bytes, standingFor: count, for: metric, at: seconds, in: session))
        } else {
            let input: MechanismInput =
                metric.domain.inputDomain == .range ? .place(events.word) : .item(Int(events.word))
            unstored.add(try session.device.randomize(input, for: metric, at: seconds, standingFor: count))
        }
        if events.clippedCount > 0 {
            try session.device.add(Int(clamping: events.clippedCount), to: .clippedValues)
        }
    }

    /// Randomizes a text from memory that is about to be wiped, and wipes the copy that it takes.
    private func randomize(
        text bytes: UnsafeRawBufferPointer, standingFor count: UInt64, for metric: MetricDefinition,
        at seconds: Int64, in session: Session
    ) throws(AgentError) -> Slot {
        var text = [UInt8](bytes)
        defer { wipe(&text) }
        return try session.device.randomize(.text(text), for: metric, at: seconds, standingFor: count)
    }

    /// The domain of a pair's half, its text if it has one, and its item or the length of its text.
    private typealias BufferedHalf = (domain: MetricDomain, text: UnsafeRawBufferPointer?, word: UInt64)

    /// The same for two values, of which either may be a text.
    private func randomize(
        _ first: BufferedHalf, _ second: BufferedHalf, standingFor count: UInt64, for metric: MetricDefinition,
        at seconds: Int64, in session: Session
    ) throws(AgentError) -> Slot {
        var (text, otherText) = (first.text.map { [UInt8]($0) } ?? [], second.text.map { [UInt8]($0) } ?? [])
        defer {
            wipe(&text)
            wipe(&otherText)
        }
        return try session.device.randomize(
            .pair(
                first.domain == .string ? .text(text) : .item(Int(first.word)),
                second.domain == .string ? .text(otherText) : .item(Int(second.word))),
            for: metric, at: seconds, standingFor: count)
    }
}
