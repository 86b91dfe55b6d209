public import Mechanisms

extension BasicRappor {
    public var valueSupport: ValueSupport? { ValueSupport(response.rule.support, includesAbsence: false) }

    /// Bits are independent, and each value has one: the sum of the counts of m bits is the count of one bit in m·n reports.
    /// "No event" is what all values leave, so that a set with it is what the values outside it leave.
    public func sums(
        of sets: [[Int]], among candidates: [MechanismInput], from reports: PooledReports<BitCounts>,
        confidence: ConfidenceLevel, progress: EstimationProgress
    ) throws(EstimationError) -> [SumEstimate] {
        let bits = try candidates.enumerated().map { (position, candidate) throws(EstimationError) in
            guard let bit = bit(of: candidate) else { throw .candidateOutOfDomain(position: position) }
            return bit
        }
        guard reports.reportCount > 0 else { return [] }
        let model = response.rule.supportModel(of: reports)
        let threshold = FrequencyEstimate.familyErrorRate / Double(sets.count)
        let absence = configuration.valueCount
        return sets.map { set in
            let chosen = Set(set.map { bits[$0] })
            let counted = (0..<absence).filter { chosen.contains($0) != chosen.contains(absence) }
            let sum = SetModel(
                reportCount: reports.reportCount, support: model.support, noise: model.noise,
                valueCount: counted.count, domainCount: absence + 1, dependence: .independent)
            guard chosen.contains(absence) else {
                let supportCount = counted.reduce(0) { $0 + reports.aggregate.setCounts[$1] }
                let estimate = sum.estimate(
                    supportCount: supportCount, confidence: confidence, detectionThreshold: threshold)
                guard let estimate else { preconditionFailure("bits are independent, also where days share noise") }
                return estimate
            }
            guard !counted.isEmpty else { return sum.whole }
            let estimate = model.remainder(
                of: counted.map { reports.aggregate.setCounts[$0] }, confidence: confidence,
                detectionThreshold: threshold)
            return SumEstimate(estimate, isBound: false, origin: sum.origin.complement)
        }
    }
}
