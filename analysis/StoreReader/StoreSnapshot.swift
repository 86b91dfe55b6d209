/// What a collector's store holds at one moment: chunks and staged reports, whatever running collectors add later.
public protocol StoreSnapshot: Sendable {
    /// The definition hash under which a metric's reports of a version were admitted; `nil` if there are none.
    ///
    /// - Throws: ``StoreReaderError``.
    func definitionHash(metric: UInt32, version: UInt32) throws(StoreReaderError) -> [UInt8]?

    /// Every period of every metric that has reports, by metric, version and day.
    ///
    /// - Throws: ``StoreReaderError``.
    /// - Complexity: linear in chunks and staged reports.
    func periods() throws(StoreReaderError) -> [StoredPeriod]

    /// Where a period's payloads are, so that they can be read one part after the other.
    ///
    /// - Throws: ``StoreReaderError``.
    func parts(of period: StoredPeriod) throws(StoreReaderError) -> [StoredPart]

    /// The payloads of a part, end to end, checked against their checksum where they are sealed.
    ///
    /// - Parameter payloadByteCount: the length of each.
    /// - Throws: ``StoreReaderError``.
    func payloads(
        of part: StoredPart, in period: StoredPeriod, payloadByteCount: Int
    ) throws(StoreReaderError) -> [UInt8]
}
