public import ReportFormat

/// How many reports there are, and how many of them support each value.
public struct SupportCounts: MergeableAggregate {
    public let definition: Fingerprint

    /// The reports counted so far.
    @usableFromInline var countedReports = 0

    /// Those of them that support each value.
    @usableFromInline var countedSupport: [Int]

    public var reportCount: Int { countedReports }

    public var byteCount: Int { countedSupport.count * MemoryLayout<Int>.stride }

    /// The reports that support each value, in item order.
    public var support: [Int] { countedSupport }

    /// No reports, about this many values.
    public init(of definition: Fingerprint, valueCount: Int) {
        self.definition = definition
        countedSupport = [Int](repeating: 0, count: valueCount)
    }

    /// Counts one report that supports one value alone.
    @inlinable
    public mutating func count(supporting item: Int) {
        countedSupport[item] += 1
        countedReports += 1
    }

    /// Adds reports of which so many support each value.
    mutating func add(reportCount: Int, support: [Int]) {
        for item in support.indices { countedSupport[item] += support[item] }
        countedReports += reportCount
    }

    public mutating func merge(_ other: Self) throws(AggregateError) {
        guard definition == other.definition else {
            throw .differentDefinitions(definition, other.definition)
        }
        guard support.count == other.support.count else {
            throw .differentDomains(valueCount: support.count, otherValueCount: other.support.count)
        }
        let (reportSum, reportOverflow) = countedReports.addingReportingOverflow(other.countedReports)
        var (sums, overflows) = (countedSupport, reportOverflow)
        for item in sums.indices {
            let (sum, overflow) = sums[item].addingReportingOverflow(other.countedSupport[item])
            sums[item] = sum
            overflows = overflows || overflow
        }
        guard !overflows else { throw .countOverflow }
        (countedSupport, countedReports) = (sums, reportSum)
    }
}
