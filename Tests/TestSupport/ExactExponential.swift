public import BigInt
public import LocalPrivacy

/// Bounds on e^x for a rational x, as integers over 2^320: a second implementation, which shares nothing with
/// `LocalPrivacy.Exponential` but the mathematics.
///
/// The argument is halved 12 times, so that the series in y < 2⁻⁷ is short and its rest geometric, and the bounds are
/// squared back, each rounded outward.
public struct ExactExponential: Sendable {
    /// Both bounds are over two to this power.
    public static let fractionBitCount = 320

    /// At most e^x · 2³²⁰.
    public let lower: BigUInt

    /// At least e^x · 2³²⁰.
    public let upper: BigUInt

    /// Bounds on e^(numerator / denominator), of an exponent up to 64.
    public init(of numerator: BigUInt, over denominator: BigUInt) {
        precondition(denominator > 0 && numerator <= 64 * denominator, "the exponent is at most 64")
        let halvings = 13, one = BigUInt(1) << Self.fractionBitCount
        let scaledDenominator = denominator << halvings
        var (low, high) = (one, one), (lowTerm, highTerm) = (one, one), index = BigUInt(0)
        while highTerm > 1 {
            index += 1
            lowTerm = lowTerm * numerator / (scaledDenominator * index)
            highTerm = (highTerm * numerator + scaledDenominator * index - 1) / (scaledDenominator * index)
            low += lowTerm
            high += highTerm
        }
        high += 1  // The terms after one that rounds up to 1 sum to less than 1, each being below half of the last.
        for _ in 0..<halvings {
            low = (low * low) >> Self.fractionBitCount
            high = ((high * high) >> Self.fractionBitCount) + 1
        }
        (lower, upper) = (low, high)
    }

    /// Bounds on e^ε.
    public init(_ epsilon: Epsilon) { self.init(of: BigUInt(epsilon.thousandths), over: 1000) }

    /// Bounds on e to a loss, times `count` of it.
    public init(_ loss: PrivacyLoss, times count: Int = 1) {
        self.init(of: BigUInt(loss.nanonats) * BigUInt(count), over: 1_000_000_000)
    }

    /// Whether likely / unlikely ≤ e^x beyond doubt.
    public func surelyCovers(_ likely: BigUInt, over unlikely: BigUInt) -> Bool {
        likely << Self.fractionBitCount <= lower * unlikely
    }

    /// Whether likely / unlikely > e^x beyond doubt.
    public func surelyMisses(_ likely: BigUInt, over unlikely: BigUInt) -> Bool {
        likely << Self.fractionBitCount > upper * unlikely
    }
}

extension BigUInt {
    /// The same integer.
    public init(wide: WideUnsigned) { self = wide.words.reversed().reduce(0) { $0 << 64 | BigUInt($1) } }

    /// A random integer below 2^bitCount.
    public static func seeded(bitCount: Int, from noise: inout SeededNoise) -> BigUInt {
        let words = (0..<(bitCount + 63) / 64).map { _ in noise.next() }
        return words.reduce(0) { $0 << 64 | BigUInt($1) } & ((BigUInt(1) << bitCount) - 1)
    }
}

extension WideUnsigned {
    /// The same integer.
    public init(big integer: BigUInt) { self.init(words: integer.words.map { UInt64($0) }) }
}
