internal import NIOCore
internal import Synchronization

/// The connections of a listener, shared by its event loops. Knows addresses only while their connections are open, and
/// only where they are limited.
package final class ConnectionLedger: Sendable {
    /// Numbers for an operator.
    package struct Counts: Hashable, Sendable {
        /// Open at the moment.
        package var open = 0
        /// How many may be.
        package var limit = 0
        /// Closed to make room for others.
        package var evicted = 0
        /// Closed as soon as they came, for want of room or for their address.
        package var refused = 0
        /// Closed because a head, a body, a request or the reading of an answer took too long.
        package var overdue = 0
        /// Closed because what they sent was no HTTP, or too long a head.
        package var malformed = 0
    }

    private struct State {
        var slots: ConnectionSlots<any Channel>
        var counts = Counts()
    }

    private let state: Mutex<State>

    package init(_ limits: ListenerLimits) {
        let slots = ConnectionSlots<any Channel>(
            limit: limits.connectionCount, limitPerAddress: limits.connectionCountPerAddress)
        state = Mutex(State(slots: slots, counts: Counts(limit: limits.connectionCount)))
    }

    package var counts: Counts {
        state.withLock { state in
            var counts = state.counts
            counts.open = state.slots.count
            return counts
        }
    }

    /// Lets a connection in, at the cost of another if there has to be.
    ///
    /// - Returns: its slot; `nil` if it has to be closed.
    func enter(_ channel: any Channel) -> Int? {
        let address = AddressPrefix(channel.remoteAddress)
        let entry = state.withLock { state in
            let entry = state.slots.enter(channel, from: address)
            switch entry {
            case .refused: state.counts.refused += 1
            case .entered(_, let evicted): if evicted != nil { state.counts.evicted += 1 }
            }
            return entry
        }
        guard case .entered(let slot, let evicted) = entry else { return nil }
        evicted?.close(promise: nil)
        return slot
    }

    func wait(for slot: Int) { state.withLock { $0.slots.wait(for: slot) } }

    func stopWaiting(for slot: Int) { state.withLock { $0.slots.stopWaiting(for: slot) } }

    func leave(_ slot: Int) { state.withLock { $0.slots.leave(slot) } }

    func noteMalformed() { state.withLock { $0.counts.malformed += 1 } }

    func noteOverdue() { state.withLock { $0.counts.overdue += 1 } }
}
