package import Mechanisms

/// A mechanism whose estimate of a mean has a variance that can be told beforehand, for the choice between mechanisms.
package protocol MeanVariance: MeanOracle {
    /// n times the variance of the mean place from n reports about one place, from 0 to 1 in the range: that of the noise,
    /// with what rounding to a grid adds at most.
    func variance(at place: Double) -> Double
}

extension MeanVariance {
    /// The greatest over all places. The variance is a parabola around the middle, so it is at an end or there.
    package var greatestVariance: Double { max(variance(at: 0), variance(at: 0.5)) }
}

extension OneBitMean: MeanVariance {
    package func variance(at place: Double) -> Double { 0.25 / (gap * gap) - (place - 0.5) * (place - 0.5) }
}

extension Piecewise: MeanVariance {
    package func variance(at place: Double) -> Double {
        MeanScores(grid).variance(spread: (place - 0.5) * (place - 0.5))
    }
}

extension Hybrid: MeanVariance {
    package func variance(at place: Double) -> Double {
        MeanScores(self).variance(spread: (place - 0.5) * (place - 0.5))
    }
}
