internal import LocalPrivacy
internal import Mechanisms
public import MetricDefinitions

/// One statement about a metric: for people a sentence, for programs a name and a value.
public struct ExplainedFact: Hashable, Sendable {
    /// What a fact's value is.
    public enum Value: Hashable, Sendable {
        case text(String)
        case integer(Int)
        /// A decimal number as it is shown.
        case decimal(String)
        case boolean(Bool)
    }

    /// The name, stable for programs.
    public let name: String
    /// The value.
    public let value: Value
    /// The sentence.
    public let sentence: String

    init(_ name: String, _ value: Value, _ sentence: String) {
        (self.name, self.value, self.sentence) = (name, value, sentence)
    }
}

/// Facts under one heading.
public struct ExplainedSection: Hashable, Sendable {
    /// The heading.
    public let title: String
    /// The facts, in reading order.
    public let facts: [ExplainedFact]

    init(_ title: String, _ facts: [ExplainedFact]) { (self.title, self.facts) = (title, facts) }
}

/// What a metric guarantees to the person behind a device, in words and numbers.
public struct MetricExplanation: Hashable, Sendable {
    /// The metric's name.
    public let name: String
    /// What is asked, sent, guaranteed, not guaranteed, and released.
    public let sections: [ExplainedSection]

    /// The explanation of a metric. It rests on the definition alone, so YAML and compiled set say the same, but for the
    /// file of candidates, which only the YAML names.
    ///
    /// - Parameter reason: why the metric has its mechanism, where the registry left it open.
    public init(_ metric: MetricDefinition, candidates: CandidateSource? = nil, reason: String? = nil) {
        name = metric.name
        let sending = metric.sendingSection
        let choice = reason.map { [ExplainedFact("mechanism_choice", .text($0), "The mechanism was chosen: \($0).")] }
        sections = [
            metric.questionSection, ExplainedSection(sending.title, sending.facts + (choice ?? [])),
            metric.guaranteeSection, metric.endSection,
            metric.uncoveredSection, metric.releaseSection(candidates: candidates),
        ]
    }
}

/// What a registry allows in all.
public struct RegistryExplanation: Hashable, Sendable {
    /// The project's name.
    public let project: String
    /// The ceilings and sums.
    public let overview: ExplainedSection
    /// The metrics, in the order of their identities.
    public let metrics: [MetricExplanation]

    /// The explanation of a set.
    ///
    /// - Parameter candidates: where the candidates of metrics are, by name.
    /// - Parameter reasons: why metrics have their mechanisms, by name, where the registry left them open.
    public init(_ set: MetricSet, candidates: [String: CandidateSource] = [:], reasons: [String: String] = [:]) {
        project = set.project
        overview = set.overview
        metrics = set.metrics.map { MetricExplanation($0, candidates: candidates[$0.name], reason: reasons[$0.name]) }
    }
}

extension MetricSet {
    fileprivate var overview: ExplainedSection {
        let day = metrics.reduce(0) { $0 + $1.mechanism.epsilon.thousandths }
        let lifetime = metrics.reduce(0) { $0 + $1.lifetimeBudget.thousandths }
        let condition = metrics.contains { $0.isMemoized } ? ", given the change pattern of what is memoized" : ""
        let shares = metrics.map { "\($0.name) \($0.lifetimeBudget)" }.joined(separator: ", ")
        return ExplainedSection(
            "All metrics together",
            [
                ExplainedFact(
                    "epsilon_per_day", .decimal(decimal3(day)),
                    "The reports of one day add up to ε \(decimal3(day)); the ceiling is \(dayCeiling)."),
                ExplainedFact(
                    "epsilon_lifetime", .decimal(decimal3(lifetime)),
                    "A device's life adds up to ε \(decimal3(lifetime))\(condition); the ceiling is "
                        + "\(lifetimeCeiling). Shares: \(shares)."),
                ExplainedFact(
                    "enrolment_delay_hours", .integer(enrolmentDelayHours),
                    enrolmentDelayHours == 0
                        ? "A new device starts at once, which shows when it was enrolled."
                        : "A new device waits a random time of up to \(enrolmentDelayHours) hours before its first day."
                ),
            ])
    }
}
