internal import LocalPrivacy
public import Mechanisms

extension BasicRappor: FrequencyOracle {
    public typealias Aggregate = BitCounts

    /// Each value by its own bit, which supports it with p* if it is the device's own and with q* if not. "No event" has
    /// no bit: its count is what the values leave of the reports.
    public func estimates(
        of candidates: [MechanismInput], from reports: PooledReports<BitCounts>, confidence: ConfidenceLevel,
        progress: EstimationProgress
    ) throws(EstimationError) -> [FrequencyEstimate] {
        let positions = try candidates.enumerated().map { (position, candidate) throws(EstimationError) in
            guard let bit = bit(of: candidate) else { throw .candidateOutOfDomain(position: position) }
            return bit
        }
        guard reports.reportCount > 0, !candidates.isEmpty else { return [] }
        let model = response.rule.supportModel(of: reports)
        let threshold = FrequencyEstimate.familyErrorRate / Double(candidates.count)
        func estimate(_ bit: Int) -> FrequencyEstimate {
            model.estimate(
                supportCount: reports.aggregate.setCounts[bit], confidence: confidence, detectionThreshold: threshold)
        }
        return positions.enumerated().map { done, bit in
            progress(done, candidates.count)
            guard bit == configuration.valueCount else { return estimate(bit) }
            return model.remainder(
                of: reports.aggregate.setCounts, confidence: confidence, detectionThreshold: threshold)
        }
    }

    /// The bit of a candidate; the one after the last for "no event".
    func bit(of candidate: MechanismInput) -> Int? {
        switch candidate {
        case .item(let item): (0..<configuration.valueCount).contains(item) ? item : nil
        case .absent: configuration.reportsAbsence ? configuration.valueCount : nil
        case .text, .place, .pair: nil
        }
    }
}

extension BitRule {
    /// p* and q* of a bit over both stages. Their difference is (K − T)·(Q − P)/N².
    package var support: SupportProbabilities {
        SupportProbabilities(
            truthful: reportLikelihood(whereSet: true).fraction, spurious: reportLikelihood(whereSet: false).fraction,
            gap: permanentSupport.gap * (Double(set - clear) * 0x1p-64))
    }

    /// p* and q* of a permanent response.
    var permanentSupport: SupportProbabilities {
        SupportProbabilities(
            truthful: Double(keep) * 0x1p-64, spurious: Double(flip) * 0x1p-64, gap: Double(keep - flip) * 0x1p-64)
    }

    /// What the counts of one bit say; reports of several periods share the noise of permanent responses.
    func supportModel<Aggregate>(of reports: PooledReports<Aggregate>) -> SupportModel {
        var noise = SupportNoise.independent
        if reports.countsByDay.count > 1 {
            noise = .shared(permanentSupport, ReportOverlap(reportCounts: Array(reports.countsByDay.values)))
        }
        return SupportModel(reportCount: reports.reportCount, support: support, noise: noise)
    }
}

extension WideUnsigned {
    /// This over 2¹²⁸, rounded.
    fileprivate var fraction: Double { words.reversed().reduce(0.0) { $0 * 0x1p64 + Double($1) } * 0x1p-128 }
}

extension SupportModel {
    /// How many reports are about none of the values that have a bit.
    ///
    /// Bits are independent, so the variance of the sum of all counts is the sum of theirs. As a bit's variance is linear
    /// in its value's frequency, that is k times the variance at 0 and, for the reports about any value at all, the
    /// difference between 1 and 0. The sum itself is distributed as the count of one bit in k·n reports: where it varies
    /// too little for the normal distribution, its tails are those of ``HolderTails``.
    func remainder(
        of setCounts: [Int], confidence: ConfidenceLevel, detectionThreshold: Double
    ) -> FrequencyEstimate {
        let total = Double(reportCount), none = variance(frequency: 0)
        let held = setCounts.reduce(0.0) { $0 + (Double($1) - total * support.spurious) } / support.gap
        func sumVariance(held: Double) -> Double {
            Double(setCounts.count) * none + held / total * (variance(frequency: 1) - none)
        }
        let count = total - held, frequency = count / total
        let likelyVariance = sumVariance(held: min(max(held, 0), total)), fullVariance = sumVariance(held: total)
        let error = likelyVariance.squareRoot() / support.gap
        let margin = NormalDistribution.quantile(centralProbability: confidence.probability) * error / total
        var (low, high) = (frequency - margin, frequency + margin)
        var pValue = NormalDistribution.upperTail(from: count * support.gap / fullVariance.squareRoot())
        if min(likelyVariance, fullVariance) < leastNormalVariance {
            let tails = HolderTails(trialCount: setCounts.count * reportCount, support: support, noise: noise)
            let sum = setCounts.reduce(0, +)
            let holders = tails.interval(supportCount: sum, missProbability: confidence.missProbability)
            low = min(low, 1 - min(holders.upperBound / total, 1))
            high = max(high, 1 - min(holders.lowerBound / total, 1))
            pValue = tails.lowerTail(through: sum, holders: reportCount)
        }
        return FrequencyEstimate(
            count: count, standardError: error, frequency: frequency, interval: low...high,
            pValue: pValue, isDetected: pValue <= detectionThreshold)
    }
}
