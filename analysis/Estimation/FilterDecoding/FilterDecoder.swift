/// Estimates how often strings occur from the counts of noisy Bloom filters, RAPPOR's reports, and which of a list of
/// candidates occur at all.
///
/// Deterministic. Many candidates are decoded by sparse approximate message passing (``MessagePassing``) and those that
/// matter refined together (``ActiveShares``); few rows or cohorts by a regression with the whole matrix
/// (``DenseShares``). A string that is no candidate then adds noise to the candidates' estimates, and is no false
/// string; the article on RAPPOR has the derivation.
public struct FilterDecoder: Sendable {
    /// Which error is bounded where candidates are called detected.
    public let correction: FilterCorrection
    /// By how much: strictly between 0 and 1.
    public let alpha: Double
    /// With what probability intervals cover.
    public let confidence: ConfidenceLevel

    /// Where fewer cohorts than these...
    private static let fewCohorts = 8
    /// ...or fewer rows are used, filters overlap too much for message passing.
    private static let fewRows = 256
    /// Where a random text sets more than this share of the bits, a centred design would be rounding errors.
    private static let fullShare = 0.999
    /// Message passing's standard errors are raised by so much where candidates outnumber four fifths of the rows: from
    /// simulations.
    private static let crowdedFactor = 1.03
    /// Above this smallest detectable share nothing is said.
    private static let largestDetectableShare = 0.25

    /// A decoder with this bound on false detections.
    public init(
        correction: FilterCorrection = .bonferroni, alpha: Double = 0.05, confidence: ConfidenceLevel = .standard
    ) {
        precondition(alpha > 0 && alpha < 1, "alpha is a probability")
        (self.correction, self.alpha, self.confidence) = (correction, alpha, confidence)
    }

    /// What the counts say of the candidates.
    ///
    /// - Throws: ``EstimationError/tooManyCandidates(count:limit:)`` where there are few rows or cohorts and more
    ///   candidates than a matrix can hold.
    /// - Complexity: up to 80 passes over the rows of all candidates, and four times a third of the cube of the candidates that
    ///   are refined, at most 600; memory for the design and some numbers a candidate and a row.
    public func decode(
        _ counts: FilterCounts, design: FilterDesign, progress: EstimationProgress = { _, _ in }
    ) throws(EstimationError) -> FilterDecoding {
        precondition(
            counts.bitCount == design.bitCount && counts.cohortSizes.count == design.cohortCount,
            "the counts are of the design's cohorts and bits")
        let isUsed = counts.cohortSizes.map { $0 > 0 }, usedCohorts = isUsed.count { $0 }
        guard design.candidateCount > 0, usedCohorts > 0, counts.noise.isInformative else {
            return empty(design.candidateCount)
        }
        let equal = design.equalCandidates(inCohorts: isUsed)
        // Of candidates with equal filters the first stands for all.
        let hidden = Set(equal.flatMap { $0.dropFirst() })
        let kept = hidden.isEmpty ? [] : (0..<design.candidateCount).filter { !hidden.contains($0) }
        let reduced = hidden.isEmpty ? design : design.selecting(kept)
        let rowCount = usedCohorts * design.bitCount, isFull = design.fillShare > Self.fullShare
        var fit: FilterFit, stepCount = 1
        func report(done: Int, total: Int) {
            stepCount = total
            progress(done, total)
        }
        if usedCohorts < Self.fewCohorts || rowCount < Self.fewRows || isFull {
            guard reduced.candidateCount <= DenseShares.countLimit else {
                throw .tooManyCandidates(count: reduced.candidateCount, limit: DenseShares.countLimit)
            }
            // Without a row in common, empty reports are told from unknown strings by candidates alone. Of one bit in one
            // cohort for each value, unknown values have bits of their own: no candidate's row holds a share of them.
            let isHashed = usedCohorts > 1 || design.hashCount > 1
            let isCentred = !counts.mayBeEmpty && isHashed && rowCount > reduced.candidateCount && !isFull
            let rows = FilterRows(counts, center: isCentred ? design.fillShare : 0)
            fit = FilterFit(DenseShares(design: reduced, rows: rows, progress: report))
        } else {
            var passing = MessagePassing(design: reduced, rows: FilterRows(counts, center: design.fillShare))
            passing.run(progress: report)
            fit = FilterFit(passing, refined: ActiveShares(refining: passing))
            if Double(reduced.candidateCount) > 0.8 * Double(rowCount) {
                fit.raiseStandardErrors(by: Self.crowdedFactor)
            }
        }
        progress(stepCount, stepCount)
        if !hidden.isEmpty { fit.expand(from: kept, equal: equal, count: design.candidateCount) }
        return decoding(of: fit)
    }

    private func empty(_ candidateCount: Int) -> FilterDecoding {
        let nothing = FilterShare(
            share: .nan, unbiased: .nan, standardError: .infinity, pValue: 1, isDetected: false, interval: 0...1,
            wholeInterval: 0...1)
        return FilterDecoding(
            shares: [FilterShare](repeating: nothing, count: candidateCount), unknownShare: .nan,
            smallestDetectableShare: 1, isInsufficient: true, dispersion: 1, misfitDeviations: 0, indistinguishable: [],
            backgroundIsRobust: false, iterationCount: 0, covariance: nil)
    }

    private func decoding(of fit: FilterFit) -> FilterDecoding {
        let standardised = zip(fit.estimates, fit.standardErrors).map { $1.isFinite ? $0 / $1 : .nan }
        let count = Double(standardised.count)
        let power = 0.841_621_233_572_914_2
        let smallest = (NormalDistribution.upperQuantile(ofTail: alpha / count) + power) * fit.scale
        let isInsufficient = !(smallest <= Self.largestDetectableShare)
        let selection = FilterSelection(standardised: standardised, correction: correction, alpha: alpha)
        let shares = standardised.indices.map { candidate -> FilterShare in
            let (estimate, error) = (fit.estimates[candidate], fit.standardErrors[candidate])
            let z = standardised[candidate], isDetected = selection.isDetected[candidate] && !isInsufficient
            guard !z.isNaN else {
                // Of candidates with equal filters none exceeds their sum.
                let margin = NormalDistribution.quantile(missProbability: confidence.missProbability)
                let limit = fit.equalSums[candidate].map { $0.estimate + margin * $0.standardError } ?? 1
                let interval = 0...min(max(limit, 0), 1)
                return FilterShare(
                    share: .nan, unbiased: .nan, standardError: .infinity, pValue: 1, isDetected: false,
                    interval: interval, wholeInterval: interval)
            }
            let range = selection.interval(
                of: z, isDetected: selection.isDetected[candidate], confidence: confidence)
            let whole = min(range.lowerBound * error, estimate)...max(range.upperBound * error, estimate)
            // Just above its cut a detected string may have an interval below 0: it then reaches to the estimate.
            let upper = range.upperBound > 0 ? range.upperBound * error : whole.upperBound
            let low = min(max(range.lowerBound * error, 0), 1), high = max(low, min(max(upper, 0), 1))
            return FilterShare(
                share: min(max(fit.posteriorMeans[candidate], low), high), unbiased: estimate, standardError: error,
                pValue: NormalDistribution.upperTail(from: z), isDetected: isDetected, interval: low...high,
                wholeInterval: whole)
        }
        return FilterDecoding(
            shares: shares, unknownShare: fit.unknownShare, smallestDetectableShare: min(smallest, 1),
            isInsufficient: isInsufficient, dispersion: fit.dispersion, misfitDeviations: fit.misfitDeviations,
            indistinguishable: fit.groups, backgroundIsRobust: fit.isRobust, iterationCount: fit.iterationCount,
            covariance: fit.covariance)
    }
}
