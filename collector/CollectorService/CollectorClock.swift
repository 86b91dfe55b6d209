internal import Glibc
package import ReportFormat

/// What the collector knows of time: the UTC day.
package struct CollectorClock: Sendable {
    private let secondsSinceEpoch: @Sendable () -> Int64

    /// A clock that asks for the seconds since 1970-01-01T00:00:00Z.
    package init(secondsSinceEpoch: @escaping @Sendable () -> Int64) { self.secondsSinceEpoch = secondsSinceEpoch }

    /// The system's clock.
    package static let system = CollectorClock { Int64(time(nil)) }

    /// The seconds since 1970-01-01T00:00:00Z.
    package var now: Int64 { secondsSinceEpoch() }

    /// The day it is.
    package var today: UTCDay { UTCDay(containing: secondsSinceEpoch()) }
}
