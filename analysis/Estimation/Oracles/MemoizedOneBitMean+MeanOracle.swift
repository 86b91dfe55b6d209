internal import LocalPrivacy
public import Mechanisms
public import ReportFormat

extension MemoizedOneBitMean: MeanOracle {
    public func makeAggregate(of definition: Fingerprint) -> SupportCounts {
        SupportCounts(of: definition, valueCount: shape)
    }

    public func absorb(_ report: CategoryReport, into aggregate: inout SupportCounts) {
        aggregate.count(supporting: report.category)
    }

    /// p* and q* of both stages: the probabilities of a 1 about the upper and about the lower end of the range.
    var support: SupportProbabilities { ends.support }

    /// With C ones among n reports, (C/n − q*) / (p* − q*). Rounding moves no probability: over α, the chance of the upper
    /// end of a segment is the place in it.
    ///
    /// In one period reports are independent bits of unequal probabilities, as in ``OneBitMean``. Over several, those of a
    /// device share α and permanent bits. Given these, the bits of device i's r_i reports are independent with variance
    /// γ(1 − γ), γ the chance of a fresh flip; and of a permanent bit with chance π they vary by (1 − 2γ)²·π(1 − π). A sum
    /// of r_i variables varies by at most r_i times the sum of their variances. So
    ///
    ///     Var C ≤ n·γ(1 − γ) + (1 − 2γ)²·Σ_i r_i·Σ_t π_it(1 − π_it)
    ///
    /// and the last sum is at most Σ_i r_i²/4, which the overlap of periods bounds, and with r_i ≤ T at most
    /// T·n·π̄(1 − π̄), as π(1 − π) is concave.
    public func meanPlace(
        from reports: PooledReports<SupportCounts>, confidence: ConfidenceLevel
    ) -> MeanEstimate? {
        guard reports.reportCount > 0 else { return nil }
        let support = support, ones = reports.aggregate.support[1]
        let share: ProportionEstimate
        if reports.countsByDay.count > 1, let permanent = ends.permanentSupport {
            let overlap = ReportOverlap(reportCounts: Array(reports.countsByDay.values))
            share = ProportionEstimate(
                successCount: ones, trialCount: reports.reportCount, support: support, permanent: permanent,
                overlap: overlap, confidence: confidence)
        } else {
            share = ProportionEstimate(
                successCount: ones, trialCount: reports.reportCount,
                leastVariance: support.spurious * (1 - support.spurious), confidence: confidence)
        }
        func place(_ share: Double) -> Double { (share - support.spurious) / support.gap }
        return MeanEstimate(
            mean: place(share.value), standardError: share.standardError / support.gap,
            interval: place(share.interval.lowerBound)...place(share.interval.upperBound))
    }
}

extension ProportionEstimate {
    /// The mean probability of trials that are not independent: those of a device share permanent bits. `support` is that
    /// of both stages, `permanent` of the shared one.
    init(
        successCount: Int, trialCount: Int, support: SupportProbabilities, permanent: SupportProbabilities,
        overlap: ReportOverlap, confidence: ConfidenceLevel
    ) {
        let (total, periods) = (Double(trialCount), Double(overlap.periodCount))
        let value = Double(successCount) / total, ratio = support.gap / permanent.gap, flip = (1 - ratio) / 2
        // The mean probability of a permanent 1, within what it can be.
        let permanentShare = min(max((value - flip) / ratio, permanent.spurious), permanent.truthful)
        let shared = min(overlap.pairCount / 4, total * periods * permanentShare * (1 - permanentShare))
        let variance = total * flip * (1 - flip) + ratio * ratio * shared
        let margin =
            NormalDistribution.quantile(centralProbability: confidence.probability) * variance.squareRoot() / total
        var (low, high) = (value - margin, value + margin)
        if variance < SupportModel.normalVariance * periods * periods {
            // A success as a holder of what every trial supports.
            let certain = SupportProbabilities(truthful: 1, spurious: 0, gap: 1)
            let successes = HolderTails(trialCount: trialCount, support: certain, noise: .shared(permanent, overlap))
                .interval(supportCount: successCount, missProbability: confidence.missProbability)
            (low, high) = (min(low, successes.lowerBound / total), max(high, successes.upperBound / total))
        }
        self.init(value: value, standardError: variance.squareRoot() / total, interval: low...high)
    }
}
