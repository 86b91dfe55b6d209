internal import LocalPrivacy
public import Mechanisms

/// An oracle that counts, in every row of a hash table, the reports that support each place: those about a value with that
/// place with probability p, others with q.
public protocol SketchOracle: FrequencyOracle where Aggregate == SketchCounts {
    /// The hash functions.
    var table: SketchTable { get }

    /// p and q.
    var cellSupport: SupportProbabilities { get }

    /// For each place of each row, the reports that support it.
    func supportedCells(in aggregate: SketchCounts) -> SketchCounts
}

extension SketchOracle {
    public var caveats: [String] {
        ["Standard errors include hash collisions with all values, whether they are candidates or not."]
    }

    /// The probabilities that a report supports a candidate, over the hash functions: p* = p, and
    /// q* = q + (p − q)/m for values that share its place.
    package var support: SupportProbabilities {
        let (cell, share) = (cellSupport, 1 / Double(table.width))
        return SupportProbabilities(
            truthful: cell.truthful, spurious: cell.spurious + cell.gap * share, gap: cell.gap * (1 - share))
    }

    /// - Complexity: a digest a candidate and candidates times rows with reports, on all cores; and linear in the cells.
    ///   Memory for an estimate and a number a candidate.
    public func estimates(
        of candidates: [MechanismInput], from reports: PooledReports<SketchCounts>, confidence: ConfidenceLevel,
        progress: EstimationProgress
    ) throws(EstimationError) -> [FrequencyEstimate] {
        let counts = supportedCells(in: reports.aggregate)
        let supportCounts = try SketchLookup(in: counts, of: table).supports(of: candidates, progress: progress)
        guard reports.reportCount > 0 else { return [] }
        let model = SupportModel(
            reportCount: reports.reportCount, support: support, noise: .independent,
            collisions: HashCollisions(in: counts, cell: cellSupport))
        let threshold = FrequencyEstimate.familyErrorRate / Double(candidates.count)
        // Candidates with equal support have equal estimates, and among many most share theirs with others.
        var known: [Int: FrequencyEstimate] = [:]
        return supportCounts.map { supportCount in
            if let estimate = known[supportCount] { return estimate }
            let estimate = model.estimate(
                supportCount: supportCount, confidence: confidence, detectionThreshold: threshold)
            known[supportCount] = estimate
            return estimate
        }
    }
}
