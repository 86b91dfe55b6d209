internal import Foundation

/// The standard normal distribution.
package enum NormalDistribution {
    /// z such that −z...z holds this probability, which lies strictly between 0 and 1.
    ///
    /// Newton's method on erf, or for probabilities above one half on erfc, so that no digits cancel. Below the root
    /// erf is concave and erfc convex, so that steps from 0 rise towards the root and never pass it.
    package static func quantile(centralProbability: Double) -> Double {
        let outside = 1 - centralProbability
        var x = 0.0
        for _ in 0..<200 {
            let missing = centralProbability < 0.5 ? centralProbability - erf(x) : erfc(x) - outside
            let step = missing / (2 / Double.pi.squareRoot() * exp(-x * x))
            x += step
            // The last step of a quadratically converging sequence has already done its work.
            if abs(step) <= 1e-9 * x { break }
        }
        return x * 2.0.squareRoot()
    }

    /// The probability of `z` or more.
    package static func upperTail(from z: Double) -> Double { erfc(z / 2.0.squareRoot()) / 2 }
}
