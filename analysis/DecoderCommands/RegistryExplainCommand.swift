public import ArgumentParser
internal import MetricDefinitions
internal import RegistryCompiler

/// `dither registry explain`: what each metric guarantees, in plain words and numbers.
public struct RegistryExplainCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say in plain words and numbers what a registry's metrics guarantee.",
        discussion: """
            For every metric, or the one named: what is asked and sent, how far one report can move someone's belief, \
            what all reports together lose, when a device stops, and what no guarantee covers. With --markdown it is a \
            page for the users of the program that reports, to be published with it; equal registries give equal pages.

            EXAMPLES:
              dither registry explain metrics.yaml
              dither registry explain metrics.yaml departed_late
              dither registry explain metrics.set --format json
              dither registry explain metrics.yaml --markdown > PRIVACY.md
              dither registry explain metrics.yaml --markdown --check PRIVACY.md

            EXIT STATUS:
              0  explained; with --check, the page is up to date
              1  a file cannot be read
              2  usage, or no metric of that name
              4  the registry or its lock is refused; with --check, the page is stale
            """)

    @Argument(help: "The registry: a YAML file, or a compiled set.")
    var file: String

    @Argument(help: "The metric to explain; without it, all.")
    var metric: String?

    @Option(help: "How the explanation is written: table (sentences), csv or json.")
    var format = OutputFormat.table

    @Flag(help: "Write a page for users, in Markdown, about all metrics.")
    var markdown = false

    @Option(help: ArgumentHelp("Compare the page with this file instead of writing it.", valueName: "page"))
    var check: String?

    public init() {}

    public func validate() throws {
        guard check == nil || markdown else {
            throw ValidationError("--check compares a page: add --markdown.")
        }
        guard !markdown || (metric == nil && format == .table) else {
            throw ValidationError("--markdown is a page about all metrics: leave out the metric and --format.")
        }
    }

    public func run() throws {
        let source = try RegistryLoading.load(file, expiry: .note)
        let set = source.set
        if markdown { return try writePage(about: set) }
        if let metric, set.metric(named: metric) == nil {
            let names = set.metrics.map(\.name).joined(separator: ", ")
            throw CommandError(.usage, "\(file) has no metric '\(metric)'. It has: \(names)")
        }
        let page = ExplanationPage(
            RegistryExplanation(set, candidates: source.candidates, reasons: source.reasons), metric: metric)
        try StandardStreams.write(page.rendered(as: format))
    }

    private func writePage(about set: MetricSet) throws(CommandError) {
        let page = PrivacyPage(set)
        guard let check else { return try StandardStreams.write(page.markdown) }
        let line: Int?
        do { line = try page.firstDifference(fromFileAt: check) } catch {
            throw RegistryLoading.commandError(for: error)
        }
        if let line {
            throw CommandError(
                .validationFailed,
                "\(check): differs from what \(file) says, from line \(line) on. Make it anew: dither registry explain "
                    + "\(file) --markdown > \(check)")
        }
        StandardStreams.tell("\(check): up to date")
    }
}
