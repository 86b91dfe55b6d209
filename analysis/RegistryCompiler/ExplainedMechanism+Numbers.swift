internal import Mechanisms

extension Piecewise: ExplainedMechanism {
    var reportWords: String { "one of \(shape) outputs" }

    var reportFacts: [ExplainedFact] { grid.reportFacts }
}

extension Hybrid: ExplainedMechanism {
    var reportWords: String {
        configuration.piecewiseThreshold == 0 ? "one noisy bit" : "one noisy bit or one of \(shape - 2) outputs"
    }

    var reportFacts: [ExplainedFact] {
        let picked = configuration.piecewiseThreshold
        let chance = probability(Double(picked) * 0x1p-64)
        let coin = ExplainedFact(
            "piecewise_probability", .decimal(chance),
            picked == 0
                ? "At this ε the bit alone errs least, so it is sent always."
                : "Whatever the number, an output is sent with probability \(chance) (A = \(picked) of 2^64), and else a bit."
        )
        return [coin] + bit.reportFacts + (picked == 0 ? [] : grid.reportFacts)
    }
}

extension SquareWave: ExplainedMechanism {
    var reportWords: String { "one of \(shape) outputs" }

    var reportFacts: [ExplainedFact] {
        [
            ExplainedFact(
                "buckets", .integer(configuration.bucketCount),
                "The range is cut into \(configuration.bucketCount) buckets of equal width, and only the number's bucket "
                    + "matters.")
        ] + window.reportFacts
    }
}

extension DBitFlip: ExplainedMechanism {
    var reportWords: String {
        "the names of \(counted(configuration.sampleCount, "bucket")) and a noisy bit for each"
    }

    var reportFacts: [ExplainedFact] {
        let (buckets, sampled) = (configuration.bucketCount, configuration.sampleCount)
        let threshold = configuration.flipThreshold
        return [
            ExplainedFact(
                "buckets", .integer(buckets), "The range is cut into \(buckets) buckets of equal width."),
            ExplainedFact(
                "sampled_buckets", .integer(sampled),
                sampled == buckets
                    ? "Every report is about all of them."
                    : "Every report is about \(sampled) of them, drawn anew whatever the number."),
            ExplainedFact(
                "flip_threshold", .text(String(threshold)),
                "The bit of the number's own bucket is 1 and that of any other 0, and each is flipped with probability "
                    + "\(probability(share(threshold))) (T = \(threshold) of 2^64)."),
        ]
    }
}

extension GridWindow {
    fileprivate var reportFacts: [ExplainedFact] {
        [
            ExplainedFact(
                "grid", .integer(stepCount),
                "The number goes to one of the two nearest points of a grid of \(counted(stepCount, "step")), at random, "
                    + "so that on average it stays where it is.")
        ] + window.reportFacts
    }
}

extension WindowResponse {
    fileprivate var reportFacts: [ExplainedFact] {
        let inside = probability(1 - share(outsideThreshold))
        return [
            ExplainedFact(
                "window", .integer(width),
                "Around it lies a window of \(counted(width, "output")) of \(outputCount)."),
            ExplainedFact(
                "window_probability", .decimal(inside),
                "An output of the window is sent with probability \(inside), all alike, and else one of the other "
                    + "\(outputCount - width)."),
            ExplainedFact(
                "outside_threshold", .text(String(outsideThreshold)),
                "The window is left if a random 64-bit word is below T = \(outsideThreshold)."),
        ]
    }
}
