internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions

/// What a page for users says of one metric.
public struct PrivacyQuestion: Sendable {
    /// How far a guess can move, at most.
    public struct Reach: Sendable {
        /// What someone who held an answer 50:50 can hold it at, at most, in percent with one decimal, rounded up.
        public let posterior: String
        /// The ε behind it, such as `1.000`.
        public let epsilon: String
        /// What it says and on which condition.
        public let words: PrivacyText
    }

    /// The metric's name.
    public let name: String
    /// The question, as the registry words it: untrusted.
    public let question: String
    /// What one report can tell.
    public let oneReport: Reach
    /// What all of a device's reports can tell, each on a condition of its own.
    public let allReports: [Reach]
    /// ε that the question takes of a device's life, and after how many days it ends, such as `120 days`.
    public let lifetime: (epsilon: String, days: String)
    /// What is answered and what leaves the device, under short titles.
    public let collection: [(title: String, words: PrivacyText)]
    /// When it ends, and who sees what comes of it.
    public let limits: [(title: String, words: PrivacyText)]
    /// What ε does not hide, beyond what it hides of no question.
    public let open: [PrivacyText]
    /// The claims to the letter, in the words of `explain`.
    public let claims: [String]

    init(_ metric: MetricDefinition, _ explanation: MetricExplanation) {
        let facts = explanation.sections.flatMap(\.facts)
        func words(_ names: String...) -> PrivacyText {
            PrivacyText(joining: names.compactMap { name in facts.first { $0.name == name } }.map { "\($0.sentence)" })
        }
        (name, question) = (metric.name, metric.summary)
        oneReport = Reach(
            posterior: metric.mechanism.loss.posteriorPercent, epsilon: metric.mechanism.epsilon.description,
            words: "\(words("posterior_percent")) This is ε \(metric.mechanism.epsilon).")
        allReports = metric.allReports
        lifetime = (metric.lifetimeBudget.description, counted(metric.periodCap, "day"))
        collection = [
            ("Answer", Self.answer(metric.domain)),
            ("Sent", PrivacyText(joining: [words("mechanism", "memoized")] + metric.truthWords + [words("combine")])),
            ("Days without an event", words("when_absent")),
        ]
        limits = [
            ("Ends", words("period_cap", "max_distinct_values", "expires")),
            ("Shown to", words("minimum_reports", "owner")),
        ]
        open = facts.filter { ["not_covered_cohort", "not_covered_presence"].contains($0.name) }
            .map { "\($0.sentence)" }
        claims = facts.filter { Self.claimNames.contains($0.name) }.map(\.sentence)
    }

    private static let claimNames: Set<String> = [
        "epsilon", "epsilon_realised", "posterior_percent", "epsilon_permanent", "epsilon_permanent_realised",
        "posterior_percent_permanent", "epsilon_lifetime", "epsilon_per_differing_report", "epsilon_all_reports",
        "computational",
    ]

    /// What may be answered, with every declared value.
    private static func answer(_ domain: MetricDomain) -> PrivacyText {
        switch domain {
        case .boolean: "yes or no (\(code: "true") or \(code: "false"))."
        case .category(let names): "one of these \(names.count): \(names.joined(separator: ", "))."
        case .string: "a text of any content, up to 254 bytes. Nobody sees the text, only a noisy image of it."
        case .number(let range):
            "a number from \(MetricValue.number(range.low).text) to \(MetricValue.number(range.high).text); what lies outside counts as the nearer end."
        case .pair(let first, let second):
            """
            two of one event, reported together, so that whoever reads the reports can ask how they go together. \
            \(code: first.name): \(answer(first.domain)) \(code: second.name): \(answer(second.domain))
            """
        }
    }
}

extension MetricDefinition {
    /// How often a report that is an answer tells the truth, for people; nothing of other reports.
    fileprivate var truthWords: [PrivacyText] {
        guard let response = mechanism as? any ExplainedResponse else { return [] }
        let share = 100 * response.truthProbability
        // Above 99 a whole number would leave no lies.
        let hundredths = Int((share * 100).rounded(.down)), rest = "\(100 + hundredths % 100)".dropFirst()
        let percent = share < 99 ? "\(Int(share.rounded()))" : "\(hundredths / 100).\(rest)"
        return [
            """
            Of 100 such reports about \(percent) tell the truth and the others lie, and nobody but the device knows which \
            do.
            """
        ]
    }

    /// What all reports can tell: of a fresh metric one figure, of a memoized one by what of the answers is the same.
    fileprivate var allReports: [PrivacyQuestion.Reach] {
        guard let memoized = mechanism as? any LongitudinalRandomizer,
            case .memoized(let reports, let declared) = lifetime
        else {
            let sum = decimal3(periodCap * mechanism.epsilon.thousandths)
            let posterior = mechanism.loss.times(periodCap).posteriorPercent
            return [
                PrivacyQuestion.Reach(
                    posterior: posterior, epsilon: sum,
                    words: """
                        All \(counted(periodCap, "report")) of a device's life together lose at most ε \(sum), whatever the \
                        answers. Somebody who can tell which reports are one device's, and knows that its answer never \
                        changed, holds that answer at most \(posterior) % after all of them.
                        """)
            ]
        }
        let values = min(declared, memoized.distinctResponseLimit), unit = memoized.memoizedUnit
        let (kept, several) = (memoized.permanentLoss, memoized.permanentLoss.times(values))
        let always = memoized.instantaneousLoss.times(reports)
        return [
            PrivacyQuestion.Reach(
                posterior: kept.posteriorPercent, epsilon: memoized.permanentEpsilon.description,
                words: """
                    As long as the answer stays the same, any number of reports together lose at most \
                    ε \(memoized.permanentEpsilon), since the device keeps its noisy answer and repeats it with more noise. Who \
                    held the answer 50:50 holds it at most \(kept.posteriorPercent) % after all of them.
                    """),
            PrivacyQuestion.Reach(
                posterior: several.posteriorPercent, epsilon: lifetimeBudget.description,
                words: """
                    If the answer changes, up to \(counted(values, "distinct \(unit)")) together lose at most \
                    ε \(lifetimeBudget): of two histories whose answers change on the same days, who held them 50:50 holds one at \
                    most \(several.posteriorPercent) %. That says nothing about the days on which an answer changed.
                    """),
            PrivacyQuestion.Reach(
                posterior: always.posteriorPercent, epsilon: decimal9(always.nanonats),
                words: """
                    Those days are hidden less: two histories of answers lose at most \
                    ε \(decimal9(memoized.instantaneousLoss.nanonats)) for every report at which they differ, which for all \
                    \(counted(reports, "report")) would come to ε \(decimal9(always.nanonats)).
                    """),
        ]
    }
}
