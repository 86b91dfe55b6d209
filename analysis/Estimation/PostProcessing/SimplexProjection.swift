/// "Consistent" frequencies: those nearest to the unbiased ones in the sum of squares that could be frequencies at all.
///
/// For a whole domain that is the projection onto the simplex, which is Norm-Sub of [WLLK20]: one number is taken from
/// all frequencies, and what falls below 0 becomes 0, such that the rest adds up to 1. Its result is biased and has no
/// interval of its own.
public enum SimplexProjection {
    /// What the true frequencies add up to.
    public enum Sum: Hashable, Sendable {
        /// The values are all that a report can be about.
        case one
        /// Reports may be about other values too, as with candidates.
        case atMostOne
    }

    /// The nearest frequencies that are not negative and add up as they must.
    ///
    /// - Complexity: O(d log d) for d frequencies.
    public static func nearest(to frequencies: [Double], sum: Sum) -> [Double] {
        if sum == .atMostOne {
            let clipped = frequencies.map { max($0, 0) }
            // Within the bound, clipping is the projection.
            if clipped.reduce(0, +) <= 1 { return clipped }
        }
        let excess = excess(of: frequencies)
        return frequencies.map { max($0 - excess, 0) }
    }

    /// What has to be taken from each so that the positive rest adds up to 1: (Σ of the j largest − 1)/j for the greatest j
    /// of which the j-th is still above it [HWC74].
    private static func excess(of frequencies: [Double]) -> Double {
        var (sum, excess) = (-1.0, 0.0)
        for (index, frequency) in frequencies.sorted(by: >).enumerated() {
            sum += frequency
            let candidate = sum / Double(index + 1)
            guard frequency > candidate else { break }
            excess = candidate
        }
        return excess
    }
}
