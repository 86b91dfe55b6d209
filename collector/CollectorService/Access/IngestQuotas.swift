package import ReportFormat
internal import Synchronization

/// How many reports were stored today under each token that has a daily quota. One number a token and day, and nothing
/// of whom it came from.
package final class IngestQuotas: Sendable {
    fileprivate struct State {
        var day: UTCDay?
        var used: [String: Int] = [:]
        /// The batches under tokens with a quota that are being stored.
        var underWay: Set<BatchIdentifier> = []
    }

    private let state = Mutex(State())

    package init() {}

    /// Takes up to `count` reports out of what is left of a token's quota today.
    ///
    /// - Returns: how many may be stored; all, if the token has no quota.
    package func take(_ count: Int, of token: AccessToken?, on today: UTCDay) -> Int {
        guard let token, token.dailyQuota > 0 else { return count }
        return state.withLock { state in
            state.turn(to: today)
            let granted = max(0, min(count, token.dailyQuota - state.used[token.name, default: 0]))
            state.used[token.name, default: 0] += granted
            return granted
        }
    }

    /// Takes up a batch.
    ///
    /// - Returns: whether it is not being stored already, under a token with a quota; then ``end(_:under:)`` is due.
    func begin(_ identifier: BatchIdentifier, under token: AccessToken?) -> Bool {
        guard let token, token.dailyQuota > 0 else { return true }
        return state.withLock { $0.underWay.insert(identifier).inserted }
    }

    /// Puts a batch down that ``begin(_:under:)`` took up.
    func end(_ identifier: BatchIdentifier, under token: AccessToken?) {
        guard let token, token.dailyQuota > 0 else { return }
        state.withLock { _ = $0.underWay.remove(identifier) }
    }

    /// Gives back what was taken and not stored.
    package func giveBack(_ count: Int, of token: AccessToken?, on day: UTCDay) {
        guard let token, token.dailyQuota > 0, count > 0 else { return }
        state.withLock { state in
            guard state.day == day, let used = state.used[token.name] else { return }
            state.used[token.name] = max(0, used - count)
        }
    }

    /// What was stored under each token on a day, to be kept over a restart.
    package func used(on day: UTCDay) -> [String: Int] { state.withLock { $0.day == day ? $0.used : [:] } }

    /// Takes in what a store knows of a day, which other collectors may have stored.
    package func raise(to stored: [String: Int], on day: UTCDay) {
        state.withLock { state in
            if state.day == day { state.used.merge(stored, uniquingKeysWith: max) }
        }
    }

    /// Takes up what a predecessor stored on a day.
    package func resume(_ used: [String: Int], on day: UTCDay) {
        state.withLock { state in
            state.turn(to: day)
            state.used.merge(used) { $0 + $1 }
        }
    }
}

extension IngestQuotas.State {
    /// Begins a new day with full quotas. A clock that is set back gives none a second time.
    fileprivate mutating func turn(to today: UTCDay) {
        if day.map({ $0 < today }) ?? true { (day, used) = (today, [:]) }
    }
}
