package import ArgumentParser
internal import Estimation
internal import MetricDefinitions
internal import RegistryCompiler
internal import ReportFormat

/// What a page is about, as commands that make one are told.
package struct ReportOptions: ParsableArguments {
    @Option(help: "The registry: a YAML file, or a compiled set.")
    package var registry: String

    @Option(help: "The collector's store: a file, or a postgres:// URL.")
    package var store: String

    @Option(help: "A metric to show, given once for each; without it, all.")
    var metric: [String] = []

    @Option(
        help: ArgumentHelp(
            "The values to look for, of a metric of type string; may be repeated. Without it, those that the registry names.",
            valueName: "metric=file[:column]"))
    var candidates: [String] = []

    @Option(help: "The first day that counts, as YYYY-MM-DD in UTC; without it, the first with reports.")
    var from: String?

    @Option(help: "The last day that counts; without it, the last with reports.")
    var to: String?

    @Option(
        help: ArgumentHelp(
            "Show what changed: the first days less the second.", valueName: "day..day=day..day"))
    var compare: String?

    @Flag(help: "Leave out single days and changes: one pass over the reports in place of three.")
    var pooled = false

    @Option(help: "How many values of a metric are on the page, those detected first, the most frequent first.")
    var values = 1000

    @Option(help: "With what probability an interval covers the truth, between 0 and 1.")
    var confidence = 0.95

    package init() {}

    package func validate() throws { _ = try request() }

    /// What makes the page: the registry is read, and nothing of the store.
    ///
    /// - Throws: `ValidationError` for options that do not fit, ``CommandError`` for a registry that cannot be read or has no
    ///   such metric.
    package func builder() throws -> ReportBuilder {
        let request = try request()
        let source = try RegistryLoading.load(registry, expiry: .note)
        var builder = ReportBuilder(request: request, source: source, registry: registry, store: store)
        builder.metrics = try builder.survey.metrics(named: metric)
        return builder
    }

    private func request() throws -> ReportRequest {
        guard let level = ConfidenceLevel(confidence) else {
            throw ValidationError("--confidence \(confidence): is not between 0 and 1. Write, for 95 %, 0.95")
        }
        guard (1...1_000_000).contains(values) else {
            throw ValidationError("--values \(values): is not between 1 and 1000000. Leave it out for 1000")
        }
        guard compare == nil || !pooled else {
            throw ValidationError("--pooled leaves out what --compare asks for: give one of them")
        }
        let days = try DayRange(from, to, options: ("--from", "--to"))
        var request = ReportRequest(days: days, confidence: level, valueLimit: values)
        (request.isPooled, request.comparison) = (pooled, try compare.map(TimePair.init(option:)))
        request.candidates = try MetricSurvey.candidates(options: candidates)
        return request
    }
}

/// What a page is about.
package struct ReportRequest: Sendable {
    var days: DayRange
    var confidence: ConfidenceLevel
    var valueLimit: Int
    var isPooled = false
    var comparison: TimePair?
    /// What `--candidates` says, by metric.
    var candidates: [String: String] = [:]
}
