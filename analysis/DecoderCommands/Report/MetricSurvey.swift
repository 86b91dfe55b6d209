internal import ArgumentParser
internal import Estimation
internal import MetricDefinitions
internal import RegistryCompiler

/// The metrics of a registry and what one store says of each: what everything shares that is about all of them.
struct MetricSurvey {
    /// What came of one metric.
    enum Outcome<Figures> {
        case shown(Figures)
        /// Why there is nothing to show, as below the release gate.
        case withheld(String)
        /// Why it could not be estimated, though it should be.
        case failed(String)
    }

    let source: RegistrySource
    /// The registry's file, for messages.
    let registry: String
    let store: String
    let confidence: ConfidenceLevel
    /// What `--candidates` says, by metric.
    let candidates: [String: String]
    /// Whether the store's file is mapped into memory, which is faster. Where it is, a disk that fails ends the process.
    var mapsStore = true

    /// Reads `--candidates METRIC=FILE[:COLUMN]`, given once for each metric.
    ///
    /// - Throws: `ValidationError` for what names no metric, or one for the second time.
    static func candidates(options: [String]) throws -> [String: String] {
        var candidates: [String: String] = [:]
        for text in options {
            guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
                throw ValidationError(
                    "--candidates '\(text)': names no metric. Write, such as, destination=airports.csv:code")
            }
            let metric = String(text[..<equals])
            guard candidates[metric] == nil else {
                throw ValidationError("--candidates \(metric): is given twice. Write all candidates into one file")
            }
            candidates[metric] = String(text[text.index(after: equals)...])
        }
        return candidates
    }

    /// The files that candidates are read from, with and without what may be a column.
    static func files(of candidates: [String: String]) -> [String] {
        candidates.values.flatMap { text in
            [text] + (text.lastIndex(of: ":").map { [String(text[..<$0])] } ?? [])
        }
    }

    /// The metrics of these names, or all, in the order of the registry.
    ///
    /// - Throws: ``CommandError`` of status 2 for a name, here or of candidates, that no metric has, and for candidates of
    ///   a metric that is not among them.
    func metrics(named names: [String]) throws(CommandError) -> [MetricDefinition] {
        for name in names + candidates.keys.sorted() where source.set.metric(named: name) == nil {
            let known = source.set.metrics.map(\.name).joined(separator: ", ")
            throw CommandError(.usage, "\(registry) has no metric '\(name)'. It has: \(known)")
        }
        if let metric = candidates.keys.sorted().first(where: { !names.isEmpty && !names.contains($0) }) {
            throw CommandError(
                .usage,
                "--candidates \(metric): --metric leaves this one out. Leave out both, or add --metric \(metric)")
        }
        return source.set.metrics.filter { names.isEmpty || names.contains($0.name) }
    }

    /// What `figures` makes of a metric and its candidates. What concerns one metric alone is its outcome; the rest, such as
    /// a store that cannot be read, ends the command.
    ///
    /// - Parameter figures: gives `nil` below the release gate.
    func outcome<Figures>(
        of definition: MetricDefinition, _ figures: (CandidateList?) throws(CommandError) -> Figures?
    ) throws(CommandError) -> Outcome<Figures> {
        do {
            let list = try CandidateList.chosen(
                option: candidates[definition.name], metric: definition.name, registry: registry, source: source)
            guard let figures = try figures(list) else {
                return .withheld("\(definition.name): \(definition.gateReason), so nothing is shown")
            }
            return .shown(figures)
        } catch {
            switch error.status {
            case .insufficientData: return .withheld(error.message)
            case .usage where definition.needsMore(than: candidates[definition.name]):
                return .withheld(error.message)
            case .validationFailed: return .failed(error.message)
            default: throw error
            }
        }
    }

    /// Estimates one metric.
    func estimate(
        _ definition: MetricDefinition, _ days: DayRange, _ choices: EstimateChoices, _ candidates: CandidateList?,
        byPeriod: Bool = false
    ) throws(CommandError) -> EstimateResult {
        var progress = Progress(definition.name)
        return try EstimateResult.compute(
            EstimateRequest(
                metric: definition.name, from: days.first, to: days.last, byPeriod: byPeriod,
                confidence: confidence, choices: choices),
            from: source.set, candidates: candidates, storePath: store, today: RegistryLoading.today,
            progress: &progress, mapsStore: mapsStore)
    }

    /// Says how much of it was written and what is missing.
    ///
    /// - Parameter output: where it was written.
    /// - Throws: ``CommandError`` of status 4 where a metric could not be estimated, and 3 where none is shown.
    static func conclude<Figures>(_ output: String, _ outcomes: [Outcome<Figures>]) throws(CommandError) {
        var (shown, withheld, failed) = (0, [String](), [String]())
        for outcome in outcomes {
            switch outcome {
            case .shown: shown += 1
            case .withheld(let reason): withheld.append(reason)
            case .failed(let reason): failed.append(reason)
            }
        }
        StandardStreams.tell("\(output): \(shown) of \(outcomes.count) metrics shown")
        guard failed.isEmpty else { throw CommandError(.validationFailed, failed.joined(separator: "\n")) }
        guard shown > 0 else { throw CommandError(.insufficientData, withheld.joined(separator: "\n")) }
        for reason in withheld { StandardStreams.tell("note: \(reason)") }
    }
}

extension MetricDefinition {
    /// What is said where there are too few reports.
    var gateReason: String { "fewer than \(minimumReports) reports, the metric's minimum_reports" }

    /// Whether what is about all metrics cannot show this one: it is a pair, or a text without candidates.
    fileprivate func needsMore(than candidates: String?) -> Bool {
        switch domain {
        case .pair: true
        case .string: candidates == nil
        default: false
        }
    }
}
