/// What was counted of noisy Bloom filters: the reports of each cohort, and how many of them have each bit set.
public struct FilterCounts: Sendable {
    /// k: the bits of a filter.
    public let bitCount: Int
    /// N: the reports of each cohort; a cohort without any is left out.
    public let cohortSizes: [Int]
    /// For each row, cohort·k + bit, the reports that have the bit set: within 0 and the cohort's N.
    public let setCounts: [Int]
    /// How a true bit becomes a reported one.
    let noise: FilterNoise
    /// Whether reports may be about nothing at all, whose filter is empty.
    let mayBeEmpty: Bool

    /// Counts of reports from separate devices.
    ///
    /// - Parameters:
    ///   - clear: p*, with which a bit is reported set that the text does not set.
    ///   - set: q*, with which one is that it does; not equal to p*.
    public init(bitCount: Int, cohortSizes: [Int], setCounts: [Int], clear: Double, set: Double) {
        self.init(
            bitCount: bitCount, cohortSizes: cohortSizes, setCounts: setCounts,
            noise: FilterNoise(clear: clear, set: set, shared: nil), mayBeEmpty: false)
    }

    init(bitCount: Int, cohortSizes: [Int], setCounts: [Int], noise: FilterNoise, mayBeEmpty: Bool) {
        precondition(setCounts.count == cohortSizes.count * bitCount, "each cohort has a count for each bit")
        precondition(noise.gap != 0 && noise.gap.isFinite, "a bit's report depends on the bit")
        (self.bitCount, self.cohortSizes) = (bitCount, cohortSizes)
        (self.setCounts, self.noise, self.mayBeEmpty) = (setCounts, noise, mayBeEmpty)
    }

    /// How many reports there are.
    public var reportCount: Int { cohortSizes.reduce(0, +) }
}

/// How bits become reported bits, and how much their counts vary.
struct FilterNoise: Sendable {
    /// p*: a bit that is not set is reported as set.
    let clear: Double
    /// q*: one that is set is.
    let set: Double
    /// What reports that share noise add.
    let shared: SharedNoise?

    /// Several reports of one device over one permanent response.
    struct SharedNoise: Sendable {
        /// Pairs of reports of one device, of two and more reports, for each report.
        let pairsPerReport: Double
        /// The square of how much the instantaneous response tells the bits of a permanent one apart.
        let squaredGap: Double
        /// The variance of a permanent bit where the text does not set it.
        let clearVariance: Double
        /// What θ of 1 adds to that at most.
        let setVariance: Double
    }

    /// q* − p*.
    var gap: Double { self.set - clear }

    /// Whether reports tell anything of the bits: with a smaller gap the standard error of a share is 5 and more from 2⁶³
    /// reports, and its square overflows before the gap is zero.
    var isInformative: Bool { abs(gap) > 1e-20 }

    /// The variance of the unbiased estimate of θ, the share of a cohort's reports whose text sets a bit, from so many
    /// reports: at most that where devices report more than once.
    ///
    /// Never below that of a quarter of a report, so that bits without noise can be weighed.
    func variance(atShare theta: Double, reportCount: Double) -> Double {
        let share = min(max(theta, 0), 1), reported = clear + gap * share
        var single = max(reported * (1 - reported), 0.25 / reportCount)
        if let shared {
            single += shared.pairsPerReport * shared.squaredGap * (shared.clearVariance + shared.setVariance * share)
        }
        return single / (gap * gap * reportCount)
    }
}

/// The rows of a regression: unbiased estimates of θ around its value for random texts.
struct FilterRows: Sendable {
    /// b₀: the share of a cohort's bits that a random text sets, or zero where rows are not centred.
    let center: Double
    /// Whether a share of the reports, which is not known, sets no bit, and lowers all rows alike.
    let mayBeEmpty: Bool
    /// Of each row, y − b₀, with y the unbiased estimate of θ; zero where the cohort has no reports.
    let deviations: [Double]
    /// The reports of each row's cohort.
    let reportCounts: [Double]
    /// The rows of cohorts that have reports.
    let used: [Int]
    private let noise: FilterNoise

    init(_ counts: FilterCounts, center: Double) {
        (self.center, noise, mayBeEmpty) = (center, counts.noise, counts.mayBeEmpty)
        reportCounts = counts.cohortSizes.flatMap { [Double](repeating: Double($0), count: counts.bitCount) }
        used = reportCounts.indices.filter { [reportCounts] in reportCounts[$0] > 0 }
        var deviations = [Double](repeating: 0, count: counts.setCounts.count)
        for row in used {
            let size = reportCounts[row]
            deviations[row] = (Double(counts.setCounts[row]) - noise.clear * size) / (noise.gap * size) - center
        }
        self.deviations = deviations
    }

    /// The variance of a row's deviation where the candidates say this of it; infinite in an empty cohort.
    func variances(atDeviations fitted: (Int) -> Double) -> [Double] {
        var variances = [Double](repeating: .infinity, count: reportCounts.count)
        for row in used {
            variances[row] = noise.variance(atShare: center + fitted(row), reportCount: reportCounts[row])
        }
        return variances
    }
}
