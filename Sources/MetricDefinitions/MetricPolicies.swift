public import LocalPrivacy
public import ReportFormat

/// A metric's wire identity: never reused, also not after the metric is gone.
public struct MetricIdentifier: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Zero is no metric; 31 bits fit every store's integers.
    public static let allowedValues: ClosedRange<UInt32> = 1...0x7FFF_FFFF

    /// The number.
    public let value: UInt32

    /// The identity with this number; `nil` outside ``allowedValues``.
    public init?(_ value: UInt32) {
        guard Self.allowedValues.contains(value) else { return nil }
        self.value = value
    }

    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
    public var description: String { String(value) }
}

/// What a device reports for a period in which nothing was recorded.
public enum WhenAbsent: Hashable, Sendable {
    /// "No event" as an item of its own, randomized like a value.
    case none
    /// The last memoized response again; before the first event, "no event" memoized like a value.
    case last
    /// Nothing: the presence of a report is public.
    case skip
    /// This value of the domain.
    case value(MetricValue)
}

/// Which of several events of one period is reported.
public enum Combination: UInt8, Hashable, Sendable {
    /// One of them, drawn uniformly.
    case sample = 0
    /// For booleans: whether any was true.
    case any = 1
}

/// What bounds a metric's reports over a device's life.
public enum LifetimeCap: Hashable, Sendable {
    /// Fresh noise: reporting stops when every period since enrolment has spent this sum.
    case budget(PrivacyBudget)
    /// Memoized: at most so many reports and so many distinct values.
    case memoized(reports: Int, distinctValues: Int)
}

/// When a metric ends by itself.
public enum Expiry: Hashable, Sendable {
    /// The last day that is reported.
    case lastDay(UTCDay)
    /// Never, for a stated reason.
    case never(reason: String)

    /// Whether a day is after the last.
    public func isPast(on day: UTCDay) -> Bool {
        switch self {
        case .lastDay(let last): day > last
        case .never: false
        }
    }
}
