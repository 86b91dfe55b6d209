internal import ReportFormat
internal import SecureRandomness

extension Device {
    /// How long after it was drawn the moment of a bundle may lie, in seconds.
    package static let sendWindowSeconds: Int64 = 86_400

    /// When the bundle of the periods that are closed is due, in seconds since the epoch; `nil` while no period has been
    /// closed since the last. Within a transaction.
    ///
    /// The moment is drawn once, uniformly over the 24 hours from here, and kept: a restart neither draws again nor sends
    /// at once. It is drawn where a bundle may be sent and not where events are recorded, so that it depends on none.
    package func sendMoment(at seconds: Int64) throws(AgentError) -> Int64? {
        let pending = try store.value(.sendMoment) ?? 0
        // One that a clock far ahead has drawn would never come.
        if pending > 0, pending <= seconds &+ Self.sendWindowSeconds { return pending }
        guard let first = try store.day(.firstPeriod), let closed = try store.day(.lastClosedPeriod), closed >= first
        else { return nil }
        if pending <= 0, let last = try store.day(.sendPeriod), last >= closed { return nil }
        let moment: Int64
        do {
            var noise = try FreshNoise(wordCount: 1)
            moment = seconds &+ Int64(noise.index(below: Int(Self.sendWindowSeconds)))
        } catch { throw .noRandomness(error) }
        try store.set(.sendMoment, to: max(1, moment))
        try store.set(.sendPeriod, to: Int64(closed.index))
        return moment
    }

    /// Notes that the bundle that was due has arrived, or that nothing waits: what is left waits for the moment of the next
    /// period to be closed. Within a transaction.
    package func passSendMoment() throws(AgentError) {
        if try store.value(.sendMoment) ?? 0 != 0 { try store.set(.sendMoment, to: 0) }
        if let closed = try store.day(.lastClosedPeriod), try store.day(.sendPeriod) != closed {
            try store.set(.sendPeriod, to: Int64(closed.index))
        }
    }
}
