internal import CPostgres
internal import Glibc

/// Waiting for a connection's socket.
enum SocketWait {
    /// Whether the socket was ready for one of the events before the deadline; without one it is waited for.
    static func isReady(_ handle: OpaquePointer, _ events: Int32, until deadline: ContinuousClock.Instant?) -> Bool {
        while true {
            var limit = Int32(-1)
            if let deadline {
                let left = deadline - .now
                guard left > .zero else { return false }
                let (seconds, attoseconds) = left.components
                limit = Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
            }
            var poller = pollfd(fd: PQsocket(handle), events: Int16(events), revents: 0)
            let ready = poll(&poller, 1, limit)
            guard ready < 0, errno == EINTR else { return ready > 0 }
        }
    }
}
