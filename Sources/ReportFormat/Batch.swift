/// One randomized report as it travels: public noise, named by metric, definition and day.
public struct ReportRecord: Hashable, Sendable {
    /// The metric's wire identity.
    public var metric: UInt32
    /// The day that the report is about.
    public var period: UTCDay
    /// The definition under which it was randomized.
    public var fingerprint: Fingerprint
    /// The mechanism's payload.
    public var payload: [UInt8]

    /// A record of these fields.
    public init(metric: UInt32, period: UTCDay, fingerprint: Fingerprint, payload: [UInt8]) {
        (self.metric, self.period, self.fingerprint, self.payload) = (metric, period, fingerprint, payload)
    }

    /// What the record takes in a batch, in bytes.
    public var byteCount: Int { Batch.recordHeaderByteCount + payload.count }
}

/// Why bytes are no batch. The whole batch is refused; nothing of it is stored.
public enum BatchError: Error, Hashable, Sendable {
    /// The length is none of the size classes.
    case notASizeClass(byteCount: Int)
    /// The first four bytes are not `DTHR`.
    case wrongMagic
    /// Another version of the format.
    case unsupportedVersion(UInt8)
    /// A reserved byte is not zero.
    case reservedByteSet(offset: Int)
    /// No report, or more than a batch may carry.
    case reportCountOutOfRange(Int)
    /// A period after the year 9999.
    case periodOutOfRange(offset: Int)
    /// A payload is empty or longer than any mechanism makes.
    case payloadByteCountOutOfRange(offset: Int, byteCount: Int)
    /// The batch ends inside a record.
    case truncated(offset: Int)
    /// Padding is not zero, or the content would fit a smaller size class.
    case notCanonical(offset: Int)
}

/// A bundle of reports under one random identifier, padded to a size class. See `docs/report-format.md`.
public struct Batch: Hashable, Sendable {
    static let headerByteCount = 24
    static let recordHeaderByteCount = 18
    static let magic = Array("DTHR".utf8)

    /// The batch's random name.
    public let identifier: BatchIdentifier
    /// One to ``WireLimits/reportsPerBatch`` reports.
    public let reports: [ReportRecord]

    /// A batch of these reports.
    ///
    /// - Throws: ``BatchError`` when there are none, too many, or they do not fit into the largest size class.
    public init(identifier: BatchIdentifier, reports: [ReportRecord]) throws(BatchError) {
        guard (1...WireLimits.reportsPerBatch).contains(reports.count) else {
            throw .reportCountOutOfRange(reports.count)
        }
        for report in reports where !(1...WireLimits.payloadByteCount).contains(report.payload.count) {
            throw .payloadByteCountOutOfRange(offset: 0, byteCount: report.payload.count)
        }
        let contentByteCount = Self.contentByteCount(of: reports)
        guard contentByteCount <= WireLimits.batchByteCount else { throw .notASizeClass(byteCount: contentByteCount) }
        (self.identifier, self.reports) = (identifier, reports)
    }

    /// The bytes that header and records take, before padding.
    public static func contentByteCount(of reports: [ReportRecord]) -> Int {
        reports.reduce(headerByteCount) { $0 + $1.byteCount }
    }

    /// The smallest size class that holds `contentByteCount` bytes: 256 bytes times a power of two.
    public static func sizeClass(holding contentByteCount: Int) -> Int {
        var size = WireLimits.smallestBatchByteCount
        while size < contentByteCount { size *= 2 }
        return size
    }

    /// The canonical bytes, padded with zeros to the size class.
    ///
    /// - Complexity: linear in the size class.
    public var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.append(Self.magic)
        writer.append(WireLimits.version)
        writer.append(UInt8(0))
        writer.append(UInt16(reports.count))
        writer.append(identifier.bytes)
        for report in reports {
            writer.append(report.metric)
            writer.append(report.period.index)
            writer.append(report.fingerprint.value)
            writer.append(UInt16(report.payload.count))
            writer.append(report.payload)
        }
        let padding = Self.sizeClass(holding: writer.bytes.count) - writer.bytes.count
        writer.append([UInt8](repeating: 0, count: padding))
        return writer.bytes
    }

    /// Reads a batch. Total: any bytes give a batch or an error, and a batch encodes to the same bytes again.
    ///
    /// - Throws: ``BatchError``.
    /// - Complexity: linear in the bytes.
    public init(decoding bytes: [UInt8]) throws(BatchError) {
        guard bytes.count <= WireLimits.batchByteCount, bytes.count >= WireLimits.smallestBatchByteCount,
            Self.sizeClass(holding: bytes.count) == bytes.count
        else { throw .notASizeClass(byteCount: bytes.count) }
        var reader = BatchReader(bytes)
        guard try reader.bytes(count: 4) == Self.magic else { throw .wrongMagic }
        let version = try reader.integer(UInt8.self)
        guard version == WireLimits.version else { throw .unsupportedVersion(version) }
        guard try reader.integer(UInt8.self) == 0 else { throw .reservedByteSet(offset: 5) }
        let count = Int(try reader.integer(UInt16.self))
        guard (1...WireLimits.reportsPerBatch).contains(count) else { throw .reportCountOutOfRange(count) }
        guard let identifier = BatchIdentifier(bytes: try reader.bytes(count: BatchIdentifier.byteCount)) else {
            throw .truncated(offset: reader.offset)
        }
        var reports: [ReportRecord] = []
        reports.reserveCapacity(count)
        for _ in 0..<count { reports.append(try reader.record()) }
        let contentEnd = reader.offset
        guard Self.sizeClass(holding: contentEnd) == bytes.count else { throw .notCanonical(offset: contentEnd) }
        for offset in contentEnd..<bytes.count where bytes[offset] != 0 { throw .notCanonical(offset: offset) }
        (self.identifier, self.reports) = (identifier, reports)
    }
}

/// A ``ByteReader`` whose errors are those of a batch.
private struct BatchReader {
    private var reader: ByteReader

    init(_ bytes: [UInt8]) { reader = ByteReader(bytes) }

    var offset: Int { reader.offset }

    mutating func integer<Integer: FixedWidthInteger & UnsignedInteger>(
        _ type: Integer.Type
    ) throws(BatchError) -> Integer {
        do { return try reader.integer(type) } catch { throw .truncated(offset: reader.offset) }
    }

    mutating func bytes(count: Int) throws(BatchError) -> [UInt8] {
        do { return try reader.bytes(count: count) } catch { throw .truncated(offset: reader.offset) }
    }

    mutating func record() throws(BatchError) -> ReportRecord {
        let metric = try integer(UInt32.self)
        let periodOffset = offset
        guard let period = UTCDay(index: try integer(UInt32.self)) else {
            throw .periodOutOfRange(offset: periodOffset)
        }
        let fingerprint = Fingerprint(value: try integer(UInt64.self))
        let countOffset = offset
        let byteCount = Int(try integer(UInt16.self))
        guard (1...WireLimits.payloadByteCount).contains(byteCount) else {
            throw .payloadByteCountOutOfRange(offset: countOffset, byteCount: byteCount)
        }
        let payload = try bytes(count: byteCount)
        return ReportRecord(metric: metric, period: period, fingerprint: fingerprint, payload: payload)
    }
}
