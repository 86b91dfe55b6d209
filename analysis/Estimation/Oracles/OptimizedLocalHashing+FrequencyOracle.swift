internal import LocalPrivacy
public import Mechanisms
public import ReportFormat

extension OptimizedLocalHashing: PureFrequencyOracle {
    /// p* is that of the response. Another item's value is the own one's with probability κ, and else any other equally
    /// often: q* = κ·p + (1 − κ)·q, with p and q of the response, so that p* − q* = (1 − κ)·(p − q). κ is counted, not 1/g.
    public var support: SupportProbabilities {
        let (response, pairs) = (rule.support, Double(sign: .plus, exponent: -2 * hash.bucketBitCount, significand: 1))
        let collision = Double(hash.collisionNumerator) * pairs
        return SupportProbabilities(
            truthful: response.truthful, spurious: response.spurious + collision * response.gap,
            gap: response.gap * (1 - collision))
    }

    public func makeAggregate(of definition: Fingerprint) -> SupportCounts {
        SupportCounts(of: definition, valueCount: configuration.itemCount)
    }

    /// - Complexity: every item is hashed. A tally of many reports costs less a report.
    public func absorb(_ report: HashedReport, into aggregate: inout SupportCounts) {
        var lanes = HashLanes(itemCount: configuration.itemCount)
        lanes.count(report, under: hash)
        aggregate.add(reportCount: 1, support: lanes.counts)
    }

    /// - Complexity: half a nanosecond for each report and item.
    public func tally(
        _ payloads: Span<UInt8>, partition: Int, into aggregate: inout SupportCounts
    ) throws(ReportError) {
        let (shape, stride) = (shape, payloadByteCount)
        guard partition == 0 else { throw .valueOutOfRange }
        guard payloads.count.isMultiple(of: stride) else {
            throw .wrongByteCount(actual: payloads.count % stride, expected: stride)
        }
        var lanes = HashLanes(itemCount: configuration.itemCount), count = 0
        defer { aggregate.add(reportCount: count, support: lanes.counts) }
        for offset in Swift.stride(from: 0, to: payloads.count, by: stride) {
            lanes.count(
                try HashedReport(decoding: payloads.extracting(offset..<offset + stride), shape: shape), under: hash)
            count += 1
        }
    }
}

/// How many reports support each item, eight items at a time.
///
/// A report of value y supports the items whose bucket is one of those that go to y, which follow each other: those for
/// which a·x + b − (the first bucket's first word) is below the words of all of them. In 32 bits, into whose high ones words
/// of fewer bits are shifted, that is an addition and a comparison an item.
private struct HashLanes {
    private var lanes: [SIMD8<UInt32>]
    private let itemCount: Int

    init(itemCount: Int) {
        self.itemCount = itemCount
        lanes = [SIMD8<UInt32>](repeating: .zero, count: (itemCount + 7) / 8)
    }

    /// Counts one of fewer than 2³² reports.
    mutating func count(_ report: HashedReport, under hash: LocalHash) {
        let unused = UInt64(32 - hash.wordBitCount)
        func word(_ value: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: value << unused) }
        let shift = UInt64(hash.shift)
        let (first, end) = (
            hash.firstBucket(of: report.value) << shift, hash.firstBucket(of: report.value + 1) << shift
        )
        let (multiplier, width) = (word(report.seed), word(end - first))
        let start = word((report.seed >> UInt64(hash.wordBitCount)) &- first)
        var words = SIMD8<UInt32>(0, 1, 2, 3, 4, 5, 6, 7) &* multiplier &+ start
        let step = SIMD8(repeating: multiplier &* 8), bound = SIMD8(repeating: width)
        lanes.withUnsafeMutableBufferPointer { lanes in
            for index in lanes.indices {
                lanes[index] = (lanes[index] &+ 1).replacing(with: lanes[index], where: words .>= bound)
                words &+= step
            }
        }
    }

    /// The counts in item order.
    var counts: [Int] { (0..<itemCount).map { Int(lanes[$0 / 8][$0 % 8]) } }
}
