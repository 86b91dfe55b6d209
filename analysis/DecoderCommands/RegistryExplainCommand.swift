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
            what all reports together lose, when a device stops, and what no guarantee covers.

            EXAMPLES:
              dither registry explain metrics.yaml
              dither registry explain metrics.yaml departed_late
              dither registry explain metrics.set --format json

            EXIT STATUS:
              0  explained
              1  the file cannot be read
              2  usage, or no metric of that name
              4  the registry or its lock is refused
            """)

    @Argument(help: "The registry: a YAML file, or a compiled set.")
    var file: String

    @Argument(help: "The metric to explain; without it, all.")
    var metric: String?

    @Option(help: "How the explanation is written: table (sentences), csv or json.")
    var format = OutputFormat.table

    public init() {}

    public func run() throws {
        let source = try RegistryLoading.load(file, expiry: .note)
        let set = source.set
        if let metric, set.metric(named: metric) == nil {
            let names = set.metrics.map(\.name).joined(separator: ", ")
            throw CommandError(.usage, "\(file) has no metric '\(metric)'. It has: \(names)")
        }
        let page = ExplanationPage(RegistryExplanation(set, candidates: source.candidates), metric: metric)
        try StandardStreams.write(page.rendered(as: format))
    }
}
