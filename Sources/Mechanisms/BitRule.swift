public import LocalPrivacy

/// What the two stages do to a single bit, and the exact losses of vectors of independent bits.
///
/// With N = 2⁶⁴, a permanent response sets a bit that the value has clear for T of N words, and one that it has set for K:
/// for N − T where both are flipped alike. A report sets a bit for Q of N words where the response has it set and for P
/// where it is clear. The derivation is in the article <doc:Rappor>.
public struct BitRule: Hashable, Sendable {
    /// T, below N/2.
    public let flip: UInt64
    /// K, above T.
    public let keep: UInt64
    /// P.
    public let clear: UInt64
    /// Q, above P.
    public let set: UInt64

    /// The rule that flips set bits as often as clear ones, or keeps them for so many words.
    init(flip: UInt64, keep: UInt64? = nil, clear: UInt64, set: UInt64) {
        (self.flip, self.keep, self.clear, self.set) = (flip, keep ?? 0 &- flip, clear, set)
    }

    static let wordCount = WideUnsigned(1) << 64

    /// The probability over both stages that a report sets a bit, as a numerator over N²: q* where the value has it
    /// set, p* where it is clear.
    public func reportLikelihood(whereSet isSet: Bool) -> WideUnsigned {
        let sets = permanentLikelihood(whereSet: isSet)
        return sets * WideUnsigned(set) + (Self.wordCount - sets) * WideUnsigned(clear)
    }

    /// The probability that a permanent response sets a bit, as a numerator over N.
    func permanentLikelihood(whereSet isSet: Bool) -> WideUnsigned { WideUnsigned(isSet ? keep : flip) }

    /// The greatest ratio of the likelihoods of one report under two values that differ in so many bits, of which
    /// neither value has set more than half, rounded up: a set bit against a clear one in each pair.
    func reportRatio(differingBitCount: Int) -> (likely: WideUnsigned, unlikely: WideUnsigned) {
        Self.ratio(
            differingBitCount: differingBitCount, whereSet: reportLikelihood(whereSet: true),
            whereClear: reportLikelihood(whereSet: false), of: Self.wordCount * Self.wordCount)
    }

    /// The same for the permanent response.
    func permanentRatio(differingBitCount: Int) -> (likely: WideUnsigned, unlikely: WideUnsigned) {
        Self.ratio(
            differingBitCount: differingBitCount, whereSet: permanentLikelihood(whereSet: true),
            whereClear: permanentLikelihood(whereSet: false), of: Self.wordCount)
    }

    /// The greatest ratio of the likelihoods of one bit of a report under two permanent responses: that of a bit set,
    /// Q / P, or that of a bit clear, (N − P) / (N − Q).
    func freshRatio() -> (likely: WideUnsigned, unlikely: WideUnsigned) {
        Self.ratio(
            differingBitCount: 1, whereSet: WideUnsigned(set), whereClear: WideUnsigned(clear), of: Self.wordCount)
    }

    private static func ratio(
        differingBitCount: Int, whereSet high: WideUnsigned, whereClear low: WideUnsigned, of whole: WideUnsigned
    ) -> (likely: WideUnsigned, unlikely: WideUnsigned) {
        let (notHigh, notLow) = (whole - high, whole - low)
        var (likely, unlikely) = (WideUnsigned(1), WideUnsigned(1))
        for _ in 0..<differingBitCount / 2 {
            (likely, unlikely) = (likely * high * notLow, unlikely * low * notHigh)
        }
        guard !differingBitCount.isMultiple(of: 2) else { return (likely, unlikely) }
        let isSetWorse = high * notHigh >= notLow * low
        return isSetWorse ? (likely * high, unlikely * low) : (likely * notLow, unlikely * notHigh)
    }
}
