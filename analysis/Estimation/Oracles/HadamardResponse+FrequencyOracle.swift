internal import LocalPrivacy
public import Mechanisms
public import ReportFormat

extension HadamardResponse: PureFrequencyOracle {
    /// p* = (N − T)/N and q* = 1/2, both exactly: a uniform row has a +1 in half of the places of any two columns.
    public var support: SupportProbabilities {
        let threshold = configuration.lieThreshold
        return SupportProbabilities(
            truthful: Double(0 &- threshold) * 0x1p-64, spurious: 0.5, gap: Double(1 << 63 - threshold) * 0x1p-64)
    }

    /// Of rows, of which each supports about half of the items.
    public func makeAggregate(of definition: Fingerprint) -> SupportCounts {
        SupportCounts(of: definition, valueCount: rowCount)
    }

    @inlinable
    public func absorb(_ report: CategoryReport, into aggregate: inout SupportCounts) {
        aggregate.count(supporting: report.category)
    }

    /// The reports with a +1 in each item's column: half of all reports and of the Walsh–Hadamard transform of the rows'
    /// counts, which is the reports with a +1 less those with a −1.
    ///
    /// - Complexity: K·log₂ K additions.
    public func supportCounts(in aggregate: SupportCounts) -> [Int] {
        var differences = aggregate.support
        Self.transform(&differences)
        let total = aggregate.reportCount
        return (0..<configuration.itemCount).map { item in
            let difference = differences[Self.column(of: item)]
            // (n + D)/2 without n + D: both are odd, or neither is.
            return total >> 1 + difference >> 1 + total & 1
        }
    }

    /// The Walsh–Hadamard transform in place. No sum is further from 0 than all counts together.
    private static func transform(_ counts: inout [Int]) {
        counts.withUnsafeMutableBufferPointer { counts in
            var half = 1
            while half < counts.count {
                for start in stride(from: 0, to: counts.count, by: 2 * half) {
                    for index in start..<start + half {
                        let (first, second) = (counts[index], counts[index + half])
                        (counts[index], counts[index + half]) = (first &+ second, first &- second)
                    }
                }
                half *= 2
            }
        }
    }
}
