internal import Mechanisms

extension CountMeanSketch: ExplainedMechanism {
    var reportWords: String { "the number of a row and \(counted(configuration.width, "noisy bit"))" }

    var reportFacts: [ExplainedFact] {
        let (rows, width, threshold) = (configuration.rowCount, configuration.width, configuration.flipThreshold)
        let flipped = probability(share(threshold))
        return [
            ExplainedFact(
                "rows", .integer(rows),
                rows == 1
                    ? "There is one row, and one hash function."
                    : "The row is one of \(rows), drawn anew for every report whatever the value; each has a hash function "
                        + "of its own."),
            ExplainedFact(
                "width", .integer(width),
                "The value sets the one of the row's \(width) bits that the hash function names. Values can share a bit: "
                    + "estimates count with such hash collisions."),
            ExplainedFact(
                "flip_threshold", .text(String(threshold)),
                "Then each bit is flipped with probability \(flipped) (T = \(threshold) of 2^64)."),
        ]
    }
}

extension OneBitMean: ExplainedMechanism {
    var reportWords: String { "one noisy bit" }

    var reportFacts: [ExplainedFact] {
        let threshold = configuration.lieThreshold
        let (lowest, highest) = (probability(share(threshold)), probability(1 - share(threshold)))
        return [
            ExplainedFact(
                "lowest_probability", .decimal(lowest),
                "The bit is 1 with probability \(lowest) for the lower end of the range, and the probability rises in "
                    + "proportion to the number."),
            ExplainedFact(
                "highest_probability", .decimal(highest),
                "For the upper end of the range it is 1 with probability \(highest)."),
            ExplainedFact(
                "lie_threshold", .text(String(threshold)),
                "The two probabilities are T and 2^64 - T of 2^64, with T = \(threshold)."),
        ]
    }
}
