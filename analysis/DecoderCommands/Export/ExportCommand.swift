public import ArgumentParser
internal import Estimation
internal import MetricDefinitions
internal import RegistryCompiler
internal import ReportFormat

/// `dither export`: the estimates of all metrics of a registry, for other programs.
public struct ExportCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the estimates of all metrics, with their intervals, as CSV, JSON, SQLite or OpenMetrics.",
        discussion: """
            One long table: a row for each value, bucket, quantile or mean of each metric, and of each day with --by \
            period. Its columns are metric, version, mechanism, epsilon, first_day, last_day, kind, value, level, \
            bucket_low, bucket_high, reports, estimate, low, high, standard_error, p_value, detected, alarm and \
            confidence. The figures are those of dither estimate. No estimate comes without its interval, and of what is \
            below its release gate there is the reason alone.

            csv and json have all rows. sqlite is a database with the tables estimate, metric, withheld, note and \
            dither_export, for any SQL tool. openmetrics is for Prometheus and its kin: at most --values values of a \
            metric, those detected first, the most frequent first; with --by period, with the time of each day.

            The store is only read, also while its collector runs. A file that is there already is replaced as a whole.

            EXAMPLES:
              dither export --registry metrics.yaml --store reports.sqlite > estimates.csv
              dither export --registry metrics.yaml --store reports.sqlite --by period \\
                --format sqlite -o estimates.sqlite
              dither export --registry metrics.yaml --store reports.sqlite \\
                --metric departed_late --format json -o departed_late.json
              dither export --registry metrics.yaml --store reports.sqlite \\
                --candidates destination=airports.csv:code --format openmetrics -o dither.prom

            EXIT STATUS:
              0  written, with estimates of one metric at least
              1  a file cannot be read or written
              2  usage, or no metric of that name
              3  written, but no metric has enough reports to show
              4  the registry or the candidates are refused; or written, but a metric
                 could not be estimated, and its reason is written
              6  the store is locked, or its database cannot be reached
              7  the database lets nobody in
              8  the store is damaged, of another version, or none
            """)

    @Option(help: "The registry: a YAML file, or a compiled set.")
    var registry: String

    @Option(help: "The collector's store: a file, or a postgres:// URL.")
    var store: String

    @Option(help: "A metric to export, given once for each; without it, all.")
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

    @Option(help: "Estimate each group by itself: period. Without it, all days are pooled.")
    var by: EstimateGrouping?

    @Option(help: "With what probability an interval covers the truth, between 0 and 1.")
    var confidence = 0.95

    @Option(help: "What is written: csv, json, sqlite or openmetrics.")
    var format = ExportFormat.csv

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp(
            "Where it is written; what is there is replaced. Without it, standard output, but of sqlite.",
            valueName: "file"))
    var output: String?

    @Option(
        help: ArgumentHelp(
            "With openmetrics: how many values of a metric there are at most. (default: 100)", valueName: "number"))
    var values: Int?

    public init() {}

    public func validate() throws { _ = try request() }

    public func run() throws {
        let request = try request()
        let source = try RegistryLoading.load(registry, expiry: .note)
        if let output {
            try RegistryLoading.refuseOverwriting(
                RegistryLoading.inputs(
                    registry: registry, stores: [store],
                    candidates: MetricSurvey.files(of: request.candidates) + source.candidates.values.map(\.path)),
                by: output, example: "estimates.\(format.rawValue)")
        }
        let survey = MetricSurvey(
            source: source, registry: registry, store: store, confidence: request.confidence,
            candidates: request.candidates)
        let document = try survey.document(of: survey.metrics(named: metric), request)
        try write(document)
        if format == .csv || format == .openmetrics {
            for metric in document.metrics {
                for note in metric.notes { StandardStreams.tell("note: \(metric.definition.name): \(note)") }
            }
        }
        try MetricSurvey.conclude(output ?? "standard output", document.metrics.map(\.outcome))
        for omission in document.metrics.flatMap(\.dayOmissions) { StandardStreams.tell("note: \(omission)") }
    }

    private func write(_ document: ExportDocument) throws(CommandError) {
        switch (format, output) {
        case (.sqlite, let output?): try ExportDatabase(document: document).write(to: output)
        case (.sqlite, nil): preconditionFailure("validation demands a file")
        case (.json, nil), (.json, "-"):
            try write(document) { (text) throws(CommandError) in try StandardStreams.write(text) }
        case (_, nil), (_, "-"):
            try write(document) { (text) throws(CommandError) in try StandardStreams.writeTexts(text) }
        case (_, let output?):
            try written { () throws(RegistryError) in
                let draft = try FileDraft.make(replacing: output)
                try write(document) { (text) throws(RegistryError) in try draft.append(Array(text.utf8)) }
                try draft.commit()
            }
        }
    }

    private func written(_ work: () throws(RegistryError) -> Void) throws(CommandError) {
        do { try work() } catch { throw RegistryLoading.commandError(for: error) }
    }

    private func write<Failure: Error>(
        _ document: ExportDocument, to sink: (String) throws(Failure) -> Void
    ) throws(Failure) {
        switch format {
        case .csv: try document.rowsWithReasons.writeCSV(to: sink)
        case .json:
            try document.json.write(to: sink)
            try sink("\n")
        case .openmetrics:
            try sink(OpenMetricsText(document, valueLimit: values ?? OpenMetricsText.defaultValueLimit).text)
        case .sqlite: preconditionFailure("a database is no text")
        }
    }

    private func request() throws -> ExportRequest {
        guard let level = ConfidenceLevel(confidence) else {
            throw ValidationError("--confidence \(confidence): is not between 0 and 1. Write, for 95 %, 0.95")
        }
        guard format != .sqlite || output != nil else {
            throw ValidationError("--format sqlite: is a file. Name it with -o, such as -o estimates.sqlite")
        }
        guard values == nil || format == .openmetrics else {
            throw ValidationError(
                "--values: \(format.rawValue) has all values. Leave it out, or write --format openmetrics")
        }
        if let values, !(1...1_000_000).contains(values) {
            throw ValidationError("--values \(values): is not between 1 and 1000000. Leave it out for 100")
        }
        return ExportRequest(
            days: try DayRange(from, to, options: ("--from", "--to")), confidence: level, byPeriod: by == .period,
            candidates: try MetricSurvey.candidates(options: candidates))
    }
}

/// How an export is written.
public enum ExportFormat: String, CaseIterable, Sendable, ExpressibleByArgument {
    /// One table by RFC 4180.
    case csv
    /// One object.
    case json
    /// A database.
    case sqlite
    /// Text for Prometheus and its kin.
    case openmetrics
}

/// What is exported.
struct ExportRequest {
    var days: DayRange
    var confidence: ConfidenceLevel
    var byPeriod: Bool
    /// What `--candidates` says, by metric.
    var candidates: [String: String] = [:]
}

extension MetricSurvey {
    /// What the store says of these metrics.
    ///
    /// - Throws: ``CommandError`` for what no metric can be estimated without, such as the store.
    func document(of metrics: [MetricDefinition], _ request: ExportRequest) throws(CommandError) -> ExportDocument {
        var exported: [ExportedMetric] = []
        for definition in metrics {
            var candidateNotes: [String] = []
            let outcome = try outcome(of: definition) { (list) throws(CommandError) -> EstimateResult? in
                candidateNotes = list?.notes ?? []
                let result = try estimate(
                    definition, request.days, EstimateChoices(), list, byPeriod: request.byPeriod)
                if result.hasReleasedGroup { return result }
                guard request.byPeriod else { return nil }
                throw CommandError(
                    .insufficientData,
                    "\(definition.name): no day by itself has \(definition.minimumReports) reports, the metric's "
                        + "minimum_reports, so nothing is shown")
            }
            exported.append(
                ExportedMetric(definition: definition, outcome: outcome, candidateNotes: candidateNotes))
        }
        return ExportDocument(
            project: source.set.project, madeOn: RegistryLoading.today, confidence: confidence,
            byPeriod: request.byPeriod, metrics: exported)
    }
}

extension ExportedMetric {
    /// Which of its days have no figures, in sentences, where others have.
    fileprivate var dayOmissions: [String] {
        omissions.compactMap { omission in omission.day.map { "\($0): \(omission.reason)" } }
    }
}
