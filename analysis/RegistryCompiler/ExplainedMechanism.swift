internal import LocalPrivacy
internal import Mechanisms

/// What `explain` needs of a mechanism beyond what every mechanism states of itself.
protocol ExplainedMechanism: LocalRandomizer {
    /// The integers that are sampled, as text: they have more digits than many JSON readers keep of a number.
    var sampledIntegers: [ExplainedFact] { get }

    /// The probability that a report is the true answer.
    var truthProbability: Double { get }
}

extension RandomizedResponse: ExplainedMechanism {
    var sampledIntegers: [ExplainedFact] {
        [
            ExplainedFact(
                "lie_threshold", .text(String(rule.lieThreshold)),
                "The device lies if a random 64-bit word is below T = \(rule.lieThreshold).")
        ]
    }

    var truthProbability: Double { 1 - rule.lieProbability }
}

extension MemoizedRandomizedResponse: ExplainedMechanism {
    var sampledIntegers: [ExplainedFact] {
        let (permanent, instantaneous) = (stages.permanent.lieThreshold, stages.instantaneous.lieThreshold)
        return [
            ExplainedFact(
                "permanent_lie_threshold", .text(String(permanent)),
                "Once per value, the device lies to itself if a 64-bit word made from its secret is below "
                    + "T = \(permanent), and keeps to that answer for ever."),
            ExplainedFact(
                "instantaneous_lie_threshold", .text(String(instantaneous)),
                "In every report it lies about the kept answer if a random 64-bit word is below "
                    + "T = \(instantaneous)."),
        ]
    }

    var truthProbability: Double {
        let (first, second) = (stages.permanent.lieProbability, stages.instantaneous.lieProbability)
        return (1 - first) * (1 - second) + first * second / Double(shape - 1)
    }
}

extension ResponseRule<UInt64> {
    fileprivate var lieProbability: Double { Double(lieThreshold) / 0x1p64 }
}
