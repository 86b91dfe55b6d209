public import Mechanisms
public import ReportFormat

extension Loloha: PureFrequencyOracle {
    /// Over the device's seed as well, under which another value has the own one's hash with probability 1/g: of both
    /// stages q* is 1/g, whatever the noise, and p* − q* is (p₁ − 1/g)·(p₂ − q₂).
    public var support: SupportProbabilities {
        let (first, second) = (stages.permanent.support, stages.instantaneous.support)
        let others = Double(configuration.hashRange - 1)
        let permanent = hashedSupport
        return SupportProbabilities(
            truthful: first.truthful * second.truthful + others * first.spurious * second.spurious,
            spurious: permanent.spurious, gap: permanent.gap * second.gap)
    }

    public var permanentSupport: SupportProbabilities? { hashedSupport }

    /// p₁ and 1/g: of g answers the permanent response is one, whichever another value's is.
    private var hashedSupport: SupportProbabilities {
        let first = stages.permanent.support, range = Double(configuration.hashRange)
        return SupportProbabilities(
            truthful: first.truthful, spurious: 1 / range, gap: first.gap * (1 - 1 / range))
    }

    /// Counts the reports of each seed and answer; a count of a seed's answers follows that of the seed before.
    public func makeAggregate(of definition: Fingerprint) -> SupportCounts {
        SupportCounts(of: definition, valueCount: hash.seedCount * configuration.hashRange)
    }

    public func absorb(_ report: PartitionedCategoryReport, into aggregate: inout SupportCounts) {
        aggregate.count(supporting: report.partition * configuration.hashRange + report.category)
    }

    public func tally(_ payloads: Span<UInt8>, partition: Int, into aggregate: inout SupportCounts) throws(ReportError)
    {
        guard (0..<hash.seedCount).contains(partition) else { throw .valueOutOfRange }
        let (range, stride) = (configuration.hashRange, storedByteCount)
        guard payloads.count.isMultiple(of: stride) else {
            throw .wrongByteCount(actual: payloads.count % stride, expected: stride)
        }
        for offset in Swift.stride(from: 0, to: payloads.count, by: stride) {
            let answer = try CategoryReport(decoding: payloads.extracting(offset..<offset + stride), shape: range)
            aggregate.count(supporting: partition * range + answer.category)
        }
    }

    /// The reports whose answer is an item's hash, for all items by one Walsh–Hadamard transform.
    ///
    /// With s bits to an answer, [h = y] is 2^−s·Σ_u (−1)^(u·h + u·y) over all u of s bits; and as a hash is linear in the
    /// item x, u·h is b·x for a b that the seed and u fix. So the counts, transformed over y for each seed and added up
    /// by b, make the counts of support by a transform over b. All sums are of whole numbers, each at most g times the
    /// number of reports; beyond 2⁵⁵ reports they would wrap.
    ///
    /// - Complexity: r·g·2^r and r·2^r additions.
    public func supportCounts(in aggregate: SupportCounts) -> [Int] {
        let range = configuration.hashRange
        var sums = [Int](repeating: 0, count: hash.seedCount)
        for seed in 0..<hash.seedCount {
            var answers = Array(aggregate.support[seed * range..<(seed + 1) * range])
            guard answers.contains(where: { $0 != 0 }) else { continue }
            WalshHadamard.transform(&answers)
            let basis = (0..<hash.degree).map { hash.answer(to: 1 << $0, seed: seed) }
            for (u, sum) in answers.enumerated() {
                let b = basis.enumerated().reduce(0) { $0 | (($1.element & u).nonzeroBitCount & 1) << $1.offset }
                sums[b] &+= sum
            }
        }
        WalshHadamard.transform(&sums)
        return sums.prefix(configuration.itemCount).map { $0 / range }
    }
}
