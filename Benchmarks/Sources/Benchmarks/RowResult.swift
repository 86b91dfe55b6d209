/// What came of one row, as it is stored.
struct RowResult: Codable {
    /// How a row ended.
    enum Outcome: String, Codable {
        case met, missed, skipped
    }

    var name: String
    var operation: String
    var anchor: String
    var goal: String
    var unit: String
    var outcome: Outcome
    /// Why the row was skipped, or what holds it back.
    var reason: String?
    /// Of a row that is missed, where the time of our side goes: a share and a function each, the largest first.
    var profile: [String]?
    /// The ratio of every round, in the order of the rounds.
    var ratios: [Double]
    /// Medians over the rounds, for orientation: only their ratio within a round means anything.
    var oursSecondsPerUnit: Double?
    var anchorSecondsPerUnit: Double?
    /// The commit that was measured, with a plus sign if files differed from it.
    var commit: String
    /// When, in UTC: `2026-11-22T07:00:00Z`.
    var date: String

    var median: Double { ratios.median }
}

extension [Double] {
    /// The middle element; the mean of the middle two of an even number.
    var median: Double {
        let sorted = sorted()
        guard !sorted.isEmpty else { return .nan }
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }
}
