internal import MetricDefinitions

/// A registry that passed every check of its own, and where its parts stand in the file.
struct CheckedRegistry: Sendable {
    let set: MetricSet
    let file: String
    let notes: [RegistryDiagnostic]
    /// Where the project's name stands.
    let projectPosition: SourcePosition
    /// Where each metric's parts stand, by identity; empty for a compiled set, which has no lines.
    let positions: [UInt32: MetricPositions]
    /// Where each metric's candidates are, by name; empty for a compiled set.
    let candidates: [String: CandidateSource]
    /// What became of `mechanism: auto`, by identity; `nil` for a compiled set, which does not say.
    let choices: [UInt32: AutoChoice]?

    func positions(of metric: MetricDefinition) -> MetricPositions {
        positions[metric.identifier.value] ?? MetricPositions()
    }
}

/// Where the parts of one metric stand that checks across metrics and against the lock speak of.
struct MetricPositions: Sendable {
    var name = SourcePosition.start
    var identifier = SourcePosition.start
    var version = SourcePosition.start
}
