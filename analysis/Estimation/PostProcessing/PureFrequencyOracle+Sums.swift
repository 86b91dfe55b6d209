public import Mechanisms

extension PureFrequencyOracle {
    public var valueSupport: ValueSupport? { ValueSupport(support, includesAbsence: true) }

    public var valuesAreIndependent: Bool { subsetSupport(ofValues: 2) == .independent }

    public func subsetSupport(ofValues count: Int) -> SubsetSupport? { nil }

    /// From the sum of the values' supports, whose variance the mechanism gives by ``subsetSupport(ofValues:)``.
    public func sums(
        of sets: [[Int]], among candidates: [MechanismInput], from reports: PooledReports<Aggregate>,
        confidence: ConfidenceLevel, progress: EstimationProgress
    ) throws(EstimationError) -> [SumEstimate] {
        let items = try candidates.enumerated().map { (position, candidate) throws(EstimationError) in
            guard let item = item(of: candidate) else { throw .candidateOutOfDomain(position: position) }
            return item
        }
        guard reports.reportCount > 0 else { return [] }
        let noise = noise(of: reports), counts = supportCounts(in: reports.aggregate)
        let threshold = FrequencyEstimate.familyErrorRate / Double(sets.count)
        var sums: [SumEstimate] = []
        for set in sets {
            let chosen = set.map { items[$0] }
            let model = SetModel(
                reportCount: reports.reportCount, support: support, noise: noise, valueCount: set.count,
                domainCount: counts.count, dependence: subsetSupport(ofValues: set.count))
            let sum = model.estimate(
                supportCount: chosen.reduce(0) { $0 + counts[$1] }, confidence: confidence,
                detectionThreshold: threshold)
            if let sum {
                sums.append(sum)
            } else {
                sums += try boundedSums(
                    of: [set], among: candidates, from: reports, confidence: confidence, progress: progress)
            }
        }
        return sums
    }
}

/// What the supports of a set of values say, by how they depend on each other.
struct SetModel {
    let reportCount: Int
    let support: SupportProbabilities
    let noise: SupportNoise
    /// m.
    let valueCount: Int
    /// How many values there are.
    let domainCount: Int
    /// `nil` if it is not known.
    let dependence: SubsetSupport?

    /// `nil` where noise is shared in a way that is not known for the set.
    func estimate(
        supportCount: Int, confidence: ConfidenceLevel, detectionThreshold: Double
    ) -> SumEstimate? {
        switch dependence {
        case _ where valueCount == 1:
            return single(support, noise, supportCount, confidence, detectionThreshold)
        case .exclusive where valueCount == domainCount: return whole
        case .exclusive:
            return single(merged(support), mergedNoise, supportCount, confidence, detectionThreshold)
        case .independent:
            let estimate = independentBits.estimate(
                supportCount: supportCount, confidence: confidence, detectionThreshold: detectionThreshold)
            return SumEstimate(
                estimate.spread(over: valueCount, reportCount: reportCount, confidence: confidence), isBound: false,
                origin: origin)
        case .correlated, nil:
            guard noise == .independent else { return nil }
            let worst = dependence ?? .worst(valueCount: valueCount, support: support)
            guard case .correlated(let own, let other) = worst else { return nil }
            let sum = SupportSum(
                reportCount: reportCount, valueCount: valueCount, support: support, own: own, other: other)
            return SumEstimate(
                sum.estimate(
                    supportCount: supportCount, confidence: confidence, detectionThreshold: detectionThreshold),
                isBound: dependence == nil, origin: boundedOrigin)
        }
    }

    /// Every report is about some value.
    var whole: SumEstimate {
        let estimate = FrequencyEstimate(
            count: Double(reportCount), standardError: 0, frequency: 1, interval: 1...1, pValue: 0, isDetected: true)
        return SumEstimate(estimate, isBound: false)
    }

    private func single(
        _ support: SupportProbabilities, _ noise: SupportNoise, _ supportCount: Int, _ confidence: ConfidenceLevel,
        _ detectionThreshold: Double
    ) -> SumEstimate {
        let model = SupportModel(reportCount: reportCount, support: support, noise: noise)
        let estimate = model.estimate(
            supportCount: supportCount, confidence: confidence, detectionThreshold: detectionThreshold)
        return SumEstimate(
            estimate, isBound: false, support: support,
            origin: LinearCount(reportCount: reportCount, support: support, noise: noise))
    }

    /// The values as one.
    private func merged(_ support: SupportProbabilities) -> SupportProbabilities {
        let others = Double(valueCount - 1)
        return SupportProbabilities(
            truthful: min(1, support.truthful + others * support.spurious),
            spurious: support.spurious * Double(valueCount), gap: support.gap)
    }

    private var mergedNoise: SupportNoise {
        guard case .shared(let permanent, let overlap) = noise else { return .independent }
        return .shared(merged(permanent), overlap)
    }

    /// The bits of the values, as if each were a report's: m·n of them.
    private var independentBits: SupportModel {
        var noise = noise
        if case .shared(let permanent, let overlap) = noise { noise = .shared(permanent, overlap.times(valueCount)) }
        return SupportModel(reportCount: valueCount * reportCount, support: support, noise: noise)
    }

    var origin: LinearCount {
        LinearCount(reportCount: reportCount, bitsPerReport: valueCount, support: support, noise: noise)
    }

    /// One device may add up to m.
    private var boundedOrigin: LinearCount {
        let count = Double(valueCount)
        return LinearCount(
            bitCount: Double(reportCount) * count, bitsPerDevice: count, origin: support.spurious,
            slope: support.gap / count, leastNormalVariance: SupportModel.normalVariance)
    }
}

extension FrequencyEstimate {
    /// An estimate among m·n bits as one of n reports.
    func spread(over valueCount: Int, reportCount: Int, confidence: ConfidenceLevel) -> FrequencyEstimate {
        let scale = Double(valueCount)
        let quantile = NormalDistribution.quantile(centralProbability: confidence.probability)
        var high = interval.upperBound * scale
        // There are no more reports about the values than there are reports.
        if high > 1 { high = max(1, frequency * scale + quantile * standardError / Double(reportCount)) }
        return FrequencyEstimate(
            count: count, standardError: standardError, frequency: frequency * scale,
            interval: min(interval.lowerBound * scale, high)...high, pValue: pValue, isDetected: isDetected)
    }
}
