internal import Mechanisms
internal import ReportFormat

extension SubsetSelection: ExplainedMechanism {
    var reportWords: String {
        "a set of \(configuration.subsetSize) of \(counted(configuration.itemCount, "answer"))"
    }

    var reportFacts: [ExplainedFact] {
        let (threshold, truth) = (configuration.lieThreshold, probability(truthfulShare))
        return [
            ExplainedFact(
                "subset_size", .integer(configuration.subsetSize),
                "The set is drawn at random among all sets of \(counted(configuration.subsetSize, "answer")) that hold the true "
                    + "one, or among all that do not."),
            ExplainedFact(
                "truth_probability", .decimal(truth), "It holds the true answer with probability \(truth)."),
            ExplainedFact(
                "lie_threshold", .text(String(threshold)),
                "The device leaves the true answer out if a random 64-bit word is below T = \(threshold)."),
        ]
    }

    private var truthfulShare: Double { 1 - share(configuration.lieThreshold) }
}

extension UnaryEncoding {
    /// How an item's bits become those of a report.
    fileprivate var unaryFacts: [ExplainedFact] {
        let (clear, set) = (response.clear.numerator, response.set)
        let (whereClear, whereSet) = (probability(share(clear)), probability(share(set)))
        return [
            ExplainedFact(
                "bits", .integer(shape.bitCount), "Each of the \(shape.bitCount) answers has a bit of its own."),
            ExplainedFact(
                "set_bit_probability", .decimal(whereSet),
                "That of the true answer is sent as 1 with probability \(whereSet) (Q = \(set) of 2^64)."),
            ExplainedFact(
                "clear_bit_probability", .decimal(whereClear),
                "Every other is sent as 1 with probability \(whereClear) (P = \(clear) of 2^64)."),
            ExplainedFact(
                "set_bit_threshold", .text(String(set)),
                "The true answer's bit is 1 if a random 64-bit word is below Q."),
            ExplainedFact(
                "clear_bit_threshold", .text(String(clear)), "Any other bit is 1 if a random word is below P."),
        ]
    }
}

extension SymmetricUnaryEncoding: ExplainedMechanism {
    var reportWords: String { counted(shape.bitCount, "noisy bit") }
    var reportFacts: [ExplainedFact] { unaryFacts }
}

extension OptimizedUnaryEncoding: ExplainedMechanism {
    var reportWords: String { counted(shape.bitCount, "noisy bit") }
    var reportFacts: [ExplainedFact] { unaryFacts }
}

extension HadamardResponse: ExplainedMechanism {
    var reportWords: String { "the number of one of \(rowCount) rows of a Hadamard matrix" }

    var reportFacts: [ExplainedFact] {
        let threshold = configuration.lieThreshold, truth = probability(1 - share(threshold))
        return [
            ExplainedFact(
                "rows", .integer(rowCount),
                "Each answer has a column of the matrix, half of whose rows have a +1 in it. Of those of one sign, the row is "
                    + "drawn at random."),
            ExplainedFact(
                "truth_probability", .decimal(truth),
                "It is one with a +1 in the true answer's column with probability \(truth)."),
            ExplainedFact(
                "lie_threshold", .text(String(threshold)),
                "It is one with a -1 if a random 64-bit word is below T = \(threshold)."),
        ]
    }
}

extension OptimizedLocalHashing: ExplainedMechanism {
    var reportWords: String { "a random number and one of \(configuration.hashRange) hash values" }

    var reportFacts: [ExplainedFact] {
        let threshold = configuration.lieThreshold, truth = probability(1 - share(threshold))
        let range = configuration.hashRange
        return [
            ExplainedFact(
                "hash_range", .integer(range),
                "The number, of \(configuration.seedBitCount) bits, is drawn anew for every report whatever the value. It names "
                    + "a function that gives every answer one of \(range) values."),
            ExplainedFact(
                "truth_probability", .decimal(truth),
                "The device sends the true answer's value with probability \(truth), and otherwise "
                    + (range == 2 ? "the other one." : "one of the other \(range - 1), drawn at random.")),
            ExplainedFact(
                "lie_threshold", .text(String(threshold)),
                "It lies if a random 64-bit word is below T = \(threshold)."),
        ]
    }
}
