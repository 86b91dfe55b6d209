/// What one listener takes, in connections, requests and time.
package struct ListenerLimits: Hashable, Sendable {
    /// The longest head of a request, in bytes: its target and its fields. More is answered with 431.
    package static let headByteCount = 8_192
    /// A body, or an answer that its reader is slow to take, moves at this rate at least, in bytes a second.
    package static let bytesPerSecond = 4_096
    /// A connection ends whose client sends this many requests and waits for none of the answers.
    static let unansweredCount = 16

    /// At most this many connections are open; then the one that has kept the collector waiting longest makes room.
    package var connectionCount = 10_000
    /// At most this many are open from one address; 0 for no such limit.
    package var connectionCountPerAddress = 0
    /// At most this many requests a minute are answered to one address; 0 for no such limit.
    package var requestCountPerMinute = 0
    /// A head has come this many seconds after its connection was opened; a body this many after its head, and more for
    /// what of it has come.
    package var requestSeconds = 10
    /// A connection ends that has been without a request for this many seconds.
    package var idleSeconds = 30

    package init() {}

    /// Those of the listener for operators, who are few.
    static var operations: ListenerLimits {
        var limits = ListenerLimits()
        limits.connectionCount = 64
        return limits
    }
}
