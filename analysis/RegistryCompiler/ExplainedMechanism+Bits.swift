internal import Mechanisms

extension Rappor: ExplainedMechanism {
    var reportWords: String { "its cohort and \(counted(configuration.bitCount, "noisy bit"))" }

    var reportFacts: [ExplainedFact] {
        let (bits, hashes, cohorts) = (configuration.bitCount, configuration.hashCount, configuration.cohortCount)
        return [
            ExplainedFact(
                "bits", .integer(bits),
                "A value becomes a Bloom filter of \(bits) bits; 'no event' is the filter with no bit set."),
            ExplainedFact(
                "hashes", .integer(hashes),
                "It sets up to \(counted(hashes, "bit")), chosen by MD5 of the cohort's number and the value."),
            ExplainedFact(
                "cohorts", .integer(cohorts),
                cohorts == 1
                    ? "All devices are in one cohort."
                    : "The device is in one of \(cohorts) cohorts, drawn once from its secret and not from any value, and "
                        + "stays in it; of n devices about n/\(cohorts) share a cohort."),
        ] + response.reportFacts
    }

    var openFacts: [(name: String, sentence: String)] {
        guard configuration.cohortCount > 1 else { return [] }
        return [
            (
                "cohort",
                "Every report names the device's cohort openly, and it never changes: reports of devices in other cohorts "
                    + "can be told from this one's, and no ε covers that."
            )
        ]
    }
}

extension BasicRappor: ExplainedMechanism {
    var reportWords: String { counted(configuration.valueCount, "noisy bit") }

    var reportFacts: [ExplainedFact] {
        let count = configuration.valueCount
        return [
            ExplainedFact(
                "bits", .integer(count),
                count == 1
                    ? "The value is one bit; 'no event' leaves it clear."
                    : "Each of the \(count) values sets a bit of its own; 'no event' sets none.")
        ] + response.reportFacts
    }
}

extension OptimizedSymmetricUnaryEncoding: ExplainedMechanism {
    var reportWords: String { counted(configuration.itemCount, "noisy bit") }

    var reportFacts: [ExplainedFact] {
        let absence = configuration.reportsAbsence ? ", 'no event' among them" : ""
        return [
            ExplainedFact(
                "bits", .integer(configuration.itemCount),
                "Each of the \(configuration.itemCount) answers\(absence), sets a bit of its own.")
        ] + response.reportFacts
    }
}

extension BitResponse {
    /// How a value's bits become those of a report.
    fileprivate var reportFacts: [ExplainedFact] {
        let (flip, keep, clear, set) = (share(rule.flip), share(rule.keep), share(rule.clear), share(rule.set))
        let whereSet = probability(keep * set + (1 - keep) * clear)
        let whereClear = probability((1 - flip) * clear + flip * set)
        return [
            ExplainedFact(
                "permanent_flip_threshold", .text(String(rule.flip)),
                rule.keep == 0 &- rule.flip
                    ? "Once per value, each bit is flipped with probability \(probability(flip)) by noise made from the "
                        + "device's secret (T = \(rule.flip) of 2^64), and the device keeps to the result for ever."
                    : "Once per value, by noise made from the device's secret, the set bit is kept with probability "
                        + "\(probability(keep)), and each of the others is set with probability \(probability(flip)) "
                        + "(T = \(rule.flip) of 2^64); the device keeps to the result for ever."),
            ExplainedFact(
                "clear_bit_threshold", .text(String(rule.clear)),
                "In every report, a bit that is kept as 0 is sent as 1 with probability \(probability(clear)) "
                    + "(P = \(rule.clear) of 2^64)."),
            ExplainedFact(
                "set_bit_threshold", .text(String(rule.set)),
                "A bit that is kept as 1 is sent as 1 with probability \(probability(set)) (Q = \(rule.set) of 2^64)."),
            ExplainedFact(
                "set_bit_probability", .decimal(whereSet),
                "Over both stages a bit that the value sets is sent as 1 with probability \(whereSet)."),
            ExplainedFact(
                "clear_bit_probability", .decimal(whereClear),
                "A bit that it does not set is sent as 1 with probability \(whereClear)."),
        ]
    }
}
