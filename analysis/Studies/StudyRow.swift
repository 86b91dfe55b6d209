/// One line of the table of headlines.
public struct StudyRow: Hashable, Sendable {
    /// Whether what was published, or what a method must give, came out.
    public enum Verdict: Hashable, Sendable {
        /// Every condition of the rule holds.
        case reproduced
        /// Why not: the conditions that do not hold.
        case notReproduced(String)
    }

    /// The experiment.
    public let id: String
    /// What was simulated, with its sizes and the number of runs.
    public let what: String
    /// The published figure, or the formula's.
    public let published: String
    /// What came out: mean ± deviation of a run (least–greatest), unless it says otherwise.
    public let ours: String
    /// What decides.
    public let rule: String
    /// The decision.
    public let verdict: Verdict

    /// A row that is decided by its conditions.
    init(id: String, what: String, published: String, ours: String, conditions: [StudyCondition]) {
        (self.id, self.what, self.published, self.ours) = (id, what, published, ours)
        rule = conditions.map(\.rule).joined(separator: "; ")
        let broken = conditions.filter { !$0.holds }.map { "\($0.rule): \($0.found)" }
        verdict = broken.isEmpty ? .reproduced : .notReproduced(broken.joined(separator: "; "))
    }

    /// The decision in words: `reproduced`, or `not reproduced: ` and why.
    public var verdictText: String {
        switch verdict {
        case .reproduced: "reproduced"
        case .notReproduced(let reason): "not reproduced: \(reason)"
        }
    }

    /// Whether every condition holds.
    public var isReproduced: Bool { verdict == .reproduced }
}

/// One condition of a rule, and what was found.
struct StudyCondition: Hashable, Sendable {
    let rule: String
    let holds: Bool
    let found: String

    /// A condition on a number, which is shown in significant digits where the condition does not hold.
    init(_ rule: String, _ number: Double, digits: Int = 4, holds: Bool) {
        (self.rule, self.holds, found) = (rule, holds, significant(number, digits))
    }

    /// A condition on more than a number.
    init(_ rule: String, found: String, holds: Bool) { (self.rule, self.found, self.holds) = (rule, found, holds) }

    /// That a ratio is 1 within a tolerance, in percent.
    static func ratio(_ name: String, _ ratio: Double, withinPercent percent: Double) -> Self {
        Self(
            "\(name) within \(shortest(percent)) %", found: "ratio \(decimal(ratio, 3))",
            holds: abs(ratio - 1) <= percent / 100)
    }

    /// That a number lies in a range.
    static func range(_ name: String, _ number: Double, _ range: ClosedRange<Double>, digits: Int = 3) -> Self {
        Self(
            "\(name) in \(shortest(range.lowerBound))–\(shortest(range.upperBound))", number, digits: digits,
            holds: range.contains(number))
    }
}
