internal import Mechanisms

extension ProjectiveGeometryResponse: ExplainedMechanism {
    var reportWords: String { "one of \(shape) points" }

    var reportFacts: [ExplainedFact] {
        let (plane, threshold) = (geometry.hyperplanePointCount, rule.lieThreshold)
        let truth = probability(1 - share(threshold))
        return [
            ExplainedFact(
                "field_order", .integer(configuration.fieldOrder),
                "The points are those of a projective space over the field of \(configuration.fieldOrder) elements."),
            ExplainedFact(
                "dimension", .integer(configuration.dimension),
                "Each has \(configuration.dimension) coordinates; the value is a point too."),
            ExplainedFact(
                "hyperplane_points", .integer(plane),
                "To every value belong \(counted(plane, "point")), its hyperplane; different values share some of them."
            ),
            ExplainedFact(
                "truth_probability", .decimal(truth),
                "It sends a point of the value's hyperplane with probability \(truth), and otherwise one of the other "
                    + "\(geometry.otherPointCount), each drawn at random."),
            ExplainedFact(
                "lie_threshold", .text(String(threshold)),
                "The device takes one of the others if a random 64-bit word is below T = \(threshold)."),
        ]
    }
}

extension HadamardCountMeanSketch: ExplainedMechanism {
    var reportWords: String { "the number of a row, the number of a column and one noisy bit" }

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
                "The hash function gives the value one of \(width) places, and the column is one of as many, drawn anew. The "
                    + "bit is the entry of a Hadamard matrix for both. Values can share a place: estimates count with such "
                    + "hash collisions."),
            ExplainedFact(
                "flip_threshold", .text(String(threshold)),
                "Then the bit is flipped with probability \(flipped) (T = \(threshold) of 2^64)."),
        ]
    }
}
