internal import LocalPrivacy
public import Mechanisms

extension CountMeanSketch: FrequencyOracle {
    public var caveats: [String] {
        ["Standard errors include hash collisions with all values, whether they are candidates or not."]
    }

    /// The probabilities of one bit: that of the value's place, and any other.
    package var cellSupport: SupportProbabilities {
        let threshold = configuration.flipThreshold
        return SupportProbabilities(
            truthful: Double(0 &- threshold) * 0x1p-64, spurious: Double(threshold) * 0x1p-64,
            gap: Double(0 &- 2 &* threshold) * 0x1p-64)
    }

    /// The probabilities that a report has the bit at a candidate's place set, over the hash functions: p* = p, and
    /// q* = q + (p − q)/m for the values that share it.
    package var support: SupportProbabilities {
        let (cell, share) = (cellSupport, 1 / Double(configuration.width))
        return SupportProbabilities(
            truthful: cell.truthful, spurious: cell.spurious + cell.gap * share, gap: cell.gap * (1 - share))
    }

    /// - Complexity: candidates times rows with reports, and linear in the cells.
    public func estimates(
        of candidates: [MechanismInput], from reports: PooledReports<SketchCounts>, confidence: ConfidenceLevel,
        progress: EstimationProgress
    ) throws(EstimationError) -> [FrequencyEstimate] {
        let keys = try keys(of: candidates)
        guard reports.reportCount > 0 else { return [] }
        let counts = reports.aggregate
        let model = SupportModel(
            reportCount: reports.reportCount, support: support, noise: .independent,
            collisions: HashCollisions(in: counts, cell: cellSupport))
        let threshold = FrequencyEstimate.familyErrorRate / Double(candidates.count)
        // Candidates with equal support have equal estimates, and among many most share theirs with others.
        var known: [Int: FrequencyEstimate] = [:]
        return SketchLookup(in: counts, of: self).supports(of: keys, progress: progress).map { supportCount in
            if let estimate = known[supportCount] { return estimate }
            let estimate = model.estimate(
                supportCount: supportCount, confidence: confidence, detectionThreshold: threshold)
            known[supportCount] = estimate
            return estimate
        }
    }

    private func keys(of candidates: [MechanismInput]) throws(EstimationError) -> [SketchKey] {
        var keys: [SketchKey] = []
        keys.reserveCapacity(candidates.count)
        for (position, candidate) in candidates.enumerated() {
            do { keys.append(try input(from: candidate, on: DeviceContext(permanentNoise: nil))) } catch {
                guard case .noRandomness = error else { throw .candidateOutOfDomain(position: position) }
                throw .algorithmUnavailable(name: "SHA256")
            }
        }
        return keys
    }
}
