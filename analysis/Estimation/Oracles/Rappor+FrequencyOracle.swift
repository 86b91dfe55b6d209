internal import LocalPrivacy
public import Mechanisms

extension Rappor: FrequencyOracle {
    public typealias Aggregate = BitCounts

    /// "No event" is the filter without a bit: what no candidate explains may be it, or a text that is missing.
    public var estimatesAbsence: Bool { false }

    public var caveats: [String] {
        ["Values that are not among the candidates are part of the noise: name all that may be frequent."]
    }

    /// The unbiased shares of ``FilterDecoder`` with the number of reports, its standard errors and its intervals; detected
    /// by Bonferroni's correction.
    ///
    /// Reports of several periods share noise: row variances are then upper bounds, which the article <doc:Rappor> derives.
    /// "No event" has no bit and is refused.
    public func estimates(
        of candidates: [MechanismInput], from reports: PooledReports<BitCounts>, confidence: ConfidenceLevel,
        progress: EstimationProgress
    ) throws(EstimationError) -> [FrequencyEstimate] {
        try remarkedEstimates(of: candidates, from: reports, confidence: confidence, progress: progress).estimates
    }

    public func remarkedEstimates(
        of candidates: [MechanismInput], from reports: PooledReports<BitCounts>, confidence: ConfidenceLevel,
        progress: EstimationProgress
    ) throws(EstimationError) -> (estimates: [FrequencyEstimate], remarks: FilterRemarks?) {
        guard
            let decoding = try decoding(of: candidates, from: reports, confidence: confidence, progress: progress)
        else { return ([], nil) }
        let total = Double(reports.reportCount)
        let estimates = decoding.shares.map { share in
            FrequencyEstimate(
                count: share.unbiased * total, standardError: share.standardError * total, frequency: share.unbiased,
                interval: share.wholeInterval, pValue: share.pValue, isDetected: share.isDetected)
        }
        return (estimates, FilterRemarks(decoding))
    }

    /// What the decoder says of the candidates; `nil` where there are no reports or no candidates.
    func decoding(
        of candidates: [MechanismInput], from reports: PooledReports<BitCounts>, confidence: ConfidenceLevel,
        progress: EstimationProgress
    ) throws(EstimationError) -> FilterDecoding? {
        let design = try design(of: candidates)
        guard reports.reportCount > 0, design.candidateCount > 0 else { return nil }
        let decoder = FilterDecoder(
            correction: .bonferroni, alpha: FrequencyEstimate.familyErrorRate, confidence: confidence)
        return try decoder.decode(counts(of: reports), design: design, progress: progress)
    }

    /// The filters of the candidates in all cohorts.
    private func design(of candidates: [MechanismInput]) throws(EstimationError) -> FilterDesign {
        var design = FilterDesign(
            bitCount: configuration.bitCount, cohortCount: cohortCount, hashCount: configuration.hashCount)
        design.reserveCapacity(candidates.count)
        var rows: [Int32] = []
        for (position, candidate) in candidates.enumerated() {
            guard case .text(let text) = candidate, text.count <= InputDomain.textByteLimit else {
                throw .candidateOutOfDomain(position: position)
            }
            rows.removeAll(keepingCapacity: true)
            for cohort in 0..<cohortCount {
                let bits: [Int]
                do { bits = try filter.bits(of: text, cohort: cohort) } catch {
                    throw .algorithmUnavailable(name: "MD5")
                }
                for bit in bits { rows.append(Int32(cohort * configuration.bitCount + bit)) }
            }
            design.append(rows: rows)
        }
        return design
    }

    private func counts(of reports: PooledReports<BitCounts>) -> FilterCounts {
        let counts = reports.aggregate, rule = response.rule, permanent = rule.permanentSupport
        let gap = (Double(rule.set) - Double(rule.clear)) * 0x1p-64
        // Every report is a pair with itself: what is left are pairs of different ones.
        let overlap = ReportOverlap(reportCounts: Array(reports.countsByDay.values))
        let pairs = overlap.pairCount / Double(max(1, reports.reportCount)) - 1
        let shared = FilterNoise.SharedNoise(
            pairsPerReport: pairs, squaredGap: gap * gap, clearVariance: permanent.spuriousVariance,
            setVariance: Double(configuration.hashCount) * permanent.gap * permanent.gap)
        let support = rule.support
        return FilterCounts(
            bitCount: counts.bitCount, cohortSizes: counts.cohortSizes, setCounts: counts.setCounts,
            noise: FilterNoise(
                clear: support.spurious, set: support.spurious + support.gap, shared: pairs > 0 ? shared : nil),
            mayBeEmpty: configuration.reportsAbsence)
    }
}
