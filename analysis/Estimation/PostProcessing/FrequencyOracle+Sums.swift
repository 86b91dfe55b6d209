public import Mechanisms

extension FrequencyOracle {
    public var valueSupport: ValueSupport? { nil }

    public var valuesAreIndependent: Bool { false }

    public var groupsMayVaryApart: Bool { false }

    /// Sums for any mechanism: the counts add up, standard errors do at most, and all intervals of a set hold at once
    /// where each is of a confidence that leaves it a part of the misses.
    public func sums(
        of sets: [[Int]], among candidates: [MechanismInput], from reports: PooledReports<Aggregate>,
        confidence: ConfidenceLevel, progress: EstimationProgress
    ) throws(EstimationError) -> [SumEstimate] {
        try boundedSums(of: sets, among: candidates, from: reports, confidence: confidence, progress: progress)
    }

    /// The above, also for oracles that know more.
    func boundedSums(
        of sets: [[Int]], among candidates: [MechanismInput], from reports: PooledReports<Aggregate>,
        confidence: ConfidenceLevel, progress: EstimationProgress
    ) throws(EstimationError) -> [SumEstimate] {
        var sums: [SumEstimate] = []
        // Sets of one size share the confidence of their values, and so the estimates.
        var known: [Int: [FrequencyEstimate]] = [:]
        for set in sets {
            let level = confidence.shared(by: set.count)
            let estimates =
                if let found = known[set.count] { found } else {
                    try self.estimates(of: candidates, from: reports, confidence: level, progress: progress)
                }
            guard !estimates.isEmpty else { return [] }
            known[set.count] = estimates
            sums.append(Self.sum(of: set.map { estimates[$0] }, threshold: sets.count))
        }
        return sums
    }

    private static func sum(of parts: [FrequencyEstimate], threshold setCount: Int) -> SumEstimate {
        func sum(_ part: (FrequencyEstimate) -> Double) -> Double { parts.reduce(0) { $0 + part($1) } }
        let pValue = min(1, (parts.map(\.pValue).min() ?? 1) * Double(parts.count))
        let estimate = FrequencyEstimate(
            count: sum(\.count), standardError: sum(\.standardError), frequency: sum(\.frequency),
            interval: sum(\.interval.lowerBound)...sum(\.interval.upperBound), pValue: pValue,
            isDetected: pValue <= FrequencyEstimate.familyErrorRate / Double(setCount))
        return SumEstimate(estimate, isBound: parts.count > 1)
    }
}

extension ConfidenceLevel {
    /// The level at which each of so many intervals misses so rarely that all cover at once with this probability
    /// (Bonferroni).
    public func shared(by count: Int) -> ConfidenceLevel {
        // A level so near to 1 that a Double does not hold it stays the last one below.
        ConfidenceLevel(1 - missProbability / Double(max(1, count))) ?? ConfidenceLevel(1.0.nextDown) ?? self
    }
}
