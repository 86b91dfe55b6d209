public import LocalPrivacy

/// The integers that a response from one of two sets samples with: a word below T chooses the set of lies, of r members,
/// one not below it that of s members which hold for the truth; a second word chooses the member.
///
/// With N = 2⁶⁴ words, multiply-high gives each of s members ⌊N/s⌋ or ⌈N/s⌉ of them. T pays for that bias, as in
/// ``ResponseRule``, of which this is the case s = 1.
public struct HyperplaneRule: Hashable, Sendable {
    /// s: the members of the set that holds for the truth.
    public let truthfulCount: UInt64
    /// r: the members of the other set.
    public let otherCount: UInt64
    /// T: a word below it makes a lie.
    public let lieThreshold: UInt64

    /// A rule that lies for T of the N words.
    ///
    /// - Throws: ``ParameterError/thresholdOutOfRange(threshold:allowed:)`` unless each member of the first set is likelier
    ///   than each of the other.
    init(truthfulCount: Int, otherCount: Int, lieThreshold: UInt64) throws(ParameterError) {
        (self.truthfulCount, self.otherCount) = (UInt64(truthfulCount), UInt64(otherCount))
        self.lieThreshold = lieThreshold
        let (least, greatest) = (Self.least(self.truthfulCount), Self.greatest(self.otherCount))
        let firstTooLarge = smallest(in: 1...UInt64.max) {
            Self.complement($0) * least <= WideUnsigned($0) * greatest
        }
        guard (1..<firstTooLarge).contains(lieThreshold) else {
            throw .thresholdOutOfRange(threshold: lieThreshold, allowed: 1...firstTooLarge - 1)
        }
    }

    /// The least noise with which the worst likelihood ratio is at most e^ε: the smallest T with
    /// T·(e^ε·⌊N/r⌋ + ⌈N/s⌉) ≥ N·⌈N/s⌉, decided with a lower bound on e^ε.
    ///
    /// - Complexity: one ``Exponential`` and 64 multiplications.
    public static func smallestLieThreshold(truthfulCount: Int, otherCount: Int, epsilon: Epsilon) -> UInt64 {
        let exponential = Exponential(of: UInt64(epsilon.thousandths), over: 1000).lower
        let likely = greatest(UInt64(truthfulCount)) << Exponential.fractionBitCount
        let sum = exponential * least(UInt64(otherCount)) + likely
        return smallest(in: 1...UInt64.max) { sum * WideUnsigned($0) >= likely << 64 }
    }

    /// The loss that these integers realise: of the likeliest member against the least likely.
    ///
    /// - Throws: ``ParameterError/lossTooLarge``.
    func loss() throws(ParameterError) -> PrivacyLoss {
        try PrivacyLoss(
            of: Self.complement(lieThreshold) * Self.greatest(truthfulCount),
            over: WideUnsigned(lieThreshold) * Self.least(otherCount))
    }

    /// The set, all ones for that of lies, and the number of its member. No branch and no draw depends on the words.
    func choose(lieWord: UInt64, memberWord: UInt64) -> (isLie: UInt64, member: UInt64) {
        let isLie: UInt64 = 0 &- (lieWord < lieThreshold ? 1 : 0)
        let count = (otherCount & isLie) | (truthfulCount & ~isLie)
        return (isLie, memberWord.multipliedFullWidth(by: count).high)
    }

    /// The probability of a member of a set, as a numerator over N².
    package func likelihood(ofMember member: UInt64, isLie: Bool) -> WideUnsigned {
        let count = isLie ? otherCount : truthfulCount
        // Words w with ⌊w·count / N⌋ = member: from ⌈member·N / count⌉ to before ⌈(member + 1)·N / count⌉.
        func firstWord(_ member: UInt64) -> WideUnsigned {
            ((WideUnsigned(member) << 64) + WideUnsigned(count - 1)) / count
        }
        let words = firstWord(member + 1) - firstWord(member)
        return words * (isLie ? WideUnsigned(lieThreshold) : Self.complement(lieThreshold))
    }

    private static func complement(_ threshold: UInt64) -> WideUnsigned {
        (WideUnsigned(1) << 64) - WideUnsigned(threshold)
    }

    private static func least(_ count: UInt64) -> WideUnsigned { (WideUnsigned(1) << 64) / count }

    private static func greatest(_ count: UInt64) -> WideUnsigned {
        ((WideUnsigned(1) << 64) + WideUnsigned(count - 1)) / count
    }
}
