internal import LocalPrivacy
internal import ReportFormat

/// The integers of both stages of a vector of bits, and the bounds declared for them.
public struct BitNoise: Hashable, Sendable {
    /// The declared bound on one report, in thousandths.
    public var epsilonThousandths: Int
    /// The declared bound on all reports about one value, in thousandths.
    public var permanentEpsilonThousandths: Int
    /// T: the permanent response flips a bit if a word is below it.
    public var flipThreshold: UInt64
    /// P: a report sets a bit that the permanent response has clear if a word is below it.
    public var clearThreshold: UInt64
    /// Q: a report sets a bit that the permanent response has set if a word is below it.
    public var setThreshold: UInt64

    /// Integers and bounds as they are; ``BitResponse`` validates them.
    public init(
        epsilonThousandths: Int, permanentEpsilonThousandths: Int, flipThreshold: UInt64, clearThreshold: UInt64,
        setThreshold: UInt64
    ) {
        self.epsilonThousandths = epsilonThousandths
        self.permanentEpsilonThousandths = permanentEpsilonThousandths
        self.flipThreshold = flipThreshold
        self.clearThreshold = clearThreshold
        self.setThreshold = setThreshold
    }

    /// f, p and q of [EPK14], which a registry may declare in the place of both ε.
    public static let parameters = ["f", "p", "q"].map { MechanismParameter($0, .probability) }

    /// The noise that a registry declares, for values that differ in so many bits: by both ε, or by f, p and q.
    ///
    /// - Throws: ``ParameterError/conflictingParameters(_:_:)`` for both, ``ParameterError/missingParameter(name:)`` for
    ///   neither, and what the numbers themselves are refused for.
    init(declared: MechanismDeclaration, differingBitCount: Int) throws(ParameterError) {
        guard let probability = Self.parameters.first(where: { declared.parameters[$0.name] != nil }) else {
            try self.init(leastWithin: declared, differingBitCount: differingBitCount)
            return
        }
        guard declared.epsilon == nil else { throw .conflictingParameters(probability.name, "epsilon") }
        guard declared.permanentEpsilon == nil else {
            throw .conflictingParameters(probability.name, "epsilon_permanent")
        }
        try self.init(probabilities: declared, differingBitCount: differingBitCount)
    }

    /// The least noise with which both losses are within what is declared: the least T for ε∞, then symmetric fresh
    /// noise, Q = N − P, with the least P for ε. P is a multiple of 2⁴⁰, so that chains sample both it and Q.
    ///
    /// - Parameter keepThreshold: as of ``BitResponse``. Of two values that differ in two bits, N/2 leaves the ratio
    ///   (N − T) / T, that of a single bit that is flipped.
    init(
        leastWithin declared: MechanismDeclaration, keepThreshold: UInt64? = nil, differingBitCount: Int
    ) throws(ParameterError) {
        guard let permanentEpsilon = declared.permanentEpsilon else {
            throw .missingParameter(name: "epsilon_permanent")
        }
        let epsilon = try declared.requiredEpsilon()
        guard epsilon < permanentEpsilon else {
            throw .epsilonNotBelowPermanent(epsilon: epsilon, permanent: permanentEpsilon)
        }
        precondition(
            keepThreshold ?? 1 << 63 == 1 << 63, "a set bit is kept as a clear one is, or for half of the words")
        let parts = keepThreshold == nil ? differingBitCount : 1
        let least = Probability(flippingWithin: permanentEpsilon, parts: parts).numerator
        let flip = LaneThreshold(atLeast: least)?.numerator ?? .max
        guard flip < 1 << 63 else { throw .thresholdOutOfRange(threshold: flip, allowed: 1...(1 << 63 - 1)) }
        let exponential = Exponential(of: UInt64(epsilon.thousandths), over: 1000).lower
        let steps = smallest(in: 1...(1 << 23) - 1) { steps in
            let clear = steps << 40
            let rule = BitRule(flip: flip, keep: keepThreshold, clear: clear, set: 0 &- clear)
            let (likely, unlikely) = rule.reportRatio(differingBitCount: differingBitCount)
            return exponential * unlikely >= likely << Exponential.fractionBitCount
        }
        self.init(
            epsilonThousandths: epsilon.thousandths, permanentEpsilonThousandths: permanentEpsilon.thousandths,
            flipThreshold: flip, clearThreshold: steps << 40, setThreshold: 0 &- steps << 40)
    }

    /// T = f/2 and P = p rounded up and Q = q rounded down to what chains sample; the losses that follow, rounded up to
    /// thousandths, are the declared bounds.
    private init(probabilities declared: MechanismDeclaration, differingBitCount: Int) throws(ParameterError) {
        func billionths(_ name: String) throws(ParameterError) -> UInt128 {
            guard let number = declared.parameters[name] else { throw .missingParameter(name: name) }
            guard (1..<1_000_000_000).contains(number.billionths) else {
                throw .probabilityOutOfRange(name: name, allowed: "above 0 and below 1")
            }
            return UInt128(number.billionths)
        }
        let billion: UInt128 = 1_000_000_000
        let (f, p, q) = (try billionths("f"), try billionths("p"), try billionths("q"))
        let flip = LaneThreshold(atLeast: UInt64((f << 63 + billion - 1) / billion))?.numerator ?? .max
        guard flip < 1 << 63 else { throw .probabilityOutOfRange(name: "f", allowed: "below 1 by more than 10⁻⁶") }
        let clear = LaneThreshold(atLeast: UInt64((p << 64 + billion - 1) / billion))?.numerator ?? .max
        let set = LaneThreshold(atMost: UInt64((q << 64) / billion)).numerator
        guard clear < set else { throw .probabilityOutOfRange(name: "q", allowed: "above p by more than 10⁻⁶") }
        let rule = BitRule(flip: flip, clear: clear, set: set)
        func roundedUp(_ ratio: (WideUnsigned, WideUnsigned)) throws(ParameterError) -> Int {
            (try PrivacyLoss(of: ratio.0, over: ratio.1).nanonats + 999_999) / 1_000_000
        }
        let epsilon = try roundedUp(rule.reportRatio(differingBitCount: differingBitCount))
        let permanent = try roundedUp(rule.permanentRatio(differingBitCount: differingBitCount))
        self.init(
            epsilonThousandths: epsilon,
            // Above the loss of one report, as it is before both are rounded.
            permanentEpsilonThousandths: Swift.max(permanent, epsilon + 1), flipThreshold: flip, clearThreshold: clear,
            setThreshold: set)
    }

    init(reading reader: inout ByteReader) throws(ByteFormatError) {
        epsilonThousandths = Int(try reader.integer(UInt16.self))
        permanentEpsilonThousandths = Int(try reader.integer(UInt16.self))
        flipThreshold = try reader.integer(UInt64.self)
        clearThreshold = try reader.integer(UInt64.self)
        setThreshold = try reader.integer(UInt64.self)
    }

    func write(to writer: inout ByteWriter) {
        writer.append(UInt16(epsilonThousandths))
        writer.append(UInt16(permanentEpsilonThousandths))
        writer.append(flipThreshold)
        writer.append(clearThreshold)
        writer.append(setThreshold)
    }
}
