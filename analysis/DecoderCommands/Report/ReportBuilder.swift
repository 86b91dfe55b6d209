internal import Estimation
internal import LocalPrivacy
internal import Mechanisms
package import MetricDefinitions
internal import RegistryCompiler
internal import ReportFormat
package import Reports

/// Estimates the metrics of a registry for a page.
package struct ReportBuilder: Sendable {
    let request: ReportRequest
    let source: RegistrySource
    /// The registry's file, for messages.
    let registry: String
    package let store: String
    /// The metrics of the page, in the order of the registry.
    package internal(set) var metrics: [MetricDefinition] = []
    /// Whether the store's file is mapped into memory, which is faster. Where it is, a disk that fails ends the process.
    package var mapsStore = true
    /// Is given what each chart was drawn from, as the charts are made.
    package var keep: @Sendable (_ metric: String, ReportedChart, ChartFigures) -> Void = { _, _, _ in }

    init(request: ReportRequest, source: RegistrySource, registry: String, store: String) {
        (self.request, self.source, self.registry, self.store) = (request, source, registry, store)
    }

    /// The page about the metrics.
    ///
    /// - Throws: ``CommandError`` for what no metric can be estimated without, such as the store.
    package func document() throws(CommandError) -> ReportDocument {
        let explanation = RegistryExplanation(source.set)
        var epsilonPerDay = ""
        if case .decimal(let digits) = explanation.overview.facts.first(where: { $0.name == "epsilon_per_day" })?.value
        {
            epsilonPerDay = digits
        }
        var reported: [ReportedMetric] = []
        for definition in metrics { reported.append(try metric(definition)) }
        return ReportDocument(
            project: source.set.project, madeOn: RegistryLoading.today.description,
            confidence: request.confidence.probability, epsilonPerDay: epsilonPerDay, metrics: reported)
    }

    private func metric(_ definition: MetricDefinition) throws(CommandError) -> ReportedMetric {
        let name = type(of: definition.mechanism).identifier
        var endedOn: String?
        if case .lastDay(let day) = definition.expiry, day < RegistryLoading.today { endedOn = day.description }
        return ReportedMetric(
            name: definition.name, question: definition.summary, owner: definition.owner,
            mechanism: definition.isMemoized ? "\(name), memoized" : name,
            epsilon: definition.mechanism.epsilon.description, endedOn: endedOn,
            guarantee: Guarantee(of: definition), outcome: try outcome(of: definition))
    }

    /// What is shared with other commands about all metrics.
    var survey: MetricSurvey {
        MetricSurvey(
            source: source, registry: registry, store: store, confidence: request.confidence,
            candidates: request.candidates, mapsStore: mapsStore)
    }

    private func outcome(of definition: MetricDefinition) throws(CommandError) -> ReportedMetric.Outcome {
        let outcome = try survey.outcome(of: definition) { (list) throws(CommandError) in
            try findings(of: definition, candidates: list)
        }
        return switch outcome {
        case .shown(let findings): .shown(findings)
        case .withheld(let reason): .withheld(reason)
        case .failed(let reason): .failed(reason)
        }
    }

    private func findings(
        of definition: MetricDefinition, candidates: CandidateList?
    ) throws(CommandError) -> MetricFindings? {
        var choices = EstimateChoices()
        choices.splitsErrors = true
        let pooled = try survey.estimate(definition, request.days, choices, candidates)
        guard let group = pooled.groups.first, let released = group.estimates else { return nil }
        let figures = ReportedFigures(definition: definition, values: pooled.values, valueLimit: request.valueLimit)
        keep(definition.name, .estimates, ChartFigures(pooled))
        var findings = MetricFindings(
            reportCount: released.reportCount, dayCount: group.periodCount, firstDay: group.from.description,
            lastDay: group.to.description, chart: figures.chart(of: released))
        findings.quantiles = figures.quantiles(of: released)
        if !findings.quantiles.isEmpty {
            keep(definition.name, .quantiles, ChartFigures(pooled.showing(.quantiles)))
            keep(definition.name, .mean, ChartFigures(pooled.showing(.mean)))
        }
        if !request.isPooled, group.periodCount > 1 {
            let byDay = try survey.estimate(definition, request.days, EstimateChoices(), candidates, byPeriod: true)
            let days = byDay.groups
            findings.series = figures.series(of: days, in: released)
            if !findings.series.isEmpty { keep(definition.name, .days, ChartFigures(byDay)) }
            findings.comparison = try comparison(of: definition, days: days.map(\.from), candidates, figures)
        }
        findings.errorSplit = figures.errorSplit(of: released)
        findings.fit = ReportedFigures.fit(of: released)
        findings.testNames = ReportedFigures.testNames(of: released)
        // The alarm, and what to do about it, are the first notes.
        let alarmCount = released.screen?.isAlarm == true ? 2 : 0
        findings.alarms = Array(pooled.notes.prefix(alarmCount))
        findings.notes = Array(pooled.notes.dropFirst(alarmCount))
        findings.advice = ReportAdvice(definition: definition, released: released, values: pooled.values).sentences(
            confidence: request.confidence)
        return findings
    }

    private func comparison(
        of definition: MetricDefinition, days: [UTCDay], _ candidates: CandidateList?, _ figures: ReportedFigures
    ) throws(CommandError) -> TimeComparison? {
        guard let pair = request.comparison ?? TimePair(halving: days) else { return nil }
        var choices = EstimateChoices()
        choices.needsOrigins = true
        let result: TimeComparison.Result
        do {
            let comparison = try GroupComparison(
                try survey.estimate(definition, pair.later, choices, candidates),
                minus: try survey.estimate(definition, pair.earlier, choices, candidates))
            result = .differences(figures.differences(of: comparison))
            keep(definition.name, .changes, ChartFigures(comparison))
        } catch {
            // Buckets have no difference, and of few reports nothing is told; that is no fault of the page.
            guard [.usage, .insufficientData, .validationFailed].contains(error.status) else { throw error }
            result = .withheld(error.message)
        }
        return TimeComparison(later: pair.later.words, earlier: pair.earlier.words, result: result)
    }
}

extension Guarantee {
    /// The claims of `dither registry explain`.
    init(of definition: MetricDefinition) {
        let facts = MetricExplanation(definition).sections.flatMap(\.facts)
        func digits(_ name: String) -> String? {
            guard case .decimal(let digits) = facts.first(where: { $0.name == name })?.value else { return nil }
            return digits
        }
        let names = [
            "posterior_percent", "posterior_percent_permanent", "epsilon_all_reports", "epsilon_permanent",
            "epsilon_lifetime", "epsilon_per_differing_report", "computational", "period_cap", "max_distinct_values",
            "when_absent", "minimum_reports",
        ]
        var permanent: (posterior: String, epsilon: String)?
        if let posterior = digits("posterior_percent_permanent"), let epsilon = digits("epsilon_permanent") {
            permanent = (posterior, epsilon)
        }
        self.init(
            posterior: digits("posterior_percent") ?? "100.0", permanent: permanent,
            sentences: facts.filter { names.contains($0.name) || $0.name.hasPrefix("not_covered") }.map(\.sentence))
    }
}
