internal import Foundation

/// The standard normal distribution.
package enum NormalDistribution {
    /// z such that −z...z holds this probability, which lies strictly between 0 and 1.
    ///
    /// Newton's method on erf, or for probabilities above one half on erfc, so that no digits cancel. Below the root
    /// erf is concave and erfc convex, so that steps from 0 rise towards the root and never pass it.
    package static func quantile(centralProbability: Double) -> Double {
        quantile(centralProbability: centralProbability, missProbability: 1 - centralProbability)
    }

    /// z such that this probability lies outside −z...z, from 0 and below 1: exact also where that is tiny; infinite at 0.
    package static func quantile(missProbability outside: Double) -> Double {
        guard outside >= 1e-40 else { return farQuantile(missProbability: outside) }
        return quantile(centralProbability: 1 - outside, missProbability: outside)
    }

    /// Of both probabilities the smaller one is used, which its complement would not give back.
    private static func quantile(centralProbability: Double, missProbability outside: Double) -> Double {
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

    /// Steps on erfc grow slowly far out. The logarithm of the tail is nearly a parabola, and concave: from the second on
    /// Newton's steps fall towards the root.
    private static func farQuantile(missProbability outside: Double) -> Double {
        guard outside > 0 else { return .infinity }
        let target = log(outside) - log(2.0)
        var z = (-2 * target).squareRoot()
        for _ in 0..<50 {
            let logTail = logUpperTail(from: z)
            let hazard = exp(-z * z / 2 - logTail) / (2 * Double.pi).squareRoot()
            let step = (logTail - target) / hazard
            z += step
            if abs(step) <= 1e-12 * z { break }
        }
        return z
    }

    /// The probability of `z` or more.
    package static func upperTail(from z: Double) -> Double { erfc(z / 2.0.squareRoot()) / 2 }

    /// ln of ``upperTail(from:)``, also where that is too small for a number.
    package static func logUpperTail(from z: Double) -> Double {
        guard z > 30 else { return log(upperTail(from: z)) }
        // Mills' ratio, by its continued fraction: beyond 30 four terms give sixteen digits.
        let ratio = 1 / (z + 1 / (z + 2 / (z + 3 / (z + 4 / z))))
        return -z * z / 2 - log((2 * Double.pi).squareRoot()) + log(ratio)
    }

    /// z whose upper tail has this probability, from 0 and below 1; infinite at 0.
    package static func upperQuantile(ofTail tail: Double) -> Double {
        guard tail != 0.5 else { return 0 }
        return tail < 0.5 ? quantile(missProbability: 2 * tail) : -quantile(missProbability: 2 * (1 - tail))
    }
}
