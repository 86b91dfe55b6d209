internal import Foundation

/// The likely shares of cells, from counts of a channel's outputs, by expectation maximisation [LWL20] §5.3.
///
/// Starting from equal shares, f ← f·Kᵀ(c / (n·K·f)) raises the likelihood at every step; with smoothing, each share is
/// then averaged with its neighbours by the weights 1, 2, 1.
struct DistributionFit: Sendable {
    let channel: WindowChannel
    let fitting: DistributionFitting
    /// The step ends when the logarithm of the likelihood has risen by less than this.
    let tolerance: Double

    /// The most steps.
    static let stepLimit = 10_000

    /// 10⁻³ with smoothing, e^ε·10⁻³ without, as in [LWL20] §6.
    init(channel: WindowChannel, fitting: DistributionFitting, epsilon: Double) {
        (self.channel, self.fitting) = (channel, fitting)
        tolerance = fitting == .smoothed ? 1e-3 : 1e-3 * exp(epsilon)
    }

    /// Shares that are not negative and sum to 1.
    func shares(counts: [Int]) -> [Double] {
        let total = Double(counts.reduce(0, +))
        var shares = [Double](repeating: 1 / Double(channel.cellCount), count: channel.cellCount)
        var likelihood = -Double.infinity
        for _ in 0..<Self.stepLimit {
            let outputs = channel.outputShares(of: shares)
            let next = zip(counts, outputs).reduce(0.0) { $1.0 > 0 ? $0 + Double($1.0) * log($1.1) : $0 }
            if abs(next - likelihood) < tolerance { break }
            likelihood = next
            let ratios = zip(counts, outputs).map { Double($0) / (total * $1) }
            shares = zip(shares, channel.means(of: ratios)).map { $0 * max(0, $1) }
            if fitting == .smoothed { shares = Self.smoothed(shares) }
            let sum = shares.reduce(0, +)
            shares = shares.map { $0 / sum }
        }
        return shares
    }

    /// At the ends, where one neighbour is missing, the weights are 2 and 1.
    static func smoothed(_ shares: [Double]) -> [Double] {
        shares.indices.map { index in
            var (sum, weight) = (2 * shares[index], 2.0)
            for neighbour in [index - 1, index + 1] where shares.indices.contains(neighbour) {
                sum += shares[neighbour]
                weight += 1
            }
            return sum / weight
        }
    }
}
