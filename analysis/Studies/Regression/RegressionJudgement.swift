/// What a decoder found in one run of a family, held against the truth.
struct RegressionJudgement: Hashable, Sendable {
    /// The candidates that occur and were found, those that were found and do not occur, and those that were missed.
    var detected = 0, falselyDetected = 0, missed = 0
    /// ½·(Σ |found − true| over the candidates, with 0 for what was not found, + the fraction of reports about no candidate).
    var totalVariation = 0.0
    /// The intervals of detected candidates that occur, and those of them that hold the truth.
    var intervalCount = 0, coveringCount = 0

    /// A judgement of found fractions; `nil` for candidates that were not found.
    init(_ found: [Double?], truths: [Double], missingShare: Double) {
        var differences = missingShare
        for (fraction, truth) in zip(found, truths) {
            differences += abs((fraction ?? 0) - truth)
            switch (fraction != nil, truth > 0) {
            case (true, true): detected += 1
            case (true, false): falselyDetected += 1
            case (false, true): missed += 1
            case (false, false): break
            }
        }
        totalVariation = differences / 2
    }

    /// The fraction of what was found that does not occur; 0 if nothing was found.
    var falseShare: Double { Double(falselyDetected) / Double(max(1, detected + falselyDetected)) }
}
