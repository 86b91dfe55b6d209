internal import CKernels
public import ReportFormat

/// How many reports of one period have each number of bits set.
public struct WeightCounts: MergeableAggregate {
    public let definition: Fingerprint

    /// The reports of each weight, from 0 up.
    public private(set) var counts: [Int]

    public var reportCount: Int { counts.reduce(0, +) }

    public var byteCount: Int { counts.count * MemoryLayout<Int>.stride }

    /// No reports, of payloads with so many bytes of bits.
    public init(of definition: Fingerprint, byteCount: Int) {
        self.definition = definition
        counts = [Int](repeating: 0, count: 8 * byteCount + 1)
    }

    /// Counts payloads that lie end to end, from a byte of each on.
    ///
    /// - Complexity: about as much as to read them from memory.
    mutating func count(_ payloads: Span<UInt8>, stride: Int, from first: Int) {
        counts.withUnsafeMutableBufferPointer { counts in
            payloads.withUnsafeBufferPointer { payloads in
                guard let start = payloads.baseAddress, let counts = counts.baseAddress else { return }
                dither_count_weights(start + first, payloads.count / stride, stride, stride - first, counts, .best)
            }
        }
    }

    public mutating func merge(_ other: Self) throws(AggregateError) {
        guard definition == other.definition else { throw .differentDefinitions(definition, other.definition) }
        guard counts.count == other.counts.count else {
            throw .differentDomains(valueCount: counts.count, otherValueCount: other.counts.count)
        }
        var sums = counts
        for weight in sums.indices {
            let (sum, overflows) = sums[weight].addingReportingOverflow(other.counts[weight])
            guard !overflows else { throw .countOverflow }
            sums[weight] = sum
        }
        var (total, overflows) = (0, false)
        for count in sums {
            let sum = total.addingReportingOverflow(count)
            (total, overflows) = (sum.partialValue, overflows || sum.overflow)
        }
        guard !overflows else { throw .countOverflow }
        counts = sums
    }
}
