internal import LocalPrivacy
public import Mechanisms

extension CountMeanSketch: SketchOracle {
    /// The probabilities of one bit: that of the value's place, and any other.
    public var cellSupport: SupportProbabilities {
        let threshold = configuration.flipThreshold
        return SupportProbabilities(
            truthful: Double(0 &- threshold) * 0x1p-64, spurious: Double(threshold) * 0x1p-64,
            gap: Double(0 &- 2 &* threshold) * 0x1p-64)
    }

    /// A report shows the bits of its row.
    public func supportedCells(in aggregate: SketchCounts) -> SketchCounts { aggregate }
}
