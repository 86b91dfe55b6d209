public import Mechanisms

extension Rappor {
    /// Which devices are in which cohort is part of the error, and is the same in every group of reports. Where devices
    /// change their values between groups, the sign of what that adds to the covariance is not known.
    public var groupsMayVaryApart: Bool { true }

    /// From the inverse of the normal matrix: with 1 for the candidates of a set and 0 for the others, xᵀ·(XᵀWX)⁻¹·x.
    ///
    /// The weights are such that the rows' covariance matrix is below W⁻¹ in every direction, not for single rows alone; so
    /// the variance of a sum is below this as those of the candidates are below the diagonal.
    public func sums(
        of sets: [[Int]], among candidates: [MechanismInput], from reports: PooledReports<BitCounts>,
        confidence: ConfidenceLevel, progress: EstimationProgress
    ) throws(EstimationError) -> [SumEstimate] {
        guard let (frequencies, factor) = try fit(candidates, to: reports, progress: progress) else { return [] }
        let threshold = FrequencyEstimate.familyErrorRate / Double(sets.count)
        return sets.map { set in
            var chosen = [Double](repeating: 0, count: candidates.count)
            for position in set { chosen[position] = 1 }
            let estimate = FrequencyEstimate(
                normal: set.reduce(0) { $0 + frequencies[$1] }, variance: factor.inverseForm(of: chosen),
                reportCount: reports.reportCount, confidence: confidence, detectionThreshold: threshold)
            return SumEstimate(estimate, isBound: false)
        }
    }
}

extension FrequencyEstimate {
    /// A frequency whose error is normal.
    init(
        normal frequency: Double, variance: Double, reportCount: Int, confidence: ConfidenceLevel,
        detectionThreshold: Double
    ) {
        let (error, total) = (variance.squareRoot(), Double(reportCount))
        let margin = NormalDistribution.quantile(centralProbability: confidence.probability) * error
        let pValue = NormalDistribution.upperTail(from: frequency / error)
        self.init(
            count: frequency * total, standardError: error * total, frequency: frequency,
            interval: frequency - margin...frequency + margin, pValue: pValue,
            isDetected: pValue <= detectionThreshold)
    }
}
