internal import Glibc

/// What the agent knows of time.
public protocol AgentClock: Sendable {
    /// Seconds since 1970-01-01T00:00:00Z.
    func secondsSinceEpoch() -> Int64
}

/// The system's clock.
public struct SystemClock: AgentClock {
    /// The system's clock.
    public init() {}

    /// CLOCK_REALTIME, in whole seconds.
    public func secondsSinceEpoch() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec)
    }
}
