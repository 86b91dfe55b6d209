package import NIOCore
internal import Synchronization

/// How many requests came from where in the minute.
///
/// Addresses are not kept: each adds to one of a fixed number of counters, which one is decided by a hash whose key the
/// process draws at its start. Two that share a counter share its limit, as two behind one router do.
package final class RequestRate: Sendable {
    /// How long a client is told to wait, in seconds: a window and a fraction.
    static let retryAfterSeconds = 60
    private static let counterCount = 65_536
    private static let window = TimeAmount.seconds(60)

    private struct State {
        var start: NIODeadline
        var counters: [UInt32] = []
    }

    private let limit: Int
    private let state: Mutex<State>

    /// - Parameter limit: requests a minute of one address; 0 for no limit, which then costs nothing.
    package init(limit: Int, at now: NIODeadline = .now()) {
        self.limit = limit
        state = Mutex(State(start: now))
    }

    /// Counts a request and says whether it is one too many.
    package func isExceeded(by address: AddressPrefix?, at now: NIODeadline = .now()) -> Bool {
        guard limit > 0, let address else { return false }
        let counter = Int(UInt(bitPattern: address.hashValue) % UInt(Self.counterCount))
        return state.withLock { state in
            if state.counters.isEmpty || now >= state.start + Self.window {
                state = State(start: now, counters: [UInt32](repeating: 0, count: Self.counterCount))
            }
            state.counters[counter] &+= 1
            return state.counters[counter] > limit
        }
    }
}
