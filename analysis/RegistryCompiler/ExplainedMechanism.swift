internal import LocalPrivacy
internal import Mechanisms

/// What `explain` needs of a mechanism beyond what every mechanism states of itself.
protocol ExplainedMechanism: LocalRandomizer {
    /// What a report is, after "Each UTC day the device sends".
    var reportWords: String { get }

    /// How a report comes about, with the integers that are sampled. These are text: they have more digits than many
    /// JSON readers keep of a number.
    var reportFacts: [ExplainedFact] { get }

    /// What a report shows beyond what ε bounds, each with a name; nothing by default.
    var openFacts: [(name: String, sentence: String)] { get }
}

extension ExplainedMechanism {
    var openFacts: [(name: String, sentence: String)] { [] }
}

/// A mechanism whose report is an answer, which is the true one or one of the others.
protocol ExplainedResponse: ExplainedMechanism where Report.Shape == Int {
    /// The probability that a report is the true answer.
    var truthProbability: Double { get }

    /// The integers that are sampled.
    var sampledIntegers: [ExplainedFact] { get }
}

extension ExplainedResponse {
    var reportWords: String { "one of \(shape) answers" }

    var reportFacts: [ExplainedFact] {
        let truth = probability(truthProbability)
        let other = shape == 2 ? "the other one." : "one of the other \(shape - 1), drawn at random."
        return [
            ExplainedFact(
                "truth_probability", .decimal(truth),
                "It sends the true answer with probability \(truth), and otherwise \(other)")
        ] + sampledIntegers
    }
}

extension RandomizedResponse: ExplainedResponse {
    var sampledIntegers: [ExplainedFact] {
        [
            ExplainedFact(
                "lie_threshold", .text(String(rule.lieThreshold)),
                "The device lies if a random 64-bit word is below T = \(rule.lieThreshold).")
        ]
    }

    var truthProbability: Double { 1 - share(rule.lieThreshold) }
}

extension MemoizedRandomizedResponse: ExplainedResponse {
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
        let (first, second) = (share(stages.permanent.lieThreshold), share(stages.instantaneous.lieThreshold))
        return (1 - first) * (1 - second) + first * second / Double(shape - 1)
    }
}

/// The probability that a random 64-bit word is below a threshold.
func share(_ threshold: UInt64) -> Double { Double(threshold) * 0x1p-64 }
