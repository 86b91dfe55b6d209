public import LocalPrivacy

/// A number of a range, rounded at random to a point of a grid, and a window of outputs around that point.
///
/// The grid has g steps and g + 1 points, each a cell of a ``WindowResponse``. A place goes up to the next point with
/// exactly the probability that leaves its mean where it was, so the mean of an output is affine in the place.
public struct GridWindow: Hashable, Sendable {
    /// g: the steps of the grid.
    public let stepCount: Int
    /// The response to a point.
    public let window: WindowResponse

    /// g: at one step, with a window of one output, this is a coin.
    public static let allowedStepCounts = 1...65_536

    /// - Throws: ``ParameterError``.
    public init(stepCount: Int, width: Int, outsideThreshold: UInt64) throws(ParameterError) {
        guard Self.allowedStepCounts.contains(stepCount) else {
            throw .countOutOfRange(name: "grid", count: stepCount, allowed: Self.allowedStepCounts)
        }
        self.stepCount = stepCount
        window = try WindowResponse(cellCount: stepCount + 1, width: width, outsideThreshold: outsideThreshold)
    }

    /// How many words ``respond(to:using:_:_:_:)`` takes.
    public static let noiseWordCount = 4

    /// The output for a place, from four words.
    @inlinable
    public func respond(
        to place: UInt64, gridWord: UInt64, sideWord: UInt64, insideWord: UInt64, outsideWord: UInt64
    ) -> UInt64 {
        // At most 2³²·2¹⁶; the low 32 bits are how far the place is beyond its point.
        let scaled = place &* UInt64(stepCount)
        let goesUp: UInt64 = gridWord >> 32 < scaled & 0xffff_ffff ? 1 : 0
        return window.respond(
            to: scaled >> 32 &+ goesUp, sideWord: sideWord, insideWord: insideWord, outsideWord: outsideWord)
    }

    /// Likelihoods are integers over two to this power: 32 bits of the grid's word, and two words.
    static let likelihoodBitCount = 32 + 128

    /// The probability of an output, a mixture of those under two points.
    func likelihood(of output: Int, given place: UInt64) -> WideUnsigned {
        let scaled = place * UInt64(stepCount)
        let (point, beyond) = (Int(scaled >> 32), scaled & 0xffff_ffff)
        let below = WideUnsigned(1 << 32 - beyond) * window.likelihood(of: output, given: point)
        guard beyond > 0 else { return below }
        return below + WideUnsigned(beyond) * window.likelihood(of: output, given: point + 1)
    }

    /// The window with which the greatest variance of a report, that at the ends of the range, is least.
    ///
    /// With E = e^ε, D = w·E + g and M = g + w, that variance of an estimate of the place is, but for the grid's own,
    ///
    ///     [D·(M(M² − 1) + w(w² − 1)(E − 1)) + 3w(E − 1)·M·g²] / (12·g²·w²(E − 1)²)
    ///
    /// It falls up to its minimum and rises from there, which is found by bisection, in integers.
    static func widthOfLeastVariance(stepCount: Int, epsilon: Epsilon) -> Int {
        let one = WideUnsigned(1) << Exponential.fractionBitCount
        let exponential = Exponential(of: UInt64(epsilon.thousandths), over: 1000).lower
        let (excess, steps) = (exponential - one, UInt64(stepCount))
        func numerator(_ width: UInt64) -> WideUnsigned {
            let outputs = steps + width
            let sum = WideUnsigned(width) * exponential + WideUnsigned(steps) * one
            let all = WideUnsigned(outputs * (outputs * outputs - 1)) * one
            let own = WideUnsigned(width * (width * width - 1)) * excess
            let ends = WideUnsigned(3 * width * outputs) * WideUnsigned(steps * steps) * excess * one
            return sum * (all + own) + ends
        }
        let width = smallest(in: 1...steps) { width in
            let (next, square) = (width + 1, WideUnsigned(width * width))
            return numerator(next) * square >= numerator(width) * WideUnsigned(next * next)
        }
        return Int(width)
    }

    /// The window of [WXY+19]: g / e^(ε/2), to the nearest, and at least one.
    static func publishedWidth(stepCount: Int, epsilon: Epsilon) -> Int {
        let root = Exponential(of: UInt64(epsilon.thousandths), over: 2000).lower
        let doubled = WideUnsigned(2 * UInt64(stepCount)) << Exponential.fractionBitCount
        let width = smallest(in: 0...UInt64(stepCount)) { WideUnsigned(2 * $0 + 1) * root >= doubled }
        return Int(Swift.max(1, width))
    }
}
