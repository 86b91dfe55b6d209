internal import Foundation

/// The count C that a frequency f was estimated from: f = (C/N − s)/g, with C a sum of N bits.
///
/// The bits are those of independent devices, each of which has at most T of them, and their mean probability is
/// s + f·g. By Hoeffding's argument, as in ``HolderTails``, then
///
///     ln E e^(λC)  ≤  (N/T)·ln(1 + (s + f·g)·(e^(λT) − 1))
///
/// whatever the devices hold and however the bits are spread over them.
public struct LinearCount: Hashable, Sendable {
    /// N.
    let bitCount: Double
    /// T.
    let bitsPerDevice: Double
    /// s: the mean of C/N where f is 0.
    let origin: Double
    /// g: by how much the mean of C/N is greater where f is 1; negative for what is left of a whole.
    let slope: Double
    /// Below this variance of C a normal distribution promises too much.
    let leastNormalVariance: Double

    /// The count of reports that support a value, or of several bits of each.
    ///
    /// - Parameters:
    ///   - bitsPerReport: how many bits of a report are counted, of which one is about the value, if any is.
    ///   - support: p* and q* of a bit.
    ///   - noise: whether bits of several reports share noise.
    package init(
        reportCount: Int, bitsPerReport: Int = 1, support: SupportProbabilities, noise: SupportNoise
    ) {
        var periodCount = 1.0
        if case .shared(_, let overlap) = noise { periodCount = Double(overlap.periodCount) }
        self.init(
            bitCount: Double(reportCount) * Double(bitsPerReport), bitsPerDevice: periodCount,
            origin: support.spurious, slope: support.gap / Double(bitsPerReport),
            leastNormalVariance: SupportModel.normalVariance * periodCount * periodCount)
    }

    init(bitCount: Double, bitsPerDevice: Double, origin: Double, slope: Double, leastNormalVariance: Double) {
        (self.bitCount, self.bitsPerDevice) = (bitCount, bitsPerDevice)
        (self.origin, self.slope, self.leastNormalVariance) = (origin, slope, leastNormalVariance)
    }

    /// The same count where what it leaves of 1 is estimated.
    package var complement: LinearCount {
        LinearCount(
            bitCount: bitCount, bitsPerDevice: bitsPerDevice, origin: origin + slope, slope: -slope,
            leastNormalVariance: leastNormalVariance)
    }

    /// What one bit adds to the estimate.
    var step: Double { 1 / (bitCount * abs(slope)) }

    /// Whether C varies too little for a normal distribution, where f is so much or 0.
    func isScarce(at frequency: Double) -> Bool {
        [min(max(frequency, 0), 1), 0].contains { frequency in
            let mean = mean(at: frequency)
            return bitCount * mean * (1 - mean) < leastNormalVariance
        }
    }

    /// An upper bound of ln E e^(t·(estimate − f)).
    func logMoment(_ tilt: Double, frequency: Double) -> Double {
        let perDevice = tilt * bitsPerDevice / (bitCount * slope)
        let devices = bitCount / bitsPerDevice
        let mean = mean(at: frequency)
        return devices * log1p(mean * expm1(perDevice)) - tilt * (origin / slope + frequency)
    }

    private func mean(at frequency: Double) -> Double { min(max(origin + frequency * slope, 0), 1) }
}
