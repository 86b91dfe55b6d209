/// How often one device may have reported, when only the number of reports of each period is known.
///
/// With r_i reports of device i and S_t the devices that reported in period t, Σ_i r_i² = Σ_{t,t'} |S_t ∩ S_t'|, and
/// an intersection is no larger than the smaller set. The bound is attained when the sets are nested, as when the same
/// devices report in every period.
package struct ReportOverlap: Hashable, Sendable {
    /// T: the periods with reports. No device has more reports.
    package let periodCount: Int

    /// Σ_{t,t'} min(n_t, n_t'): at least the sum over devices of their squared numbers of reports.
    package let pairCount: Double

    /// The worst overlap of periods with these numbers of reports.
    package init(reportCounts: [Int]) {
        periodCount = reportCounts.count
        // In rising order the count at a position is the smaller one in the pairs with itself and all later ones.
        pairCount = reportCounts.sorted().enumerated().reduce(0) { sum, entry in
            sum + Double(entry.element) * Double(2 * (reportCounts.count - entry.offset) - 1)
        }
    }

    private init(periodCount: Int, pairCount: Double) {
        (self.periodCount, self.pairCount) = (periodCount, pairCount)
    }

    /// That of so many bits of each report, which share no noise.
    func times(_ bitCount: Int) -> ReportOverlap {
        ReportOverlap(periodCount: periodCount, pairCount: pairCount * Double(bitCount))
    }
}
