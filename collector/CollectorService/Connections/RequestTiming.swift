package import NIOCore

/// Until when a connection may take for what it is doing. Without clock and channel, so that every case can be tried.
package struct RequestTiming: Sendable {
    private let limits: ListenerLimits
    /// Whether more of a request that has begun is to come.
    private var isReceiving = false
    /// Requests that have begun and are not answered to their end.
    package private(set) var unansweredCount = 0
    /// When the connection ends, if nothing happens until then; `nil` while it waits for the collector.
    package private(set) var deadline: NIODeadline?

    package init(_ limits: ListenerLimits) { self.limits = limits }

    /// Whether the collector waits for the other side to send.
    package var isWaitingForClient: Bool { isReceiving || unansweredCount == 0 }

    /// The connection is there, and has until then for its first head, the handshake of TLS included.
    package mutating func opened(at now: NIODeadline) { deadline = now + .seconds(Int64(limits.requestSeconds)) }

    /// A head has come.
    package mutating func receivedHead(at now: NIODeadline) {
        isReceiving = true
        unansweredCount += 1
        deadline = now + .seconds(Int64(limits.requestSeconds))
    }

    /// A part of a body has come; it earns the time that it may take at the least rate.
    package mutating func receivedBody(byteCount: Int) {
        if isReceiving, let deadline { self.deadline = deadline + Self.duration(ofByteCount: byteCount) }
    }

    /// A request has come to its end.
    package mutating func receivedEnd(at now: NIODeadline) {
        isReceiving = false
        deadline = unansweredCount > 0 ? nil : now + .seconds(Int64(limits.idleSeconds))
    }

    /// An answer was written to its end.
    package mutating func answered(at now: NIODeadline) {
        unansweredCount = max(0, unansweredCount - 1)
        guard !isReceiving, unansweredCount == 0 else { return }
        deadline = now + .seconds(Int64(limits.idleSeconds))
    }

    /// The other side does not take what is written, of which so much waits.
    package mutating func stalled(byteCount: Int, at now: NIODeadline) {
        guard !isReceiving else { return }
        deadline = now + .seconds(Int64(limits.requestSeconds)) + Self.duration(ofByteCount: byteCount)
    }

    /// The other side takes what is written again.
    package mutating func resumed(at now: NIODeadline) {
        guard !isReceiving else { return }
        deadline = unansweredCount > 0 ? nil : now + .seconds(Int64(limits.idleSeconds))
    }

    /// The last word was said; the other side has a moment to read it.
    package mutating func parting(at now: NIODeadline) {
        (isReceiving, deadline) = (true, now + .seconds(1))
    }

    private static func duration(ofByteCount byteCount: Int) -> TimeAmount {
        .milliseconds(Int64(byteCount) * 1_000 / Int64(ListenerLimits.bytesPerSecond))
    }
}
