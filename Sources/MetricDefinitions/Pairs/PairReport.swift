internal import Mechanisms
public import ReportFormat

/// A report by each of two mechanisms about one event, as the bytes of both.
///
/// Where the halves are of one partition, such as a device's cohort, its bytes come first and once; then the rest of the
/// first report, and the rest of the second.
public struct PairReport: ReportPayload {
    /// What fixes the encoding.
    public struct Shape: Sendable {
        let state: PairState
        /// Whether it is that of a permanent response.
        let isPermanent: Bool

        /// The bytes that name the partition of both, and stand before the rest.
        var partitionByteCount: Int { max(state.lead.first, state.lead.second) }

        /// How many bytes each half has, its partition included.
        var byteCounts: (first: Int, second: Int) {
            (state.first.byteCount(isPermanent: isPermanent), state.second.byteCount(isPermanent: isPermanent))
        }
    }

    /// The bytes of the first mechanism's report.
    public let first: [UInt8]
    /// The bytes of the second mechanism's report.
    public let second: [UInt8]

    /// A report of bytes that both mechanisms made.
    public init(first: [UInt8], second: [UInt8]) { (self.first, self.second) = (first, second) }

    public static func byteCount(of shape: Shape) -> Int {
        let (counts, lead) = (shape.byteCounts, shape.state.lead)
        return shape.partitionByteCount + counts.first - lead.first + counts.second - lead.second
    }

    /// Reads both halves.
    ///
    /// - Throws: ``ReportError`` for another length, and for bytes that a half's mechanism cannot make.
    public init(decoding bytes: Span<UInt8>, shape: Shape) throws(ReportError) {
        let expected = Self.byteCount(of: shape), state = shape.state
        guard bytes.count == expected else { throw .wrongByteCount(actual: bytes.count, expected: expected) }
        let start = shape.partitionByteCount, middle = start + shape.byteCounts.first - state.lead.first
        var (first, second) = ([UInt8](), [UInt8]())
        for index in 0..<expected {
            if index < state.lead.first || (start..<middle).contains(index) { first.append(bytes[index]) }
            if index < state.lead.second || index >= middle { second.append(bytes[index]) }
        }
        try state.first.validate(first, isPermanent: shape.isPermanent)
        try state.second.validate(second, isPermanent: shape.isPermanent)
        self.init(first: first, second: second)
    }

    public func append(to bytes: inout [UInt8], shape: Shape) {
        let lead = shape.state.lead
        if lead.first == 0 { bytes += second[..<lead.second] }
        bytes += first
        bytes += second[lead.second...]
    }
}

extension LocalRandomizer {
    fileprivate func byteCount(isPermanent: Bool) -> Int {
        guard isPermanent, let memoized = self as? any LongitudinalRandomizer else { return payloadByteCount }
        return memoized.permanentByteCount
    }

    fileprivate func validate(_ bytes: [UInt8], isPermanent: Bool) throws(ReportError) {
        guard isPermanent, let memoized = self as? any LongitudinalRandomizer else {
            return try validate(payload: bytes)
        }
        try memoized.validate(permanent: bytes)
    }
}

extension LongitudinalRandomizer {
    fileprivate var permanentByteCount: Int { Value.byteCount(of: permanentShape) }

    fileprivate func validate(permanent bytes: [UInt8]) throws(ReportError) {
        _ = try Value(decoding: bytes.span, shape: permanentShape)
    }
}
