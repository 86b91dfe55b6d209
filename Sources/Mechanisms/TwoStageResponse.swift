public import LocalPrivacy

/// A k-ary response to a k-ary response: the exact bounds on both stages together.
///
/// With A the numerator of the truth, B that of one lie (least and greatest) and L that of all lies of a stage, the
/// report equal to the value has probability at most A₁A₂ + L₁·B₂ (greatest), and any other report at least
/// B₁A₂ + A₁B₂ + (L₁ − greatest B₁)·B₂ (least), all over N⁴.
public struct TwoStageResponse<Word: FixedWidthInteger & UnsignedInteger & Sendable>: Hashable, Sendable {
    /// The stage drawn once per value.
    public let permanent: ResponseRule<Word>

    /// The stage drawn for every report.
    public let instantaneous: ResponseRule<Word>

    /// Two stages over the same categories.
    public init(permanent: ResponseRule<Word>, instantaneous: ResponseRule<Word>) {
        precondition(permanent.categoryCount == instantaneous.categoryCount, "both stages share one domain")
        (self.permanent, self.instantaneous) = (permanent, instantaneous)
    }

    /// The least fresh noise with which one report loses at most ε after this permanent stage.
    ///
    /// - Complexity: one ``Exponential`` and a dozen multiplications per bit of the word.
    public static func smallestInstantaneousThreshold(
        after permanent: ResponseRule<Word>, epsilon: Epsilon
    ) -> Word {
        let exponential = Exponential(of: UInt64(epsilon.thousandths), over: 1000).lower
        let count = Int(permanent.categoryCount)
        let largest = ResponseRule<Word>.largestLieThreshold(categoryCount: count)
        let threshold = smallest(in: 1...UInt64(largest)) { threshold in
            // Within the bounds that `ResponseRule` checks, so the rule exists.
            guard let rule = try? ResponseRule(categoryCount: count, lieThreshold: Word(threshold)) else { return true }
            let stages = TwoStageResponse(permanent: permanent, instantaneous: rule)
            return exponential * stages.leastLikelihood
                >= stages.greatestLikelihood << Exponential.fractionBitCount
        }
        return Word(threshold)
    }

    /// An upper bound on the probability of any report, as a numerator over N⁴.
    public var greatestLikelihood: WideUnsigned {
        let truth =
            permanent.truthLikelihood * instantaneous.truthLikelihood
            + permanent.totalLieLikelihood * instantaneous.greatestLieLikelihood
        let other =
            permanent.greatestLieLikelihood * instantaneous.truthLikelihood
            + permanent.truthLikelihood * instantaneous.greatestLieLikelihood
            + (permanent.totalLieLikelihood - permanent.leastLieLikelihood) * instantaneous.greatestLieLikelihood
        return Swift.max(truth, other)
    }

    /// A lower bound on the probability of any report, as a numerator over N⁴.
    public var leastLikelihood: WideUnsigned {
        permanent.leastLieLikelihood * instantaneous.truthLikelihood
            + permanent.truthLikelihood * instantaneous.leastLieLikelihood
            + (permanent.totalLieLikelihood - permanent.greatestLieLikelihood) * instantaneous.leastLieLikelihood
    }

    /// The loss of one report, over both stages' noise.
    ///
    /// - Throws: ``ParameterError/lossTooLarge``.
    public func loss() throws(ParameterError) -> PrivacyLoss {
        try PrivacyLoss(of: greatestLikelihood, over: leastLikelihood)
    }
}
