public import Mechanisms
public import ReportFormat

/// The analyst's role in a mechanism up to the estimate: turns reports into exact counts.
public protocol ReportCounter: LocalRandomizer {
    /// What is counted.
    associatedtype Aggregate: MergeableAggregate

    /// What a reader of its estimates has to know beyond their errors, as sentences; nothing by default.
    var caveats: [String] { get }

    /// What honest reports of one period look like whatever the devices hold; by default nothing is known.
    var honestReports: HonestReports { get }

    /// Whether ``pairSupport(of:)`` says something; by default not.
    var supportsPairs: Bool { get }

    /// How often honest reports support two of the first ``PairSupport/valueLimit`` of these values at once.
    func pairSupport(of values: [MechanismInput]) -> PairSupport?

    /// The bytes of payloads from which one call of ``tally(_:partition:into:)`` is fast, where the counters are too many for
    /// a core's cache: threads that count at once then share an aggregate. 0, the default, where it makes no difference.
    var tallyByteCount: Int { get }

    /// How many reports there are of each payload that ``HonestReports/payloads`` is about, where that is what is counted.
    func payloadCounts(in aggregate: Aggregate) -> [Int]?

    /// How many reports support codes that stand for no value, where the mechanism has more codes than values.
    func unheldSupport(in aggregate: Aggregate) -> UnheldSupport?

    /// The aggregate of no reports of a definition.
    func makeAggregate(of definition: Fingerprint) -> Aggregate

    /// Counts one report.
    func absorb(_ report: Report, into aggregate: inout Aggregate)

    /// Counts payloads that lie end to end, as a store keeps them: without the bytes that name their partition.
    ///
    /// A requirement, not only an extension: an opened existential then pays one dynamic call per blob, not per report.
    ///
    /// - Throws: ``ReportError`` for the first malformed payload or for the partition; those before it are then counted.
    /// - Complexity: linear in the payloads, a few nanoseconds each.
    func tally(_ payloads: Span<UInt8>, partition: Int, into aggregate: inout Aggregate) throws(ReportError)
}

extension ReportCounter {
    public var caveats: [String] { [] }

    public var tallyByteCount: Int { 0 }

    public var honestReports: HonestReports { HonestReports() }

    public var supportsPairs: Bool { false }

    public func pairSupport(of values: [MechanismInput]) -> PairSupport? { nil }

    public func payloadCounts(in aggregate: Aggregate) -> [Int]? { nil }

    public func unheldSupport(in aggregate: Aggregate) -> UnheldSupport? { nil }

    @inlinable
    public func tally(_ payloads: Span<UInt8>, partition: Int, into aggregate: inout Aggregate) throws(ReportError) {
        let shape = shape
        let stride = Report.byteCount(of: shape)
        precondition(partitionByteCount == 0, "a mechanism with partitions counts them itself")
        guard partition == 0 else { throw .valueOutOfRange }
        guard payloads.count.isMultiple(of: stride) else {
            throw .wrongByteCount(actual: payloads.count % stride, expected: stride)
        }
        var offset = 0
        while offset < payloads.count {
            absorb(
                try Report(decoding: payloads.extracting(offset..<offset + stride), shape: shape), into: &aggregate)
            offset += stride
        }
    }

    /// The length of a payload in a store, which keeps its partition apart.
    public var storedByteCount: Int { payloadByteCount - partitionByteCount }
}
