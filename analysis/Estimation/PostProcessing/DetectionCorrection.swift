/// How p-values of many values are held to one error rate: ``FrequencyEstimate/familyErrorRate``.
public enum DetectionCorrection: Hashable, Sendable {
    /// Each p-value times their number. With probability 0.95 no value that nobody holds is detected.
    case bonferroni
    /// The same claim by Holm's steps [Hol79]: never fewer detections, whatever depends on what.
    case holm
    /// Of all detected values, at most 5 % on average are held by nobody: Benjamini and Hochberg's steps [BH95], for
    /// p-values that are independent.
    case falseDiscoveryOfIndependent
    /// The same claim for p-values that depend on each other in any way [BY01]: at the price of a factor
    /// 1 + 1/2 + … + 1/m for m values, some ln m + 0.58.
    case falseDiscovery

    /// The adjusted p-values, in the order of `pValues`: a value is detected where its own is at most the error rate.
    ///
    /// - Complexity: O(m log m) for m p-values.
    public func adjusted(_ pValues: [Double]) -> [Double] {
        let count = Double(pValues.count)
        switch self {
        case .bonferroni: return pValues.map { min(1, $0 * count) }
        case .holm:
            var greatest = 0.0
            return stepwise(pValues, in: pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }) { rank, p in
                greatest = max(greatest, min(1, p * (count - Double(rank))))
                return greatest
            }
        case .falseDiscoveryOfIndependent: return falseDiscovery(pValues, factor: 1)
        case .falseDiscovery:
            let harmonic = stride(from: count, to: 0, by: -1).reduce(0) { $0 + 1 / $1 }
            return falseDiscovery(pValues, factor: harmonic)
        }
    }

    private func falseDiscovery(_ pValues: [Double], factor: Double) -> [Double] {
        let count = Double(pValues.count)
        var least = 1.0
        return stepwise(pValues, in: pValues.indices.sorted { (pValues[$0], $0) > (pValues[$1], $1) }) { rank, p in
            least = min(least, p * factor * count / (count - Double(rank)))
            return least
        }
    }

    private func stepwise(
        _ pValues: [Double], in order: [Int], _ step: (_ rank: Int, _ pValue: Double) -> Double
    ) -> [Double] {
        var adjusted = pValues
        for (rank, index) in order.enumerated() { adjusted[index] = step(rank, pValues[index]) }
        return adjusted
    }
}

extension FrequencyEstimate {
    /// This with another verdict.
    public func detected(_ isDetected: Bool) -> FrequencyEstimate {
        FrequencyEstimate(
            count: count, standardError: standardError, frequency: frequency, interval: interval, pValue: pValue,
            isDetected: isDetected)
    }
}
