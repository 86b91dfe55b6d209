public import ReportFormat

/// The reports that a store holds about one period of a metric.
public struct StoredPeriod: Hashable, Sendable {
    /// The metric's wire identity.
    public let metric: UInt32
    /// The version of its definition.
    public let version: UInt32
    /// The period.
    public let day: UTCDay
    /// How many reports there are, at least one.
    public let reportCount: Int
}

/// Where some of a period's payloads are: all of one partition, such as a cohort.
public enum StoredPart: Hashable, Sendable {
    /// In the chunk with this key.
    case chunk(key: Int64, partition: Int)
    /// Among those that no chunk holds so far; the collector seals them before they exceed ``StoreFormat/Chunk``'s size.
    case staged(partition: Int)

    /// The partition of all payloads.
    public var partition: Int {
        switch self {
        case .chunk(_, let partition), .staged(let partition): partition
        }
    }
}
