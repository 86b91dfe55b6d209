package import ReportFormat

/// The day that counts for a device. It never goes back, and it does not run ahead on the word of the system's calendar
/// alone: a calendar that is wrong for a moment must not end every metric of a device.
package struct DeviceCalendar {
    let store: any AgentStore
    /// How long the machine has been running, where that is known.
    let uptime: @Sendable () -> Uptime?

    /// How far the calendar may be ahead of the last day seen before it takes more than its own word.
    private static let unquestionedDays = 2

    /// The day that counts at a moment: the calendar's, or the highest ever seen if the calendar went back.
    ///
    /// A calendar that jumps ahead by more than two days gets one day on its own word. Further days come as the machine
    /// runs, one a day of its uptime, until uptime or the date that a collector names agrees with the calendar. Within a
    /// transaction.
    package func today(at seconds: Int64) throws(AgentError) -> UTCDay {
        let claimed = UTCDay(containing: seconds)
        guard let highest = try store.day(.highestDay) else { return try advance(to: claimed, at: seconds) }
        guard claimed > highest else { return highest }
        let sure = max(highest, try reckonedDay())
        if claimed <= sure.advanced(by: Self.unquestionedDays) { return try advance(to: claimed, at: seconds) }
        if sure > highest {
            try store.set(.highestDay, to: sure)
            return sure
        }
        guard try (store.value(.unconfirmedDays) ?? 0) == 0 else { return highest }
        let next = highest.advanced(by: 1)
        try store.set(.unconfirmedDays, to: 1)
        try store.set(.highestDay, to: next)
        return next
    }

    /// The day that the calendar claims, if it is further ahead than is believed so far.
    package func unconfirmedDay(at seconds: Int64) throws(AgentError) -> UTCDay? {
        guard let highest = try store.day(.highestDay) else { return nil }
        let claimed = UTCDay(containing: seconds)
        let sure = max(highest, try reckonedDay())
        return claimed > sure.advanced(by: Self.unquestionedDays) ? claimed : nil
    }

    /// Takes note of the date that a collector's answer names. It can only confirm what the device's own calendar says:
    /// the agent never goes by a collector's date beyond that. Within a transaction.
    package func noteCollectorDate(_ collectorSeconds: Int64, at seconds: Int64) throws(AgentError) {
        let agreed = min(collectorSeconds, seconds)
        guard UTCDay(containing: agreed) > (try reckonedDay()) else { return }
        try anchor(at: agreed)
    }

    /// Whether the system's calendar went back, or further ahead than it is believed.
    func hasJumped(at seconds: Int64) throws(AgentError) -> Bool {
        guard let highest = try store.day(.highestDay) else { return false }
        if UTCDay(containing: seconds) < highest { return true }
        return try unconfirmedDay(at: seconds) != nil
    }

    /// Goes by the calendar whatever was seen before. Only for a device that has spent nothing.
    func restart(at seconds: Int64) throws(AgentError) -> UTCDay {
        try advance(to: UTCDay(containing: seconds), at: seconds)
    }

    private func advance(to day: UTCDay, at seconds: Int64) throws(AgentError) -> UTCDay {
        try store.set(.highestDay, to: day)
        try store.set(.unconfirmedDays, to: 0)
        try anchor(at: seconds)
        return day
    }

    /// The earliest day that it can be: of the last moment believed, and the time for which the machine has run since.
    private func reckonedDay() throws(AgentError) -> UTCDay {
        let believed = try store.value(.believedSeconds) ?? 0
        guard let uptime = uptime(), let atThatTime = try store.value(.believedUptime),
            let boot = try store.value(.believedBoot)
        else { return UTCDay(containing: believed) }
        let elapsed = UInt64(bitPattern: boot) == uptime.boot ? uptime.seconds &- atThatTime : uptime.seconds
        return UTCDay(containing: believed &+ max(0, elapsed))
    }

    private func anchor(at seconds: Int64) throws(AgentError) {
        try store.set(.believedSeconds, to: seconds)
        guard let uptime = uptime() else { return }
        try store.set(.believedUptime, to: uptime.seconds)
        try store.set(.believedBoot, to: Int64(bitPattern: uptime.boot))
    }
}
