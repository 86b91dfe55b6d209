public import ArgumentParser
internal import MetricDefinitions
internal import RegistryCompiler
internal import Reports

/// `dither registry explain`: what each metric guarantees, in plain words and numbers.
public struct RegistryExplainCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say in plain words and numbers what a registry's metrics guarantee.",
        discussion: """
            For every metric, or the one named: what is asked and sent, how far one report can move someone's belief, \
            what all reports together lose, when a device stops, and what no guarantee covers. With --html or --markdown \
            it is a page for the users of the program that reports, to be published with it: one file that loads \
            nothing. Equal registries give equal pages.

            EXAMPLES:
              dither registry explain metrics.yaml
              dither registry explain metrics.yaml departed_late
              dither registry explain metrics.set --format json
              dither registry explain metrics.yaml --html -o PRIVACY.html
              dither registry explain metrics.yaml --html --check PRIVACY.html
              dither registry explain metrics.yaml --markdown -o PRIVACY.md

            EXIT STATUS:
              0  explained; with --check, the page is up to date
              1  a file cannot be read or written
              2  usage, or no metric of that name
              4  the registry or its lock is refused; with --check, the page is stale
            """)

    @Argument(help: "The registry: a YAML file, or a compiled set.")
    var file: String

    @Argument(help: "The metric to explain; without it, all.")
    var metric: String?

    @Option(help: "How the explanation is written: table (sentences), csv or json.")
    var format = OutputFormat.table

    @Flag(help: "Write a page for users, in HTML, about all metrics.")
    var html = false

    @Flag(help: "Write the same page in Markdown.")
    var markdown = false

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Where the page is written; without it, to standard output.", valueName: "page"))
    var output: String?

    @Option(help: ArgumentHelp("Compare the page with this file instead of writing it.", valueName: "page"))
    var check: String?

    public init() {}

    public func validate() throws {
        guard !(html && markdown) else {
            throw ValidationError("--html and --markdown are two pages: give one of them.")
        }
        guard html || markdown || (check == nil && output == nil) else {
            throw ValidationError(
                "--\(check == nil ? "output writes" : "check compares") a page: add --html or --markdown.")
        }
        guard check == nil || output == nil else {
            throw ValidationError("--check writes nothing: leave out --output.")
        }
        guard !(html || markdown) || (metric == nil && format == .table) else {
            throw ValidationError(
                "--html and --markdown are pages about all metrics: leave out the metric and --format.")
        }
    }

    public func run() throws {
        if let output {
            try RegistryLoading.refuseOverwriting(
                [(file, "the registry"), (RegistrySource.lockPath(beside: file), "its lock")], by: output,
                example: html ? "PRIVACY.html" : "PRIVACY.md")
        }
        let source = try RegistryLoading.load(file, expiry: .note)
        let set = source.set
        if html || markdown { return try writePage(about: set) }
        if let metric, set.metric(named: metric) == nil {
            let names = set.metrics.map(\.name).joined(separator: ", ")
            throw CommandError(.usage, "\(file) has no metric '\(metric)'. It has: \(names)")
        }
        let page = ExplanationPage(
            RegistryExplanation(set, candidates: source.candidates, reasons: source.reasons), metric: metric)
        try StandardStreams.write(page.rendered(as: format))
    }

    private func writePage(about set: MetricSet) throws(CommandError) {
        let page = try page(about: set)
        guard let check else {
            guard let output else { return try StandardStreams.write(page.text) }
            do { return try page.write(to: output) } catch { throw RegistryLoading.commandError(for: error) }
        }
        let line: Int?
        do { line = try page.firstDifference(fromFileAt: check) } catch {
            throw RegistryLoading.commandError(for: error)
        }
        if let line {
            throw CommandError(
                .validationFailed,
                "\(check): differs from what \(file) says, from line \(line) on. Make it anew: dither registry explain "
                    + "\(file) \(html ? "--html" : "--markdown") -o \(check)")
        }
        StandardStreams.tell("\(check): up to date")
    }

    private func page(about set: MetricSet) throws(CommandError) -> GeneratedPage {
        let page = PrivacyPage(set)
        guard html else { return GeneratedPage(page.markdown) }
        do { return GeneratedPage(try page.html()) } catch {
            throw CommandError(.runtimeFailure, "libcrypto offers no SHA-256 here. Use an OpenSSL that does.")
        }
    }
}
