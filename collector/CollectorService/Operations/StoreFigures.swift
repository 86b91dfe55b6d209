/// What a store says of itself to its operator.
package struct StoreFigures: Hashable, Sendable {
    /// Reports, staged and sealed.
    package var reportCount = 0
    /// Reports that no chunk holds so far.
    package var stagedCount = 0
    /// Bytes of the store without its log.
    package var byteCount = 0
    /// Bytes of the write-ahead log.
    package var logByteCount = 0
    /// Bytes that are free where the store lies, for those who may not be root; `nil` where that is not to be had.
    package var freeByteCount: Int?
    /// Batches that were known already, since the start.
    package var repeatedBatchCount = 0
    /// Reports about the day before yesterday by metric, rounded down to hundreds: that day is as good as over, so that
    /// the number tells of no device that it reports now.
    package var settledCounts: [UInt32: Int] = [:]

    package init() {}

    /// The unit of ``settledCounts``.
    package static let settledUnit = 100
}
