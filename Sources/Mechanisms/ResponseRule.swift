public import LocalPrivacy

/// The integers that k-ary randomized response samples with: lie if a word is below a threshold, then pick one of the
/// k − 1 other categories with a second word.
///
/// Generic over the word so that an 8-bit twin of the very code that runs can be enumerated in full. With N words and
/// m = k − 1, multiply-high gives each other category c = ⌊N/m⌋ or c + 1 preimages; the threshold pays for that bias.
/// The derivation is in the article <doc:RandomizedResponse>.
public struct ResponseRule<Word: FixedWidthInteger & UnsignedInteger & Sendable>: Hashable, Sendable {
    /// k, at least two.
    public let categoryCount: Word

    /// T: a word below it makes a lie.
    public let lieThreshold: Word

    /// A rule that lies for `lieThreshold` of the N words.
    ///
    /// - Throws: ``ParameterError`` for fewer than two categories, for more than 2²⁰ (there the bias of multiply-high
    ///   would be felt) or than half of the words (there ``respond(to:lieWord:otherWord:)`` would overflow), and unless
    ///   the truth is likelier than every other category.
    public init(categoryCount: Int, lieThreshold: Word) throws(ParameterError) {
        let largest = Int(clamping: Swift.min(UInt64(1) << 20, UInt64(Word.max / 2) + 1))
        guard (2...largest).contains(categoryCount) else {
            throw .categoryCountOutOfRange(count: categoryCount, allowed: 2...largest)
        }
        let largestThreshold = Self.largestLieThreshold(categoryCount: categoryCount)
        guard lieThreshold > 0, lieThreshold <= largestThreshold else {
            throw .thresholdOutOfRange(
                threshold: UInt64(lieThreshold), allowed: 1...UInt64(Swift.max(1, largestThreshold)))
        }
        (self.categoryCount, self.lieThreshold) = (Word(categoryCount), lieThreshold)
    }

    /// The least noise with which the worst likelihood ratio is at most e^ε: the smallest T with T·(N + e^ε·c) ≥ N².
    ///
    /// Decided with a lower bound on e^ε. For k = 2, c is N and this is the coin, T = ⌈N / (1 + e^ε)⌉.
    ///
    /// - Complexity: one ``Exponential`` and one multiplication per bit of the word.
    public static func smallestLieThreshold(categoryCount: Int, epsilon: Epsilon) -> Word {
        precondition(categoryCount >= 2, "randomized response needs two categories")
        let exponential = Exponential(of: UInt64(epsilon.thousandths), over: 1000).lower
        let sum = (wordCount << Exponential.fractionBitCount) + exponential * preimageCount(categoryCount)
        let square = wordCount * wordCount << Exponential.fractionBitCount
        return Word(smallest(in: 1...UInt64(Word.max)) { sum * WideUnsigned($0) >= square })
    }

    /// The most noise with which the truth is still likelier than every other category.
    public static func largestLieThreshold(categoryCount: Int) -> Word {
        let other = largerPreimageCount(categoryCount)
        let firstTooLarge = smallest(in: 1...UInt64(Word.max)) { threshold in
            (wordCount - WideUnsigned(threshold)) * wordCount <= WideUnsigned(threshold) * other
        }
        return Word(firstTooLarge - 1)
    }

    /// The response to `truth`: no branch and no draw depends on the truth or on the noise.
    @inlinable
    public func respond(to truth: Word, lieWord: Word, otherWord: Word) -> Word {
        let lie: Word = lieWord < lieThreshold ? 1 : 0
        let offset = otherWord.multipliedFullWidth(by: categoryCount &- 1).high
        var other = truth &+ 1 &+ offset
        let wraps: Word = other >= categoryCount ? 1 : 0
        other = other &- (categoryCount & (0 &- wraps))
        let mask = 0 &- lie
        return (other & mask) | (truth & ~mask)
    }

    /// The probability of `response` to `truth`, as a numerator over N².
    public func likelihood(of response: Int, given truth: Int) -> WideUnsigned {
        guard response != truth else { return truthLikelihood }
        let count = Int(categoryCount)
        let offset = UInt64((response - truth - 1 + count) % count)
        // Words r with ⌊r·m / N⌋ = offset: from ⌈offset·N / m⌉ to before ⌈(offset + 1)·N / m⌉.
        func firstPreimage(_ offset: UInt64) -> WideUnsigned {
            (WideUnsigned(offset) * Self.wordCount + WideUnsigned(UInt64(count) - 2)) / UInt64(count - 1)
        }
        return WideUnsigned(UInt64(lieThreshold)) * (firstPreimage(offset + 1) - firstPreimage(offset))
    }

    /// The probability of the truth, as a numerator over N².
    public var truthLikelihood: WideUnsigned {
        (Self.wordCount - WideUnsigned(UInt64(lieThreshold))) * Self.wordCount
    }

    /// A lower bound on the probability of any one other category, attained by some, as a numerator over N².
    public var leastLieLikelihood: WideUnsigned {
        WideUnsigned(UInt64(lieThreshold)) * Self.preimageCount(Int(categoryCount))
    }

    /// An upper bound on the probability of any one other category, as a numerator over N².
    public var greatestLieLikelihood: WideUnsigned {
        WideUnsigned(UInt64(lieThreshold)) * Self.largerPreimageCount(Int(categoryCount))
    }

    /// The probability of all lies together, as a numerator over N².
    public var totalLieLikelihood: WideUnsigned { WideUnsigned(UInt64(lieThreshold)) * Self.wordCount }

    /// The loss that these integers realise: of the likeliest report against the least likely.
    ///
    /// - Throws: ``ParameterError/lossTooLarge``.
    public func loss() throws(ParameterError) -> PrivacyLoss {
        try PrivacyLoss(of: Swift.max(truthLikelihood, greatestLieLikelihood), over: leastLieLikelihood)
    }

    private static var wordCount: WideUnsigned { WideUnsigned(1) << Word.bitWidth }

    private static func preimageCount(_ categoryCount: Int) -> WideUnsigned {
        wordCount / UInt64(categoryCount - 1)
    }

    private static func largerPreimageCount(_ categoryCount: Int) -> WideUnsigned {
        let others = UInt64(categoryCount - 1)
        let floor = preimageCount(categoryCount)
        return floor * WideUnsigned(others) == wordCount ? floor : floor + WideUnsigned(1)
    }
}
