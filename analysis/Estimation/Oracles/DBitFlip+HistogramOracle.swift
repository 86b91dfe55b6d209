internal import LocalPrivacy
public import Mechanisms
public import ReportFormat

extension DBitFlip: HistogramOracle {
    public var bucketCount: Int { configuration.bucketCount }

    public var caveats: [String] {
        guard configuration.sampleCount < bucketCount else { return [] }
        return [
            "Each bucket is estimated from the reports that sampled it, about \(configuration.sampleCount) of "
                + "\(bucketCount); standard errors include that sampling."
        ]
    }

    /// Twice as many counts as buckets: the reports that sampled each, then those of them that have its bit set.
    public func makeAggregate(of definition: Fingerprint) -> BitCounts {
        BitCounts(of: definition, cohortCount: 1, bitCount: 2 * bucketCount)
    }

    public func absorb(_ report: SampledBitsReport, into aggregate: inout BitCounts) {
        let sampled = (0..<bucketCount).map { report.isSampled($0) ? 1 : 0 }
        let set = (0..<bucketCount).map { report.isSet($0) ? 1 : 0 }
        aggregate.add(reportCount: 1, setCounts: sampled + set, cohort: 0)
    }

    public func histogram(
        from reports: PooledReports<BitCounts>, confidence: ConfidenceLevel
    ) -> [FrequencyEstimate] {
        guard reports.reportCount > 0 else { return [] }
        let counts = reports.aggregate.setCounts
        return (0..<bucketCount).map { bucket in
            estimate(
                setCount: counts[bucketCount + bucket], sampledCount: counts[bucket], reportCount: reports.reportCount,
                confidence: confidence)
        }
    }

    /// (C/m − q) / (p − q) of all n reports, from the m that sampled the bucket.
    ///
    /// Which reports these are is random, whatever their numbers: m of n are drawn without replacement. With f the share of
    /// the bucket among all n, Var[C/m] = [f·p(1 − p) + (1 − f)·q(1 − q) + (p − q)²·f(1 − f)·(1 − (m − 1)/(n − 1))] / m. A draw
    /// without replacement of bits with noise has as many ones as some independent bits would [BBL09], so at one count and
    /// more from its mean the tails of C are below those of m trials of probability q + (p − q)·f [Hoe56]; where counts are
    /// small, their exact interval is joined.
    private func estimate(
        setCount: Int, sampledCount: Int, reportCount: Int, confidence: ConfidenceLevel
    ) -> FrequencyEstimate {
        guard sampledCount > 0 else {
            return FrequencyEstimate(
                count: .nan, standardError: .infinity, frequency: .nan, interval: -Double.infinity...Double.infinity,
                pValue: 1, isDetected: false)
        }
        let (flip, gap) = (
            Double(configuration.flipThreshold) * 0x1p-64, Double(0 &- 2 &* configuration.flipThreshold) * 0x1p-64
        )
        let (trials, total) = (Double(sampledCount), Double(reportCount))
        func frequency(_ share: Double) -> Double { (share - flip) / gap }
        let estimated = frequency(Double(setCount) / trials), likely = min(max(estimated, 0), 1)
        let unsampled = reportCount > 1 ? (total - trials) / (total - 1) : 0
        let variance = flip * (1 - flip) + gap * gap * likely * (1 - likely) * unsampled
        let error = (variance / trials).squareRoot() / gap
        let margin = NormalDistribution.quantile(centralProbability: confidence.probability) * error
        var (low, high) = (estimated - margin, estimated + margin)
        if trials * variance < SupportModel.normalVariance {
            let exact = ProportionEstimate.exactInterval(
                successCount: setCount, trialCount: sampledCount, missProbability: confidence.missProbability)
            (low, high) = (min(low, frequency(exact.lowerBound)), max(high, frequency(exact.upperBound)))
        }
        let pValue = BinomialDistribution(trialCount: sampledCount, probability: flip).upperTail(from: setCount)
        return FrequencyEstimate(
            count: estimated * total, standardError: error * total, frequency: estimated, interval: low...high,
            pValue: pValue, isDetected: pValue <= FrequencyEstimate.familyErrorRate / Double(bucketCount))
    }
}
