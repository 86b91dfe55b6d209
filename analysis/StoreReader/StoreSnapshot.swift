/// What a collector's store holds at one moment: chunks and staged reports, whatever running collectors add later.
public protocol StoreSnapshot: Sendable {
    /// The definition hash under which a metric's reports of a version were admitted; `nil` if there are none.
    ///
    /// - Throws: ``StoreReaderError``.
    func definitionHash(metric: UInt32, version: UInt32) throws(StoreReaderError) -> [UInt8]?

    /// Every period of a metric, or of every one, that has reports: by metric, version and day.
    ///
    /// - Throws: ``StoreReaderError``.
    /// - Complexity: linear in the chunks and staged reports of these.
    func periods(of metric: UInt32?) throws(StoreReaderError) -> [StoredPeriod]

    /// Where a period's payloads are, so that they can be read one part after the other.
    ///
    /// - Throws: ``StoreReaderError``.
    func parts(of period: StoredPeriod) throws(StoreReaderError) -> [StoredPart]

    /// Appends the payloads of a part, end to end, checked against their checksum where they are sealed.
    ///
    /// Several threads may read: the store is asked by one at a time, and checksums are computed by all at once.
    ///
    /// - Parameters:
    ///   - payloadByteCount: the length of each.
    ///   - payloads: what is appended to; of a part that cannot be read as a whole, bytes of no use.
    /// - Throws: ``StoreReaderError``.
    func read(
        _ part: StoredPart, of period: StoredPeriod, payloadByteCount: Int, into payloads: inout [UInt8]
    ) throws(StoreReaderError)
}

extension StoreSnapshot {
    /// Every period of every metric.
    ///
    /// - Throws: ``StoreReaderError``.
    public func periods() throws(StoreReaderError) -> [StoredPeriod] { try periods(of: nil) }

    /// The payloads of a part, end to end, checked against their checksum where they are sealed.
    ///
    /// - Parameter payloadByteCount: the length of each.
    /// - Throws: ``StoreReaderError``.
    public func payloads(
        of part: StoredPart, in period: StoredPeriod, payloadByteCount: Int
    ) throws(StoreReaderError) -> [UInt8] {
        var payloads: [UInt8] = []
        try read(part, of: period, payloadByteCount: payloadByteCount, into: &payloads)
        return payloads
    }
}
