internal import LocalPrivacy
internal import Mechanisms
public import MetricDefinitions

/// What a registry means for the users of the program that reports its metrics: the content of a page, which is written in
/// Markdown by ``markdown`` and in HTML by the module Reports, with the same sentences.
///
/// The page is a function of the metric set: it names no file, no date and no version of this tool, so that a check can
/// tell whether a page is stale.
public struct PrivacyPage: Sendable {
    /// A part of the page under a heading.
    public struct Section: Sendable {
        /// What a section is made of.
        public enum Block: Sendable {
            case paragraph(PrivacyText)
            /// Items, each perhaps with its first words apart.
            case list([(title: String?, words: PrivacyText)])
            /// A table with as many cells a row as it has headings.
            case table(headings: [String], rows: [[PrivacyText]])
        }

        /// The heading.
        public let title: String
        /// What stands under it, in reading order.
        public let blocks: [Block]

        init(_ title: String, _ blocks: [Block]) { (self.title, self.blocks) = (title, blocks) }
    }

    /// What the questions of a device add up to.
    public struct Sums: Sendable {
        /// ε of the reports of a day, such as `5.000`, and the most that the registry allows.
        public let day: (epsilon: String, ceiling: String)
        /// The same of a device's life.
        public let lifetime: (epsilon: String, ceiling: String)
        /// After how many days the last question ends.
        public let days: Int
        /// The sentences.
        public let words: PrivacyText
    }

    /// The project's name.
    public let project: String
    /// What the page begins with, a paragraph each.
    public let opening: [PrivacyText]
    /// What noise does, and what the figures mean.
    public let introduction: Section
    /// The questions, in the order of their identities.
    public let questions: [PrivacyQuestion]
    /// What they add up to.
    public let sums: Sums
    /// What is the same for every registry.
    public let sections: [Section]

    /// The page about a set.
    public init(_ set: MetricSet) {
        let explanation = RegistryExplanation(set)
        project = set.project
        opening = PrivacyWords.opening(questionCount: set.metrics.count)
        questions = zip(set.metrics, explanation.metrics).map(PrivacyQuestion.init)
        sums = Sums(set, explanation.overview)
        (introduction, sections) = (PrivacyWords.noise, PrivacyWords.sections)
    }

    /// What the page is called.
    public var title: String { "What \(project) reports, and what it does not" }
}

extension PrivacyPage.Sums {
    init(_ set: MetricSet, _ overview: ExplainedSection) {
        func sum(_ value: (MetricDefinition) -> Int) -> String {
            decimal3(set.metrics.reduce(0) { $0 + value($1) })
        }
        day = (sum { $0.mechanism.epsilon.thousandths }, set.dayCeiling.description)
        lifetime = (sum { $0.lifetimeBudget.thousandths }, set.lifetimeCeiling.description)
        days = set.metrics.map(\.periodCap).max() ?? 0
        let condition = set.metrics.contains { $0.isMemoized } ? ", given which reports repeat a kept answer" : ""
        let facts = overview.facts.filter { $0.name != "epsilon_lifetime" }.map { PrivacyText($0.sentence) }
        words = PrivacyText(
            joining: facts + [
                """
                Over the life of a device they add up to ε \(lifetime.epsilon)\(condition); the ceiling is \
                \(lifetime.ceiling). Then the device falls silent, whatever anybody asks of it.
                """,
                """
                ε 1 moves the odds of a guess by a factor of at most 2.72, ε 2 by 7.39, ε 5 by 149: what sums to more than \
                a few is no secret from somebody who can tell which reports are one device's.
                """,
            ])
    }
}
