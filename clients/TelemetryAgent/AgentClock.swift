internal import CPlatform
internal import Glibc

/// What the agent knows of time.
public protocol AgentClock: Sendable {
    /// Seconds since 1970-01-01T00:00:00Z, as the calendar has them: anybody may set them.
    func secondsSinceEpoch() -> Int64

    /// How long the machine has been running; `nil` where that is not known.
    func uptime() -> Uptime?
}

extension AgentClock {
    /// Not known.
    public func uptime() -> Uptime? { nil }
}

/// How long a machine has been running, sleep included, and since which of its starts.
public struct Uptime: Hashable, Sendable {
    /// Seconds since the start.
    public var seconds: Int64
    /// Tells one start from another.
    public var boot: UInt64

    /// An uptime.
    public init(seconds: Int64, boot: UInt64) { (self.seconds, self.boot) = (seconds, boot) }
}

/// The system's clock.
public struct SystemClock: AgentClock {
    /// The system's clock.
    public init() {}

    /// CLOCK_REALTIME, in whole seconds.
    public func secondsSinceEpoch() -> Int64 { Self.seconds(of: CLOCK_REALTIME) }

    /// CLOCK_BOOTTIME, which no program can set, and the kernel's name for this start.
    public func uptime() -> Uptime? {
        Self.boot.map { Uptime(seconds: Self.seconds(of: CLOCK_BOOTTIME), boot: $0) }
    }

    private static func seconds(of clock: clockid_t) -> Int64 {
        var now = timespec()
        clock_gettime(clock, &now)
        return Int64(now.tv_sec)
    }

    /// The first 64 bits of the kernel's random identifier of this start.
    private static let boot: UInt64? = {
        let file = dither_open("/proc/sys/kernel/random/boot_id", O_RDONLY, 0)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 36)
        guard text.withUnsafeMutableBytes({ read(file, $0.baseAddress, $0.count) }) == 36 else { return nil }
        let digits = text.filter { $0 != UInt8(ascii: "-") }.prefix(16)
        return UInt64(String(decoding: digits, as: UTF8.self), radix: 16)
    }()
}
