internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions

/// A pair: what each half sends, and that both are read together.
protocol ExplainedPair: PairRandomizer, ExplainedMechanism {}

extension ExplainedPair {
    private var halves: [(name: String, mechanism: any LocalRandomizer)] { [("first", first), ("second", second)] }

    var reportWords: String {
        let words = halves.map { ($0.mechanism as? any ExplainedMechanism)?.reportWords ?? "one report" }
        return "two noisy answers together (\(words[0]), and \(words[1]))"
    }

    var reportFacts: [ExplainedFact] {
        [
            ExplainedFact(
                "paired", .boolean(true),
                "These two are reported together, so that whoever reads the reports can ask how they go together.")
        ]
            + halves.flatMap { half -> [ExplainedFact] in
                let (name, mechanism) = half, identifier = type(of: mechanism).identifier
                let facts = (mechanism as? any ExplainedMechanism)?.reportFacts ?? []
                return [
                    ExplainedFact(
                        "\(name)_mechanism", .text(identifier),
                        "The \(name) answer is randomized by \(identifier), with noise of its own."),
                    ExplainedFact(
                        "\(name)_epsilon", .decimal(mechanism.epsilon.description),
                        "By itself it loses at most ε \(mechanism.epsilon); both together lose the sum."),
                ] + permanentFacts(name, mechanism)
                    + facts.map { ExplainedFact("\(name)_\($0.name)", $0.value, $0.sentence) }
            }
    }

    private func permanentFacts(_ name: String, _ mechanism: any LocalRandomizer) -> [ExplainedFact] {
        guard let memoized = mechanism as? any LongitudinalRandomizer else { return [] }
        return [
            ExplainedFact(
                "\(name)_epsilon_permanent", .decimal(memoized.permanentEpsilon.description),
                "Of an unchanging pair it loses at most ε \(memoized.permanentEpsilon) in any number of reports.")
        ]
    }

    /// A fact of both is stated once: they share their cohort.
    var openFacts: [(name: String, sentence: String)] {
        var facts: [(name: String, sentence: String)] = []
        for half in halves {
            for fact in (half.mechanism as? any ExplainedMechanism)?.openFacts ?? []
            where !facts.contains(where: { $0.name == fact.name }) { facts.append(fact) }
        }
        return facts
    }
}

extension PairedResponse: ExplainedPair {}
extension MemoizedPairedResponse: ExplainedPair {}
