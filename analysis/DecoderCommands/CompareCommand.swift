public import ArgumentParser
internal import Estimation
internal import MetricDefinitions
internal import RegistryCompiler
internal import ReportFormat

/// `dither compare`: by how much values are more frequent in one group of reports than in another, or numbers greater.
public struct CompareCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Estimate by how much a metric's values differ between two groups of reports.",
        discussion: """
            The first group is what --metric, --store, --from and --to name. The second one, which is taken from it, is \
            the same metric on other days (--versus-from, --versus-to), another metric of the same values \
            (--versus-metric), or the reports of another store (--versus-store).

            One row per value: value, difference, standard_error, low, high, p_value, detected. Differences are of \
            frequencies, or for a number one row, mean, in the units of its range. A difference is detected if it is \
            not 0. Other days of a memoized metric share noise with these; errors are then upper bounds.

            EXAMPLES:
              dither compare --registry metrics.yaml --store reports.sqlite \\
                --metric departed_late --from 2026-06-08 --to 2026-06-14 \\
                --versus-from 2026-06-01 --versus-to 2026-06-07
              dither compare --registry metrics.yaml --store east.sqlite \\
                --metric carrier --versus-store west.sqlite --sum low_cost=B6,WN \\
                --plot changes.svg

            EXIT STATUS:
              0  compared
              1  a file cannot be read
              2  usage, no metric of that name, no second group, or candidates
                 missing or superfluous
              3  no reports, or fewer than a metric's minimum_reports in a group
              4  the registry or the candidates are refused, or the registry differs
                 from the collector's
              6  a store is locked, or its database cannot be reached
              7  the database lets nobody in
              8  a store is damaged, of another version, or none
            """)

    @Option(help: "The registry: a YAML file, or a compiled set.")
    var registry: String

    @Option(help: "The collector's store: a file, or a postgres:// URL.")
    var store: String

    @Option(help: "The metric's name.")
    var metric: String

    @Option(
        help: ArgumentHelp(
            "The values to look for, of a metric of type string; without it, those that the registry names.",
            valueName: "file[:column]"))
    var candidates: String?

    @Option(help: "The first day of the first group, as YYYY-MM-DD in UTC; without it, the first with reports.")
    var from: String?

    @Option(help: "The last day of the first group; without it, the last with reports.")
    var to: String?

    @Option(help: "The first day of the second group; without both, the days of the first.")
    var versusFrom: String?

    @Option(help: "The last day of the second group.")
    var versusTo: String?

    @Option(help: "The metric of the second group; without it, the same.")
    var versusMetric: String?

    @Option(help: "The store of the second group; without it, the same.")
    var versusStore: String?

    @OptionGroup var choices: EstimateChoiceOptions

    @Option(help: "With what probability an interval covers the true difference, between 0 and 1.")
    var confidence = 0.95

    @Option(help: PlotFile.help)
    var plot: String?

    @Option(help: "How differences are written: table (for people), csv or json.")
    var format = OutputFormat.table

    public init() {}

    public func validate() throws { _ = try requests() }

    public func run() throws {
        let (one, other) = try requests()
        let source = try RegistryLoading.load(registry, expiry: .note)
        let list = try CandidateList.chosen(
            option: candidates, metric: metric, registry: registry, source: source)
        let file = try plot.map {
            try PlotFile(
                $0,
                besides: RegistryLoading.inputs(
                    registry: registry, stores: [store, versusStore].compactMap { $0 },
                    candidates: [list?.source.path].compactMap { $0 }))
        }
        let result = try GroupComparison(
            try estimate(one, from: source.set, candidates: list, storePath: store),
            minus: try estimate(other, from: source.set, candidates: list, storePath: versusStore ?? store))
        for note in list?.notes ?? [] { StandardStreams.tell("note: \(note)") }
        try file?.write(result.picture)
        try result.write(as: format, on: Terminal.ofStandardOutput()) { (block) throws(CommandError) in
            try format == .csv ? StandardStreams.writeTexts(block) : StandardStreams.write(block)
        }
        if format == .csv { for note in result.notes { StandardStreams.tell("note: \(note)") } }
    }

    private func estimate(
        _ request: EstimateRequest, from set: MetricSet, candidates: CandidateList?, storePath: String
    ) throws(CommandError) -> EstimateResult {
        var progress = Progress("reading reports")
        return try EstimateResult.compute(
            request, from: set, candidates: candidates, storePath: storePath, today: RegistryLoading.today,
            progress: &progress)
    }

    private func requests() throws -> (EstimateRequest, EstimateRequest) {
        guard let level = ConfidenceLevel(confidence) else {
            throw ValidationError("--confidence \(confidence): is not between 0 and 1. Write, for 95 %, 0.95")
        }
        let days = try DayRange(from, to, options: ("--from", "--to"))
        var others = try DayRange(versusFrom, versusTo, options: ("--versus-from", "--versus-to"))
        let isElsewhere = versusMetric.map { $0 != metric } ?? false || versusStore.map { $0 != store } ?? false
        let hasOwnDays = versusFrom != nil || versusTo != nil
        guard isElsewhere || hasOwnDays else {
            throw ValidationError(
                "there is no second group. Name its days with --versus-from and --versus-to, or another --versus-metric or "
                    + "--versus-store")
        }
        if !hasOwnDays { others = days }
        guard isElsewhere || !days.overlaps(others) else {
            throw ValidationError(
                "both groups are of the same reports on some days. Give each its days: --from, --to, --versus-from, "
                    + "--versus-to")
        }
        var choices = try choices.chosen()
        choices.needsOrigins = true
        func request(_ metric: String, _ days: DayRange) -> EstimateRequest {
            EstimateRequest(metric: metric, from: days.first, to: days.last, confidence: level, choices: choices)
        }
        return (request(metric, days), request(versusMetric ?? metric, others))
    }
}
