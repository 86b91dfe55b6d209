internal import ReportFormat
internal import SecureRandomness

/// What becomes of a device whose secret is gone, damaged or another machine's, while its ledger is there.
///
/// A new secret draws every permanent response anew, so that losing secrets again and again would wear the noise off.
/// Hence nothing is reported for thirty days, and then only what does not depend on the secret: memoized metrics end.
/// A second loss ends it all until somebody withdraws consent and gives it again. The copy of a disk on another machine
/// starts afresh if the original had reported nothing by then.
struct SecretLoss {
    static let cooldownDays = 30

    let store: SQLiteStore
    let secrets: DeviceSecretStore
    let calendar: DeviceCalendar
    /// The present moment.
    let seconds: Int64

    /// Notes that the secret is there, perhaps again.
    func forget() throws(AgentError) {
        guard try store.day(.secretLostOn) != nil else { return }
        try store.transaction { () throws(AgentError) in try store.remove(.secretLostOn) }
    }

    /// The secret that takes the lost one's place.
    ///
    /// - Throws: ``AgentError/secretLost(_:)``, with the day on which there will be one in ``end()``, until then.
    func replacement(for problem: SecretProblem) throws(AgentError) -> SecretKey {
        let (today, isUntouched, losses) = try store.transaction {
            () throws(AgentError) -> (UTCDay, Bool, Int64) in
            let today = try calendar.today(at: seconds)
            let ledger = try store.ledger()
            let isUntouched = problem == .madeElsewhere && ledger.allSatisfy { $0.reports == 0 }
            var losses = try lossCount()
            if !isUntouched, try store.day(.secretLostOn) == nil {
                losses += 1
                try store.set(.secretLostOn, to: today)
                try store.set(.secretLosses, to: losses)
            }
            return (today, isUntouched, losses)
        }
        if !isUntouched {
            guard let end = try end(), losses < 2, today >= end else { throw .secretLost(problem) }
        }
        // Before there is a new secret, so that no crash leaves one beside what was bound to the old.
        try store.transaction { () throws(AgentError) in
            try store.erasePending()
            if isUntouched { try store.remove(.firstPeriod) } else { try store.retireMemoized() }
        }
        return try store.transaction { () throws(AgentError) in
            if let made = try? secrets.load() { return made }
            try secrets.erase()
            let key = try secrets.loadOrCreate(on: today, generation: UInt32(losses) + 1)
            try store.remove(.secretLostOn)
            try store.skipPeriods(before: today)
            return key
        }
    }

    /// How often a secret was lost; what no agent would have written counts as once too often.
    private func lossCount() throws(AgentError) -> Int64 {
        let stored = try store.value(.secretLosses) ?? 0
        return (0..<2).contains(stored) ? stored : 2
    }

    /// The day on which a lost secret is replaced; `nil` if it was lost once too often.
    func end() throws(AgentError) -> UTCDay? {
        let losses = try lossCount()
        if let lost = try store.day(.secretLostOn) { return losses < 2 ? lost.advanced(by: Self.cooldownDays) : nil }
        // Nobody has noticed so far.
        let today = try store.day(.highestDay) ?? UTCDay(containing: seconds)
        return losses == 0 ? today.advanced(by: Self.cooldownDays) : nil
    }
}
