internal import Mechanisms

extension Loloha: ExplainedMechanism {
    var reportWords: String {
        "the number of its hash function and one of \(configuration.hashRange) answers"
    }

    var reportFacts: [ExplainedFact] {
        let (range, seeds) = (configuration.hashRange, hash.seedCount)
        let (permanent, instantaneous) = (stages.permanent.lieThreshold, stages.instantaneous.lieThreshold)
        return [
            ExplainedFact(
                "hash_range", .integer(range),
                "The value becomes one of \(range) hash values, the same for about one value in \(range); the device keeps "
                    + "one answer for each hash value, at most \(range) in all."),
            ExplainedFact(
                "hash_functions", .integer(seeds),
                "The hash function is one of \(seeds), drawn once from the device's secret and not from any value; of n "
                    + "devices about n/\(seeds) share it."),
            ExplainedFact(
                "permanent_lie_threshold", .text(String(permanent)),
                "Once per hash value, the device lies to itself if a 64-bit word made from its secret is below "
                    + "T = \(permanent), and keeps to that answer for ever."),
            ExplainedFact(
                "instantaneous_lie_threshold", .text(String(instantaneous)),
                "In every report it lies about the kept answer if a random 64-bit word is below "
                    + "T = \(instantaneous)."),
        ]
    }

    var openFacts: [(name: String, sentence: String)] {
        [
            (
                "cohort",
                "Every report names the device's hash function openly, and it never changes: reports of devices with other "
                    + "ones can be told from this one's, and no ε covers that."
            )
        ]
    }
}

extension MemoizedOneBitMean: ExplainedMechanism {
    var reportWords: String { "one noisy bit" }

    var reportFacts: [ExplainedFact] {
        let segments = configuration.segmentCount
        let (permanent, instantaneous) = (configuration.permanentLieThreshold, configuration.instantaneousLieThreshold)
        let (lowest, highest) = (probability(share(permanent)), probability(1 - share(permanent)))
        return [
            ExplainedFact(
                "segments", .integer(segments),
                segments == 1
                    ? "The number is rounded to an end of the range: up if it is at least as high as a point that the device "
                        + "drew once from its secret and never tells."
                    : "The number is rounded to an end of one of \(segments) equal segments of the range: up if it is at "
                        + "least as high in its segment as a point that the device drew once from its secret and never tells."
            ),
            ExplainedFact(
                "permanent_lie_threshold", .text(String(permanent)),
                "Once per rounded number, the device draws a bit by noise made from its secret and keeps to it for ever: it "
                    + "is 1 with probability \(lowest) for the lower end of the range, \(highest) for the upper end, and in "
                    + "proportion between (T = \(permanent) of 2^64)."),
            ExplainedFact(
                "instantaneous_lie_threshold", .text(String(instantaneous)),
                "In every report the kept bit is flipped if a random 64-bit word is below T = \(instantaneous), which has "
                    + "probability \(probability(share(instantaneous)))."),
        ]
    }
}
