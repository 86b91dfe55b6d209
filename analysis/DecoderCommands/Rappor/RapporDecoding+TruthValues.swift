internal import Estimation
internal import Foundation

extension RapporDecoding {
    /// Decodes counts of one bit, which is a truth value: in closed form, over all cohorts together.
    ///
    /// p-values are exact: reports of clients without the value set the bit independently with probability p*. Intervals
    /// are Wald's, joined with exact ones where the count varies little.
    init(ofTruthValues counts: RapporCounts, _ parameters: RapporParameters, _ settings: Settings) {
        let total = counts.reportCount, setCount = counts.setCounts.reduce(0, +)
        let (clear, set) = (parameters.clear, parameters.set), gap = set - clear
        let reported = ProportionEstimate(
            successCount: setCount, trialCount: total, leastVariance: min(clear * (1 - clear), set * (1 - set)),
            confidence: settings.confidence)
        let unbiased = (reported.value - clear) / gap
        let error = Self.deviation(share: unbiased, clear: clear, gap: gap, reportCount: total)
        let ends = [reported.interval.lowerBound, reported.interval.upperBound].map { ($0 - clear) / gap }.sorted()
        // As unlikely as this many reports with the bit, or without it, or more: whatever the sign of q - p.
        func tail(of probability: Double, towardsSet: Bool) -> Double {
            let distribution = BinomialDistribution(
                trialCount: total, probability: towardsSet ? probability : 1 - probability)
            return distribution.upperTail(from: towardsSet ? setCount : total - setCount)
        }
        let pValues = [tail(of: clear, towardsSet: gap > 0), tail(of: set, towardsSet: gap < 0)]
        let adjusted = settings.correction.ofTruthValues?.adjusted(pValues) ?? pValues
        let shares = [unbiased, 1 - unbiased], intervals = [(ends[0], ends[1]), (1 - ends[1], 1 - ends[0])]
        func clip(_ share: Double) -> Double { min(max(share, 0), 1) }
        let estimates = (0..<2).map { place in
            FrequencyEstimate(
                count: clip(shares[place]) * Double(total), standardError: error * Double(total),
                frequency: clip(shares[place]), interval: clip(intervals[place].0)...clip(intervals[place].1),
                pValue: pValues[place], isDetected: adjusted[place] <= settings.alpha)
        }
        let falseDetections = settings.alpha / (settings.correction == .bonferroni ? 2 : 1)
        self.init(
            parameters, counts, settings, names: ["TRUE", "FALSE"], estimates: estimates, unbiased: shares,
            smallestShare: parameters.smallestShare(reportCount: total, falseDetections: falseDetections),
            isInsufficient: false, fit: nil, inputNotes: [])
    }

    /// √(r(1 − r)/N)/|q* − p*| with r what the share, brought within 0 and 1, lets expect.
    private static func deviation(share: Double, clear: Double, gap: Double, reportCount: Int) -> Double {
        let reported = clear + gap * min(max(share, 0), 1)
        return (reported * (1 - reported) / Double(reportCount)).squareRoot() / abs(gap)
    }
}

extension RapporCorrection {
    /// The procedure for p-values of two values; `nil` for none.
    fileprivate var ofTruthValues: DetectionCorrection? {
        switch self {
        case .bonferroni: .bonferroni
        case .fdr: .falseDiscoveryOfIndependent
        case .none: nil
        }
    }
}
