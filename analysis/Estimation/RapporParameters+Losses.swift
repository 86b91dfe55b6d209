internal import Foundation

extension RapporParameters {
    /// ε₁: the most that one report tells of its client's value against any other, in nats; infinite where a bit that is
    /// reported gives its value away.
    ///
    /// Two values differ in up to h bits that only the first sets and h that only the second does. Where 2h ≤ k this is
    /// google/rappor's h·ln(q*(1 − p*)/(p*(1 − q*))) [EPK14, theorem 2]; with fewer bits, fewer differ.
    public var reportLoss: Double {
        let (high, low) = (max(clear, set), min(clear, set))
        // What a set bit tells, and a clear one.
        let (one, other) = (log(high / low), log((1 - low) / (1 - high)))
        let most = max(one, other), least = min(one, other)
        let mostCount = min(hashCount, bitCount), leastCount = min(hashCount, bitCount - mostCount)
        return Double(mostCount) * most + (leastCount > 0 ? Double(leastCount) * least : 0)
    }

    /// ε∞: the most that any number of reports about one value tell of it, in nats: 2h·ln((1 − f/2)/(f/2)), or of k bits if
    /// those are fewer [EPK14, theorem 1]; infinite where f is 0.
    public var permanentLoss: Double {
        Double(min(2 * hashCount, bitCount)) * log((1 - permanentNoise / 2) / (permanentNoise / 2))
    }

    /// google/rappor's detection frequency: the share of reports above which one bit's count would be called detected.
    public func detectionFrequency(reportCount: Int, falseDetections: Double) -> Double {
        let deviation = (clear * (1 - clear) / Double(reportCount)).squareRoot() / abs(set - clear)
        return NormalDistribution.upperQuantile(ofTail: falseDetections) * deviation
    }

    /// The smallest share of a string that is detected with a probability of 80 %, where every other one is rare.
    public func smallestShare(reportCount: Int, falseDetections: Double) -> Double {
        let quantiles = [falseDetections, 0.2].map { NormalDistribution.upperQuantile(ofTail: $0) }
        return (quantiles[0] + quantiles[1]) * shareDeviation(reportCount: reportCount)
    }

    /// The standard error of the share of a string that is looked for by all bits of all cohorts, where all other reports
    /// are spread over rare strings.
    ///
    /// A bit is then set by b₀ = 1 − (1 − 1/k)^h of the reports, and counts vary as r(1 − r)N with r = p* + (q* − p*)b₀. The
    /// string's own bits exceed b₀ by 1 − b₀ and the others fall short by b₀: squares that sum to kb₀(1 − b₀) a cohort.
    func shareDeviation(reportCount: Int) -> Double {
        let gap = abs(set - clear), filled = 1 - pow(1 - 1 / Double(bitCount), Double(hashCount))
        guard bitCount > 1 else { return (clear * (1 - clear) / Double(reportCount)).squareRoot() / gap }
        let reported = clear + (set - clear) * filled
        let squares = Double(bitCount) * filled * (1 - filled)
        return (reported * (1 - reported) / (Double(reportCount) * squares)).squareRoot() / gap
    }
}
