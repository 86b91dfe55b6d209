public import ReportFormat

/// How many reports there are of each cohort, and how many of them have each bit set.
public struct BitCounts: MergeableAggregate {
    public let definition: Fingerprint

    /// The bits of a report.
    public let bitCount: Int

    /// The reports of each cohort.
    public private(set) var cohortSizes: [Int]

    /// The reports with each bit set, cohort after cohort.
    public private(set) var setCounts: [Int]

    /// No reports, of so many cohorts and bits.
    public init(of definition: Fingerprint, cohortCount: Int, bitCount: Int) {
        (self.definition, self.bitCount) = (definition, bitCount)
        cohortSizes = [Int](repeating: 0, count: cohortCount)
        setCounts = [Int](repeating: 0, count: cohortCount * bitCount)
    }

    public var reportCount: Int { cohortSizes.reduce(0, +) }

    public var byteCount: Int { (setCounts.count + cohortSizes.count) * MemoryLayout<Int>.stride }

    /// Adds reports of one cohort, of which so many have each bit set.
    package mutating func add(reportCount: Int, setCounts counts: [Int], cohort: Int) {
        cohortSizes[cohort] += reportCount
        for bit in 0..<bitCount { setCounts[cohort * bitCount + bit] += counts[bit] }
    }

    /// Counts one report.
    mutating func count(_ report: BitVectorReport) {
        add(reportCount: 1, setCounts: (0..<bitCount).map { report[$0] ? 1 : 0 }, cohort: report.partition)
    }

    public mutating func merge(_ other: Self) throws(AggregateError) {
        guard definition == other.definition else {
            throw .differentDefinitions(definition, other.definition)
        }
        guard bitCount == other.bitCount, setCounts.count == other.setCounts.count else {
            throw .differentDomains(valueCount: setCounts.count, otherValueCount: other.setCounts.count)
        }
        let sizes = try Self.sums(cohortSizes, other.cohortSizes)
        // The reports of all cohorts together are counted as well.
        guard sizes.reduce((0, false), { Self.sum($0, $1) }).1 == false else { throw .countOverflow }
        (setCounts, cohortSizes) = (try Self.sums(setCounts, other.setCounts), sizes)
    }

    private static func sum(_ total: (Int, Bool), _ next: Int) -> (Int, Bool) {
        let (sum, overflow) = total.0.addingReportingOverflow(next)
        return (sum, total.1 || overflow)
    }

    private static func sums(_ left: [Int], _ right: [Int]) throws(AggregateError) -> [Int] {
        var sums = left
        for index in sums.indices {
            let (sum, overflow) = left[index].addingReportingOverflow(right[index])
            guard !overflow else { throw .countOverflow }
            sums[index] = sum
        }
        return sums
    }
}
