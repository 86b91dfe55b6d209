internal import LocalPrivacy
internal import Mechanisms
public import MetricDefinitions

/// What a registry means for the users of the program that reports its metrics, as a page in Markdown.
///
/// The page is a function of the metric set: it names no file, no date and no version of this tool, so that a check can
/// tell whether a page is stale.
public struct PrivacyPage: Sendable {
    private let set: MetricSet
    private let explanation: RegistryExplanation

    /// The page about a set.
    public init(_ set: MetricSet) {
        self.set = set
        explanation = RegistryExplanation(set)
    }

    /// The page, with a newline at its end. Every paragraph is a line.
    public var markdown: String {
        let sections =
            [opening, "## What is collected"] + zip(set.metrics, explanation.metrics).map(section)
            + [
                together, PrivacyWords.uncovered, PrivacyWords.turningOff, PrivacyWords.erasure,
                PrivacyWords.looking,
            ]
        return sections.joined(separator: "\n\n") + "\n"
    }

    /// The number of the first line in which a page differs from this one, counted from 1; `nil` if none does.
    public func firstDifference(from page: some Sequence<UInt8>) -> Int? {
        let (own, other) = (Array(markdown.utf8), Array(page))
        guard own != other else { return nil }
        let same = zip(own, other).prefix { $0 == $1 }
        return 1 + same.count { $0.0 == UInt8(ascii: "\n") }
    }

    /// The same of a page in a file.
    ///
    /// - Throws: ``RegistryError``.
    public func firstDifference(fromFileAt path: String) throws(RegistryError) -> Int? {
        firstDifference(from: try InputFile.read(path, limit: 16 << 20))
    }

    private var opening: String {
        let project = escapedForMarkdown(set.project)
        let count = set.metrics.count == 1 ? "one question" : "\(set.metrics.count) questions"
        return """
            # What \(project) reports, and what it does not

            <!-- Made by `dither registry explain FILE --markdown`. Change the registry and make this page anew. -->

            With your consent this program answers \(count) about itself and its use, once a day each. Before an answer \
            is stored or sent, your device adds random noise to it: nobody can be sure of any single answer, and only over many \
            devices do the answers become visible. How far a report can move somebody's guess is stated for each question. The \
            true values never leave the program's memory. Reports carry no name or number of you or of the device.

            Telemetry is off until somebody turns it on. Until then there is no secret, no report and no connection.
            """
    }

    private func section(_ metric: MetricDefinition, _ explanation: MetricExplanation) -> String {
        let facts = explanation.sections.flatMap(\.facts)
        func words(_ names: String...) -> String {
            names.compactMap { name in facts.first { $0.name == name }?.sentence }.map(escapedForMarkdown)
                .joined(separator: " ")
        }
        let open = facts.filter { ["not_covered_cohort", "not_covered_presence"].contains($0.name) }
        var lines: [(title: String, words: String)] = [
            ("Question", escapedForMarkdown(metric.summary)),
            ("Answer", Self.answer(metric.domain)),
            ("Sent", words("mechanism", "memoized", "truth_probability", "combine")),
            ("Days without an event", words("when_absent")),
            ("One report can reveal", words("posterior_percent") + " This is ε \(metric.mechanism.epsilon)."),
        ]
        lines.append(
            (
                "All reports can reveal",
                metric.isMemoized
                    ? words("posterior_percent_permanent", "epsilon_lifetime", "epsilon_per_differing_report")
                    : words("epsilon_all_reports")
            ))
        lines += open.map { ("Not hidden", escapedForMarkdown($0.sentence)) }
        lines.append(("Ends", words("period_cap", "max_distinct_values", "expires")))
        lines.append(("Shown to", words("minimum_reports", "owner")))
        return (["### `\(metric.name)`", ""] + lines.map { "- **\($0.title):** \($0.words)" }).joined(separator: "\n")
    }

    /// What may be answered, with every declared value.
    private static func answer(_ domain: MetricDomain) -> String {
        switch domain {
        case .boolean: "yes or no (`true` or `false`)."
        case .category(let names):
            "one of these \(names.count): \(names.map(escapedForMarkdown).joined(separator: ", "))."
        case .string: "a text of any content, up to 254 bytes. Nobody sees the text, only a noisy image of it."
        case .number(let range):
            "a number from \(MetricValue.number(range.low).text) to \(MetricValue.number(range.high).text); what lies "
                + "outside counts as the nearer end."
        case .pair(let first, let second):
            "two of one event, reported together, so that whoever reads the reports can ask how they go together. "
                + [first, second].map { "`\($0.name)`: \(answer($0.domain))" }.joined(separator: " ")
        }
    }

    private var together: String {
        let rows = set.metrics.map { metric in
            "| `\(metric.name)` | \(metric.mechanism.epsilon) | \(metric.lifetimeBudget) | \(counted(metric.periodCap, "day")) |"
        }
        let facts = explanation.overview.facts.filter { $0.name != "epsilon_lifetime" }.map(\.sentence)
        let lifetime = set.metrics.reduce(0) { $0 + $1.lifetimeBudget.thousandths }
        let condition = set.metrics.contains { $0.isMemoized } ? ", given which reports repeat a kept answer" : ""
        let sentences =
            facts + [
                "Over the life of a device they add up to ε \(decimal3(lifetime))\(condition); the ceiling is "
                    + "\(set.lifetimeCeiling). Then the device falls silent, whatever anybody asks of it.",
                "ε 1 moves the odds of a guess by a factor of at most 2.72, ε 2 by 7.39, ε 5 by 149: what sums to more than a "
                    + "few is no secret from somebody who can tell which reports are one device's.",
            ]
        return """
            ## All questions together

            | Metric | ε a day | ε in a life | Ends after |
            |---|---|---|---|
            \(rows.joined(separator: "\n"))

            \(sentences.map(escapedForMarkdown).joined(separator: " "))
            """
    }
}
