public import Mechanisms

extension Rappor {
    /// Which devices are in which cohort is part of the error, and is the same in every group of reports. Where devices
    /// change their values between groups, the sign of what that adds to the covariance is not known.
    public var groupsMayVaryApart: Bool { true }

    /// The sums of unbiased shares. Their variances are those of ``FilterDecoding/varianceOfSum(of:)``.
    public func sums(
        of sets: [[Int]], among candidates: [MechanismInput], from reports: PooledReports<BitCounts>,
        confidence: ConfidenceLevel, progress: EstimationProgress
    ) throws(EstimationError) -> [SumEstimate] {
        guard
            let decoding = try decoding(of: candidates, from: reports, confidence: confidence, progress: progress)
        else { return [] }
        let unknown = sets.joined().filter { decoding.shares[$0].unbiased.isNaN }
        guard unknown.isEmpty else { throw .indistinguishable(positions: Set(unknown).sorted()) }
        let threshold = FrequencyEstimate.familyErrorRate / Double(sets.count)
        return sets.map { set in
            let estimate = FrequencyEstimate(
                normal: set.reduce(0) { $0 + decoding.shares[$1].unbiased }, variance: decoding.varianceOfSum(of: set),
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
