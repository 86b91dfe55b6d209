internal import LocalPrivacy
internal import SecureRandomness

/// A fresh response to a permanent response to a vector of bits, every bit on its own: the noise of RAPPOR.
///
/// An instance is proof that the integers lose no more than is declared. What each of the losses bounds is proved in the
/// article <doc:Rappor>.
public struct BitResponse: Hashable, Sendable {
    /// How many bits there are.
    public let bitCount: Int
    /// The integers of a single bit.
    public let rule: BitRule
    let epsilon: Epsilon
    let permanentEpsilon: Epsilon
    let loss: PrivacyLoss
    let permanentLoss: PrivacyLoss
    let instantaneousLoss: PrivacyLoss
    private let flip: LaneThreshold
    private let keep: LaneThreshold?
    private let clear: LaneThreshold
    private let set: LaneThreshold

    /// The response to vectors of `bitCount` bits, of which two values differ in `differingBitCount`.
    ///
    /// - Parameter keepThreshold: for how many words the permanent response keeps a set bit; for N − T if there is none.
    /// - Throws: ``ParameterError``, also when the integers give less noise than declared.
    init(
        _ noise: BitNoise, keepThreshold: UInt64? = nil, bitCount: Int, differingBitCount: Int
    ) throws(ParameterError) {
        epsilon = try Epsilon(thousandths: noise.epsilonThousandths)
        permanentEpsilon = try Epsilon(thousandths: noise.permanentEpsilonThousandths)
        guard epsilon < permanentEpsilon else {
            throw .epsilonNotBelowPermanent(epsilon: epsilon, permanent: permanentEpsilon)
        }
        flip = try LaneThreshold(exactly: noise.flipThreshold)
        guard flip.numerator < 1 << 63 else {
            throw .thresholdOutOfRange(threshold: flip.numerator, allowed: 1 << 32...(1 << 63 - 1))
        }
        if let keepThreshold { keep = try LaneThreshold(exactly: keepThreshold) } else { keep = nil }
        clear = try LaneThreshold(exactly: noise.clearThreshold)
        set = try LaneThreshold(exactly: noise.setThreshold)
        guard clear.numerator < set.numerator else {
            throw .thresholdOutOfRange(threshold: clear.numerator, allowed: 0...set.numerator - 1)
        }
        self.bitCount = bitCount
        rule = BitRule(flip: flip.numerator, keep: keepThreshold, clear: clear.numerator, set: set.numerator)
        loss = try Self.loss(rule.reportRatio(differingBitCount: differingBitCount))
        guard loss <= PrivacyLoss(epsilon) else { throw .lossAboveEpsilon(loss: loss, epsilon: epsilon) }
        permanentLoss = try Self.loss(rule.permanentRatio(differingBitCount: differingBitCount))
        guard permanentLoss <= PrivacyLoss(permanentEpsilon) else {
            throw .lossAboveEpsilon(loss: permanentLoss, epsilon: permanentEpsilon)
        }
        instantaneousLoss = try Self.freshLoss(of: rule, bitCount: bitCount)
    }

    private static func loss(_ ratio: (WideUnsigned, WideUnsigned)) throws(ParameterError) -> PrivacyLoss {
        try PrivacyLoss(of: ratio.0, over: ratio.1)
    }

    /// Two permanent responses may differ in every bit: exact up to sixteen bits if it is within what a loss can be
    /// computed of, else the loss of one bit, rounded up, times their number.
    private static func freshLoss(of rule: BitRule, bitCount: Int) throws(ParameterError) -> PrivacyLoss {
        let (likely, unlikely) = rule.freshRatio()
        if bitCount <= 16 {
            var power = (WideUnsigned(1), WideUnsigned(1))
            for _ in 0..<bitCount { power = (power.0 * likely, power.1 * unlikely) }
            if let exact = try? loss(power) { return exact }
        }
        return try loss((likely, unlikely)).times(bitCount)
    }

    private var wordCount: Int { (bitCount + 63) / 64 }

    private var lastWordMask: UInt64 { .max >> UInt64((64 - bitCount % 64) % 64) }

    /// How many words ``writePermanentResponse(to:noise:to:from:)`` is made of.
    package var permanentWordCount: Int {
        flip.noiseWordCount(for: wordCount) + (keep?.noiseWordCount(for: wordCount) ?? 0)
    }

    /// How many words ``replacePermanentResponse(in:from:using:)`` draws.
    var freshWordCount: Int { (64 - firstFreshLevel) * wordCount }

    /// The least bit that P or Q has: no lane is below either before it.
    private var firstFreshLevel: Int { min(clear.numerator.trailingZeroBitCount, set.numerator.trailingZeroBitCount) }

    /// Writes the permanent response to a value's bits, from words of permanent noise: those for T, then those for K.
    func writePermanentResponse(
        to value: ValueBits, noise: Span<UInt64>, to bits: inout MutableRawSpan, from start: Int
    ) {
        let flipWordCount = flip.noiseWordCount(for: wordCount), rest = noise.extracting(droppingFirst: flipWordCount)
        flip.write(wordCount: wordCount, noise: noise.extracting(first: flipWordCount), to: &bits, from: start)
        for index in 0..<wordCount {
            let own = value.word(at: index), isFlipped = bits.word(at: index, from: start) & mask(ofWord: index)
            let isKept = keep?.word(index, of: wordCount, noise: rest) ?? ~isFlipped
            bits.setWord((isKept & own | isFlipped & ~own) & mask(ofWord: index), at: index, from: start)
        }
    }

    /// Replaces a permanent response by a report about it: in every lane one uniform number, compared with Q where the bit
    /// is set and with P where it is clear.
    ///
    /// The chain of ``LaneThreshold`` with a bit of the threshold for each lane: `below = T_k & (below | r) | below & r`.
    /// Takes the source's words level by level, from the least bit of P or Q, and within a level in the order of the lanes.
    func replacePermanentResponse<Source: NoiseSource & ~Copyable>(
        in bits: inout MutableRawSpan, from start: Int, using source: inout Source
    ) {
        source.withNext(freshWordCount) { noise in
            let levels = firstFreshLevel..<64
            for index in 0..<wordCount {
                let isSet = bits.word(at: index, from: start)
                var (lanes, position) = (0 as UInt64, index)
                for level in levels {
                    let (p, q) = (clear.numerator >> UInt64(level) & 1, set.numerator >> UInt64(level) & 1)
                    let threshold = (0 &- q) & isSet | (0 &- p) & ~isSet
                    let random = ~noise[position]
                    lanes = threshold & (lanes | random) | lanes & random
                    position += wordCount
                }
                bits.setWord(lanes & mask(ofWord: index), at: index, from: start)
            }
        }
    }

    private func mask(ofWord index: Int) -> UInt64 { index == wordCount - 1 ? lastWordMask : .max }
}
