public import LocalPrivacy
internal import SecureRandomness

/// The integers of subset selection: whether the own item is in the set, and then which of the other items are, by
/// selection sampling ([Knu97] §3.4.2, algorithm S).
///
/// Of r other items that are left, k of which are still needed, the next is taken if ⌊u·r / N⌋ < k, that is for ⌈k·N / r⌉ of
/// the N = 2⁶⁴ words. No set is likelier than it should be by a factor of more than 1 / (1 − b/N), nor less likely than by
/// 1 − b/N, with b = 16·(d − 1); the threshold pays for that. The derivation is in the article <doc:SubsetSelection>.
public struct SubsetRule: Hashable, Sendable {
    /// d.
    public let itemCount: Int
    /// w, in `1..<d`.
    public let subsetSize: Int
    /// T: a word below it leaves out the own item.
    public let lieThreshold: UInt64

    /// A rule that leaves out the own item for `lieThreshold` of the N words.
    ///
    /// - Throws: ``ParameterError`` for domains and sets of other sizes than there are, and unless every set with the own
    ///   item is likelier than every set without.
    public init(itemCount: Int, subsetSize: Int, lieThreshold: UInt64) throws(ParameterError) {
        let allowed = SubsetSelection.Configuration.itemCounts
        guard allowed.contains(itemCount) else { throw .categoryCountOutOfRange(count: itemCount, allowed: allowed) }
        guard (1..<itemCount).contains(subsetSize) else {
            throw .countOutOfRange(name: "subset_size", count: subsetSize, allowed: 1...itemCount - 1)
        }
        (self.itemCount, self.subsetSize, self.lieThreshold) = (itemCount, subsetSize, lieThreshold)
        guard lieThreshold > 0, greatestLieLikelihood < leastTruthLikelihood else {
            throw .thresholdOutOfRange(threshold: lieThreshold, allowed: 1...largestLieThreshold)
        }
    }

    /// The w with the least variance at f = 1/d: that of floor and ceiling of d / (e^ε + 1) for which
    /// (w·e^ε + d − w)² / (w·(d − w)) is smaller.
    ///
    /// - Complexity: one ``Exponential`` and seventeen multiplications.
    public static func bestSubsetSize(itemCount: Int, epsilon: Epsilon) -> Int {
        let exponential = Exponential(of: UInt64(epsilon.thousandths), over: 1000).lower
        let (one, count) = (WideUnsigned(1) << Exponential.fractionBitCount, UInt64(itemCount))
        let above = smallest(in: 1...count) { (exponential + one) * WideUnsigned($0) > one * WideUnsigned(count) }
        let (floor, ceiling) = (Swift.max(1, above - 1), Swift.min(count - 1, above))
        func weight(_ size: UInt64) -> WideUnsigned {
            let sum = exponential * WideUnsigned(size) + one * WideUnsigned(count - size)
            return sum * sum
        }
        let left = weight(floor) * WideUnsigned(ceiling * (count - ceiling))
        return Int(left <= weight(ceiling) * WideUnsigned(floor * (count - floor)) ? floor : ceiling)
    }

    /// The least noise with which the worst likelihood ratio is at most e^ε: the smallest T with
    /// T·((d − w)·N² + e^ε·w·(N − b)²) ≥ (d − w)·N³, decided with a lower bound on e^ε.
    ///
    /// - Complexity: one ``Exponential`` and 64 multiplications.
    public static func smallestLieThreshold(itemCount: Int, subsetSize: Int, epsilon: Epsilon) -> UInt64 {
        let exponential = Exponential(of: UInt64(epsilon.thousandths), over: 1000).lower
        let (own, other) = (WideUnsigned(UInt64(subsetSize)), WideUnsigned(UInt64(itemCount - subsetSize)))
        let even = evenWordCount(itemCount: itemCount)
        let square = wordCount * wordCount << Exponential.fractionBitCount
        let sum = other * square + exponential * own * even * even
        let whole = other * square * wordCount
        return smallest(in: 1...(.max)) { sum * WideUnsigned($0) >= whole }
    }

    /// The greatest T with which the own item is likelier in every set than any other.
    private var largestLieThreshold: UInt64 {
        let (own, other) = (WideUnsigned(UInt64(subsetSize)), WideUnsigned(UInt64(itemCount - subsetSize)))
        let even = Self.evenWordCount(itemCount: itemCount)
        let firstTooLarge = smallest(in: 1...(.max)) { threshold in
            let kept = Self.wordCount - WideUnsigned(threshold)
            return kept * other * even * even <= WideUnsigned(threshold) * own * Self.wordCount * Self.wordCount
        }
        return Swift.max(1, firstTooLarge - 1)
    }

    /// The set for an item, bit i of a vector standing for item i: no branch and no draw depends on the item or on the
    /// noise. One word decides about the own item; then each item has one, which the own one ignores.
    func subset<Source: NoiseSource & ~Copyable>(for item: Int, using source: inout Source) -> [UInt64] {
        let isOwnTaken: UInt64 = source.next() < lieThreshold ? 0 : 1
        var (remaining, needed) = (UInt64(itemCount - 1), UInt64(subsetSize) &- isOwnTaken)
        var words: [UInt64] = []
        words.reserveCapacity((itemCount + 63) / 64)
        for start in stride(from: 0, to: itemCount, by: 64) {
            var word: UInt64 = 0
            for position in start..<Swift.min(start + 64, itemCount) {
                // One where the position is the item, from whose difference alone 1 cannot be taken; else zero.
                let isOwn = ((UInt64(position) ^ UInt64(item)) &- 1) >> 63
                let isDrawn: UInt64 = source.next().multipliedFullWidth(by: remaining).high < needed ? 1 : 0
                let isOtherTaken = isDrawn & ~isOwn
                word |= (isOtherTaken | isOwn & isOwnTaken) << UInt64(position - start)
                needed &-= isOtherTaken
                remaining &-= 1 ^ isOwn
            }
            words.append(word)
        }
        return words
    }

    /// The probability of a set for an item, as a numerator over N^d: that of each decision in turn.
    ///
    /// - Complexity: a multiplication for each item, of as many words.
    public func likelihood(of words: [UInt64], given item: Int) -> WideUnsigned {
        func isSet(_ position: Int) -> Bool { words[position / 64] >> UInt64(position % 64) & 1 == 1 }
        let threshold = WideUnsigned(lieThreshold)
        var likelihood = isSet(item) ? Self.wordCount - threshold : threshold
        var (remaining, needed) = (UInt64(itemCount - 1), UInt64(subsetSize - (isSet(item) ? 1 : 0)))
        for position in 0..<itemCount where position != item {
            let taking = (Self.wordCount * WideUnsigned(needed) + WideUnsigned(remaining - 1)) / remaining
            likelihood = likelihood * (isSet(position) ? taking : Self.wordCount - taking)
            needed -= isSet(position) ? 1 : 0
            remaining -= 1
        }
        return likelihood
    }

    /// The loss that these integers realise, within 10⁻¹² of it: of a set with the own item against one without.
    ///
    /// - Throws: ``ParameterError/lossTooLarge``.
    public func loss() throws(ParameterError) -> PrivacyLoss {
        let (own, other) = (WideUnsigned(UInt64(subsetSize)), WideUnsigned(UInt64(itemCount - subsetSize)))
        let even = Self.evenWordCount(itemCount: itemCount), threshold = WideUnsigned(lieThreshold)
        return try PrivacyLoss(
            of: (Self.wordCount - threshold) * other * Self.wordCount * Self.wordCount,
            over: threshold * own * even * even)
    }

    /// The least likelihood of a set with the own item and the greatest of one without, in units that both share.
    private var leastTruthLikelihood: WideUnsigned {
        let even = Self.evenWordCount(itemCount: itemCount)
        return (Self.wordCount - WideUnsigned(lieThreshold)) * WideUnsigned(UInt64(itemCount - subsetSize)) * even
            * even
    }

    private var greatestLieLikelihood: WideUnsigned {
        WideUnsigned(lieThreshold) * WideUnsigned(UInt64(subsetSize)) * Self.wordCount * Self.wordCount
    }

    private static let wordCount = WideUnsigned(1) << 64

    /// N − b. b = 16·(d − 1) is above (d − 1) times the sum of 1/k for k up to d − 1, which is below 12.
    private static func evenWordCount(itemCount: Int) -> WideUnsigned {
        wordCount - WideUnsigned(16 * UInt64(itemCount - 1))
    }
}
