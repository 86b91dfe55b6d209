/// An upper bound on the privacy loss that integers actually sampled realise, in billionths of a nat.
///
/// Computed from exact likelihoods in integers and rounded up, so it is never below the true logarithm and at most
/// 10⁻⁹ above it, on every machine alike.
public struct PrivacyLoss: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The bound in billionths of a nat.
    public let nanonats: Int

    /// The loss of telling an event of likelihood `likely` from one of likelihood `unlikely`, both over one
    /// denominator: the smallest multiple of 10⁻⁹ that is not below ln(likely / unlikely), and 0 if that is negative.
    ///
    /// - Throws: ``ParameterError/lossTooLarge`` above 32 nats, and where `unlikely` is zero.
    /// - Complexity: 35 evaluations of ``Exponential``.
    public init(of likely: WideUnsigned, over unlikely: WideUnsigned) throws(ParameterError) {
        let scaled = likely << Exponential.fractionBitCount
        func covers(_ nanonats: UInt64) -> Bool {
            Exponential(of: nanonats, over: 1_000_000_000).lower * unlikely >= scaled
        }
        let limit = Exponential.largestExponent * 1_000_000_000
        guard covers(limit) else { throw .lossTooLarge }
        nanonats = Int(smallest(in: 0...limit, where: covers))
    }

    /// The declared bound itself.
    public init(_ epsilon: Epsilon) { nanonats = epsilon.thousandths * 1_000_000 }

    /// The loss of `count` independent events of at most this loss each.
    public func times(_ count: Int) -> PrivacyLoss { PrivacyLoss(nanonats: nanonats * count) }

    /// The loss of this event and another one, whether they are independent or not.
    public func adding(_ other: PrivacyLoss) -> PrivacyLoss { PrivacyLoss(nanonats: nanonats + other.nanonats) }

    private init(nanonats: Int) { self.nanonats = nanonats }

    public static func < (left: Self, right: Self) -> Bool { left.nanonats < right.nanonats }

    /// The bound with nine decimals.
    public var description: String {
        let fraction = String(nanonats % 1_000_000_000)
        return "\(nanonats / 1_000_000_000)." + String(repeating: "0", count: 9 - fraction.count) + fraction
    }
}

/// The smallest number of `range` that satisfies a condition which, once true, stays true; the upper bound must.
///
/// - Complexity: one evaluation per bit of the range's width.
package func smallest(in range: ClosedRange<UInt64>, where condition: (UInt64) -> Bool) -> UInt64 {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
        let middle = low + (high - low) / 2
        if condition(middle) { high = middle } else { low = middle + 1 }
    }
    return low
}
