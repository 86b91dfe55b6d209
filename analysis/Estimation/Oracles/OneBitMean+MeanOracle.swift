internal import LocalPrivacy
public import Mechanisms
public import ReportFormat

extension OneBitMean: MeanOracle {
    public func makeAggregate(of definition: Fingerprint) -> SupportCounts {
        SupportCounts(of: definition, valueCount: shape)
    }

    @inlinable
    public func absorb(_ report: CategoryReport, into aggregate: inout SupportCounts) {
        aggregate.count(supporting: report.category)
    }

    public func placeOrigin(from reports: PooledReports<SupportCounts>) -> LinearCount? {
        let lie = Double(configuration.lieThreshold) * 0x1p-64
        let gap = Double(0 &- 2 &* configuration.lieThreshold) * 0x1p-64
        return LinearCount(
            reportCount: reports.reportCount,
            support: SupportProbabilities(truthful: 1 - lie, spurious: lie, gap: gap), noise: .independent)
    }

    /// A bit's probability over the draw of a device is p̄ at the population's mean place, and its variance p̄(1 − p̄).
    public var intervalCoversPopulation: Bool { true }

    /// With C ones among n reports, (C/n − q) / (p − q).
    ///
    /// Given the numbers, C is a sum of n independent bits of unequal probabilities, whose mean p̄ follows from the mean
    /// place. Its variance is at most n·p̄(1 − p̄), that of Bin(n, p̄); and at one count and beyond from its mean, its tails
    /// are below those of Bin(n, p̄) [Hoe56]. So what holds of the binomial distribution holds of C. Every bit's probability
    /// lies within q and p, so the variance is taken at the share of ones moved into them: never below n·p·q, that of the
    /// noise at one end, however few reports there are.
    public func meanPlace(
        from reports: PooledReports<SupportCounts>, confidence: ConfidenceLevel
    ) -> MeanEstimate? {
        meanPlace(ones: reports.aggregate.support[1], of: reports.reportCount, confidence: confidence)
    }

    /// The same from the counts; `nil` if there are no reports.
    func meanPlace(ones: Int, of reportCount: Int, confidence: ConfidenceLevel) -> MeanEstimate? {
        guard reportCount > 0 else { return nil }
        let lie = Double(configuration.lieThreshold) * 0x1p-64, gap = gap
        let proportion = ProportionEstimate(
            successCount: ones, trialCount: reportCount, leastVariance: lie * (1 - lie), confidence: confidence)
        func place(_ share: Double) -> Double { (share - lie) / gap }
        return MeanEstimate(
            mean: place(proportion.value), standardError: proportion.standardError / gap,
            interval: place(proportion.interval.lowerBound)...place(proportion.interval.upperBound))
    }

    /// p − q.
    var gap: Double { Double(0 &- 2 &* configuration.lieThreshold) * 0x1p-64 }
}
