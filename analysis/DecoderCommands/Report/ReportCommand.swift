public import ArgumentParser
internal import Estimation
internal import MetricDefinitions
internal import RegistryCompiler
internal import ReportFormat
internal import Reports

/// `dither report`: a page about all metrics of a registry and what a store's reports say of them.
public struct ReportCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write one HTML page about all metrics: estimates with intervals, days, changes, guarantees.",
        discussion: """
            One file that loads nothing, for any browser, light or dark, and for paper. For each metric: bars with \
            intervals, what was detected, each day, a later time less an earlier one, alarms, where the error comes from, \
            what one report can tell, and what would make intervals narrower. A metric below its release gate has the \
            reason instead.

            Changes are those of the last days with reports, at most seven and at most half of them, less as many \
            days before; --compare names others. The store is only read, also while its collector runs. A page that \
            is there already is replaced as a whole.

            EXAMPLES:
              dither report --registry metrics.yaml --store reports.sqlite -o report.html
              dither report --registry metrics.yaml --store reports.sqlite \\
                --candidates destination=airports.csv:code -o report.html
              dither report --registry metrics.set --store reports.sqlite --from 2026-06-01 \\
                --compare 2026-06-08..2026-06-14=2026-06-01..2026-06-07 -o june.html

            EXIT STATUS:
              0  written, with estimates of one metric at least
              1  a file cannot be read or written
              2  usage, or no metric of that name
              3  written, but no metric has enough reports to show
              4  the registry or the candidates are refused; or written, but a metric
                 could not be estimated, and the page says why
              6  the store is locked, or its database cannot be reached
              7  the database lets nobody in
              8  the store is damaged, of another version, or none
            """)

    @Option(help: "The registry: a YAML file, or a compiled set.")
    var registry: String

    @Option(help: "The collector's store: a file, or a postgres:// URL.")
    var store: String

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("Where the page is written; what is there is replaced.", valueName: "page"))
    var output: String

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

    public init() {}

    public func validate() throws { _ = try request() }

    public func run() throws {
        let request = try request()
        let source = try RegistryLoading.load(registry, expiry: .note)
        let builder = ReportBuilder(request: request, source: source, registry: registry, store: store)
        let document = try builder.document(of: builder.survey.metrics(named: metric))
        let page: String
        do { page = try document.html() } catch {
            throw CommandError(.runtimeFailure, "libcrypto offers no SHA-256 here. Use an OpenSSL that does.")
        }
        do { try AtomicFile.write(Array(page.utf8), to: output) } catch {
            throw RegistryLoading.commandError(for: error)
        }
        try MetricSurvey.conclude(output, document.metrics.map(\.outcome.surveyed))
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

extension ReportedMetric.Outcome {
    fileprivate var surveyed: MetricSurvey.Outcome<MetricFindings> {
        switch self {
        case .shown(let findings): .shown(findings)
        case .withheld(let reason): .withheld(reason)
        case .failed(let reason): .failed(reason)
        }
    }
}

/// What a page is about.
struct ReportRequest {
    var days: DayRange
    var confidence: ConfidenceLevel
    var valueLimit: Int
    var isPooled = false
    var comparison: TimePair?
    /// What `--candidates` says, by metric.
    var candidates: [String: String] = [:]
}
