internal import CPlatform
internal import Glibc

/// A moment of the monotonic clock by which something has to be done.
struct Deadline: Sendable {
    private let end: Int64

    /// The moment `milliseconds` from here, or a day if that is sooner.
    init(milliseconds: Int) { end = Self.now &+ Int64(min(max(0, milliseconds), 86_400_000)) }

    /// What is left, never below zero.
    var remainingMilliseconds: Int { Int(max(0, end &- Self.now)) }

    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) &* 1_000 &+ Int64(time.tv_nsec) / 1_000_000
    }
}
