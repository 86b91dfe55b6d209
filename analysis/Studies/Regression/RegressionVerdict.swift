/// Whether the decoder does what is asked of it, in one respect.
public struct RegressionVerdict: Hashable, Sendable {
    public enum Outcome: String, Hashable, Sendable {
        case holds
        case fails
        /// Families, runs or comparisons that the rule needs are missing.
        case notJudged = "not judged"
    }

    /// What is asked.
    public let rule: String
    public let outcome: Outcome
    /// The figures, or what is missing.
    public let found: String

    init(_ rule: String, holds: Bool, _ found: String) {
        (self.rule, self.outcome, self.found) = (rule, holds ? .holds : .fails, found)
    }

    init(_ rule: String, missing: String) { (self.rule, outcome, found) = (rule, .notJudged, missing) }
}

/// All rules, judged on what was run.
public struct RegressionVerdicts: Sendable {
    public let all: [RegressionVerdict]

    /// The rules that do not hold.
    public var failures: [RegressionVerdict] { all.filter { $0.outcome == .fails } }

    /// A judgement of these results. A rule about all families asks for all but ``RegressionFamily/heavy``.
    public init(_ results: [RegressionResult]) {
        let figures = RegressionFigures(results)
        all =
            figures.detections(suffix: "_1M", named: "", atLeast: [78, 45, 33.5, 24.5, 13.5])
            + figures.detections(
                suffix: "_1M_drop2", named: " without the two heaviest", atLeast: [75, 43, 29, 21, 11])
            + figures.falsePositives() + figures.falseShares() + [figures.discoveryGain()] + figures.coverage()
            + figures.totalVariations() + figures.times() + figures.misfits()
    }
}
