public import ArgumentParser
internal import RegistryCompiler
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

    @OptionGroup var options: ReportOptions

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("Where the page is written; what is there is replaced.", valueName: "page"))
    var output: String

    public init() {}

    public func run() throws {
        let builder = try options.builder()
        try RegistryLoading.refuseOverwriting(
            RegistryLoading.inputs(
                registry: options.registry, stores: [options.store],
                candidates: MetricSurvey.files(of: builder.request.candidates)
                    + builder.source.candidates.values.map(\.path)),
            by: output, example: "report.html")
        let document = try builder.document()
        let page: String
        do { page = try document.html() } catch {
            throw CommandError(.runtimeFailure, "libcrypto offers no SHA-256 here. Use an OpenSSL that does.")
        }
        do { try AtomicFile.write(Array(page.utf8), to: output) } catch {
            throw RegistryLoading.commandError(for: error)
        }
        try MetricSurvey.conclude(output, document.metrics.map(\.outcome.surveyed))
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
