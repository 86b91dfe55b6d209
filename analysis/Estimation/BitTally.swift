internal import CKernels
public import Mechanisms
public import ReportFormat

extension BitVectorRandomizer where Self: ReportCounter, Aggregate == BitCounts {
    public func makeAggregate(of definition: Fingerprint) -> BitCounts {
        BitCounts(of: definition, cohortCount: cohortCount, bitCount: shape.bitCount)
    }

    public func absorb(_ report: BitVectorReport, into aggregate: inout BitCounts) { aggregate.count(report) }

    public func tally(_ payloads: Span<UInt8>, partition: Int, into aggregate: inout BitCounts) throws(ReportError) {
        guard (0..<cohortCount).contains(partition) else { throw .valueOutOfRange }
        let stride = storedByteCount
        guard payloads.count.isMultiple(of: stride) else {
            throw .wrongByteCount(actual: payloads.count % stride, expected: stride)
        }
        var tally = BitTally(bitCount: shape.bitCount)
        let isWhole = payloads.withUnsafeBufferPointer { tally.count($0) }
        aggregate.add(reportCount: tally.reportCount, setCounts: tally.takeSetCounts(), cohort: partition)
        guard isWhole else { throw .valueOutOfRange }
    }
}

/// Counts the set bits of vectors by their position, with the kernel for this processor.
///
/// - Complexity: 128 bits or 1,024 cost about as much as to read them from memory.
struct BitTally: ~Copyable {
    private let bitCount: Int
    private let byteCount: Int
    private let counter: OpaquePointer
    private(set) var reportCount = 0

    init(bitCount: Int) {
        (self.bitCount, byteCount) = (bitCount, (bitCount + 7) / 8)
        guard let counter = dither_bit_counter_create(byteCount, .best) else {
            preconditionFailure("there is memory for a few bytes a bit")
        }
        self.counter = counter
    }

    deinit { dither_bit_counter_destroy(counter) }

    /// Counts vectors that lie end to end, up to the first with a spare bit set; false if there is one.
    mutating func count(_ vectors: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = vectors.baseAddress else { return true }
        let whole = vectors.count / byteCount
        var sound = whole
        if !bitCount.isMultiple(of: 8) {
            sound = dither_rows_without(first, whole, byteCount, UInt8.max << UInt8(bitCount % 8))
        }
        dither_bit_counter_add(counter, first, sound)
        reportCount += sound
        return sound == whole
    }

    /// The vectors with each bit set since the last time.
    mutating func takeSetCounts() -> [Int] {
        var counts = [Int](repeating: 0, count: 8 * byteCount)
        dither_bit_counter_take(counter, &counts)
        counts.removeLast(8 * byteCount - bitCount)
        return counts
    }
}

extension dither_instruction_set {
    /// The best that this processor has.
    static let best = dither_best_instruction_set()
}
