/// Bounds on e^x for a rational x, in fixed point with 256 fractional bits: the same bits on every machine, no libm.
///
/// The series Σ xⁿ/n! is summed with every term rounded down, so `lower` is a lower bound. A unit lost in one term
/// costs at most e^x units in the sum of it and all later terms, which are made from it by factors x/(n+1); the tail
/// after the first vanishing term is below the error of that term once n > 2x. With x ≤ 32 there are fewer than 400
/// terms, so the sum is short of e^x by less than 401·e³² < 2⁵⁵ units of 2⁻²⁵⁶. `upper` allows 2⁶⁴ units: the bounds
/// agree to 2⁻¹⁹².
public struct Exponential: Sendable {
    /// Both bounds are integers over 2²⁵⁶.
    public static let fractionBitCount = 256

    /// The largest exponent, in nats.
    public static let largestExponent: UInt64 = 32

    /// At most e^x · 2²⁵⁶, and less than 2⁶⁴ below it.
    public let lower: WideUnsigned

    /// At least e^x · 2²⁵⁶, and at most 2⁶⁴ above ``lower``.
    public var upper: WideUnsigned { lower + (WideUnsigned(1) << 64) }

    /// Bounds on e^(numerator / denominator).
    ///
    /// - Parameters:
    ///   - numerator: at most 32 times the denominator.
    ///   - denominator: in `1...1,000,000,000`.
    /// - Complexity: fewer than 400 terms, each a multiplication and a division of six words by one.
    public init(of numerator: UInt64, over denominator: UInt64) {
        precondition((1...1_000_000_000).contains(denominator), "the denominator is at most 10⁹")
        precondition(numerator <= Self.largestExponent * denominator, "the exponent is at most 32")
        var term = WideUnsigned(1) << Self.fractionBitCount
        var sum = WideUnsigned.zero
        var index: UInt64 = 0
        while !term.isZero {
            sum = sum + term
            index += 1
            term = term * WideUnsigned(numerator) / (denominator * index)
        }
        lower = sum
    }
}
