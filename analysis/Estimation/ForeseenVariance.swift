public import Mechanisms

/// An oracle whose error is known before there is a report: what plans and the choice among mechanisms go by.
public protocol ForeseeableOracle: FrequencyOracle {
    /// n times the variance of one value's estimated frequency over the noise of n independent reports, of which this
    /// fraction is about the value. Given the true values: for devices drawn from a population add f(1 − f).
    func scaledVariance(frequency: Double) -> Double

    /// What collisions in a hash table add to the variance of a frequency for every Σ f² of the other values, however
    /// many reports there are; 0 by default.
    var collisionVariance: Double { get }
}

extension ForeseeableOracle {
    public var collisionVariance: Double { 0 }
}

extension SupportProbabilities {
    /// [WBLJ17] equation (2): [f·p*(1 − p*) + (1 − f)·q*(1 − q*)] / (p* − q*)².
    package func scaledVariance(frequency: Double) -> Double {
        (frequency * truthfulVariance + (1 - frequency) * spuriousVariance) / (gap * gap)
    }
}

extension PureFrequencyOracle {
    public func scaledVariance(frequency: Double) -> Double { support.scaledVariance(frequency: frequency) }
}

extension BasicRappor: ForeseeableOracle {
    public func scaledVariance(frequency: Double) -> Double {
        response.rule.support.scaledVariance(frequency: frequency)
    }
}

extension CountMeanSketch: ForeseeableOracle {
    public func scaledVariance(frequency: Double) -> Double { support.scaledVariance(frequency: frequency) }

    /// Σ f² / (k·m), corrected for the places that the estimator already counts on: see <doc:CountMeanSketch>.
    public var collisionVariance: Double { 1 / (Double(configuration.rowCount) * Double(configuration.width - 1)) }
}

extension HadamardCountMeanSketch: ForeseeableOracle {
    public func scaledVariance(frequency: Double) -> Double { support.scaledVariance(frequency: frequency) }

    /// As of the count mean sketch.
    public var collisionVariance: Double { 1 / (Double(configuration.rowCount) * Double(configuration.width - 1)) }
}
