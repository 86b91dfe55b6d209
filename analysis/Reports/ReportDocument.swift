/// A page about a store's reports: what is estimated of every metric of a registry, and what that rests on.
///
/// A value without a store or a clock; ``html()`` makes one file of it, which needs nothing else.
public struct ReportDocument: Sendable {
    /// The registry's project.
    public var project: String
    /// The day on which the page was made, such as `2026-06-30`.
    public var madeOn: String
    /// With what probability each interval covers, from 0 to 1.
    public var confidence: Double
    /// What all reports of a device's day add up to, such as `7.044`.
    public var epsilonPerDay: String
    /// The metrics, in the order of the registry.
    public var metrics: [ReportedMetric]

    /// A document of these parts.
    public init(project: String, madeOn: String, confidence: Double, epsilonPerDay: String, metrics: [ReportedMetric]) {
        (self.project, self.madeOn, self.confidence) = (project, madeOn, confidence)
        (self.epsilonPerDay, self.metrics) = (epsilonPerDay, metrics)
    }

    /// The intervals' confidence in percent.
    var percent: String {
        let value = confidence * 100
        return Digits.fixed(value, value == value.rounded() ? 0 : 2) + " %"
    }

    var shown: [(metric: ReportedMetric, findings: MetricFindings)] {
        metrics.compactMap { metric in metric.findings.map { (metric, $0) } }
    }
}

/// A metric of a ``ReportDocument``.
public struct ReportedMetric: Sendable {
    /// What there is to show.
    public enum Outcome: Sendable {
        case shown(MetricFindings)
        /// Nothing, for a reason that is one sentence or more.
        case withheld(String)
        /// Nothing, since something is wrong, in one sentence or more.
        case failed(String)
    }

    public var name: String
    /// What is asked, as the registry says it.
    public var question: String
    public var owner: String
    /// By its name, such as `rappor, memoized`.
    public var mechanism: String
    /// ε of one report, such as `1.000`.
    public var epsilon: String
    /// The last day of a metric that has ended.
    public var endedOn: String?
    public var guarantee: Guarantee
    public var outcome: Outcome

    public init(
        name: String, question: String, owner: String, mechanism: String, epsilon: String, endedOn: String?,
        guarantee: Guarantee, outcome: Outcome
    ) {
        (self.name, self.question, self.owner) = (name, question, owner)
        (self.mechanism, self.epsilon, self.endedOn) = (mechanism, epsilon, endedOn)
        (self.guarantee, self.outcome) = (guarantee, outcome)
    }

    var findings: MetricFindings? { if case .shown(let findings) = outcome { findings } else { nil } }
}

/// What reports can tell of one device.
public struct Guarantee: Sendable {
    /// What someone who held an answer 50:50 can believe after one report, in percent, rounded up.
    public var posterior: String
    /// The same after all reports about one unchanging value, with the ε that bounds them, where answers are kept.
    public var permanent: (posterior: String, epsilon: String)?
    /// The claims in words.
    public var sentences: [String]

    public init(posterior: String, permanent: (posterior: String, epsilon: String)?, sentences: [String]) {
        (self.posterior, self.permanent, self.sentences) = (posterior, permanent, sentences)
    }
}
