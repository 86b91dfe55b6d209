public import ArgumentParser
internal import Estimation
internal import MetricDefinitions
internal import RegistryCompiler
internal import ReportFormat

/// `dither estimate`: how often each value occurs among the devices that reported, or the mean of their numbers.
public struct EstimateCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "estimate",
        abstract: "Estimate how often a metric's values occur, or their mean, from a collector's store.",
        discussion: """
            One row per value: value, count, standard_error, frequency, frequency_low, frequency_high, p_value, \
            detected. For a number one row, mean: value, estimate, standard_error, low, high. Estimates are unbiased \
            and not clipped, so that small ones may be negative; intervals are for the devices that reported. The \
            store is only read, also while its collector runs.

            The mechanisms square_wave and d_bit_flip tell how numbers are distributed: a row for each bucket of the \
            range, by its ends, such as [0..10). Of square_wave there are also quantiles and the mean (--show), and a \
            column with a likely distribution, denoised.

            The values of a string are known to nobody, so name those to look for: candidates, in a column of a CSV \
            file with a header row (the first column, unless one is named). The registry may name the file. A table \
            shows 50 values, those detected first; csv and json show all.

            Anyone can send false reports, and one of them is as good as another. Where many of them show, a note raises \
            an alarm; how far the figures may be off is shown with --false-devices, and by json always.

            What is asked for is added: columns (--with), sums of values with errors of their own (--sum), intervals \
            for the population instead (--interval), other rules of detection (--correction).

            On a terminal bars are drawn beside the table, or a line of days for each value (--by period); with NO_COLOR \
            they have no colour, and in a pipe there are none. --plot draws them into a file.

            EXAMPLES:
              dither estimate --registry metrics.yaml --store reports.sqlite \\
                --metric departed_late
              dither estimate --registry metrics.set --store reports.sqlite \\
                --metric departed_late --from 2026-06-01 --by period --format csv
              dither estimate --registry metrics.yaml --store reports.sqlite \\
                --metric destination --candidates airports.csv:code
              dither estimate --registry metrics.yaml --store reports.sqlite \\
                --metric carrier --with denoised --sum low_cost=B6,WN
              dither estimate --registry metrics.yaml --store reports.sqlite \\
                --metric carrier --false-devices 1%
              dither estimate --registry metrics.yaml --store reports.sqlite \\
                --metric carrier --by period --plot carriers.svg

            EXIT STATUS:
              0  estimated
              1  a file cannot be read
              2  usage, no metric of that name, or candidates missing or superfluous
              3  no reports, or fewer than the metric's minimum_reports
              4  the registry or the candidates are refused, or the registry differs
                 from the collector's
              6  the store is locked, or its database cannot be reached
              7  the database lets nobody in
              8  the store is damaged, of another version, or none
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

    @Option(help: "The first day that counts, as YYYY-MM-DD in UTC; without it, the first with reports.")
    var from: String?

    @Option(help: "The last day that counts; without it, the last with reports.")
    var to: String?

    @Option(help: "Estimate each group by itself: period. Without it, all days are pooled.")
    var by: EstimateGrouping?

    @Option(help: "With what probability an interval covers the truth, between 0 and 1.")
    var confidence = 0.95

    @Option(
        help: ArgumentHelp(
            "Columns to add, separated by commas: denoised, consistent, adjusted.", valueName: "columns"))
    var with: String?

    @Option(help: "What intervals are for: the sample of devices that reported, or the population they are drawn from.")
    var interval = IntervalKind.sample

    @OptionGroup var choices: EstimateChoiceOptions
    @Option(help: "What is shown of numbers: distribution, quantiles or mean. Without it, what the mechanism is for.")
    var show: NumberView?

    @Option(
        help: "How a likely distribution is found: ems (smoothed, the default) or em, for numbers at few places.")
    var fit: DistributionFitting?

    @Option(
        help: ArgumentHelp(
            "Also show where estimates may be if so many devices, in each period, are false: a number, or a percentage.",
            valueName: "number[%]"))
    var falseDevices: String?

    @Option(help: PlotFile.help)
    var plot: String?

    @Option(help: "How estimates are written: table (for people), csv or json.")
    var format = OutputFormat.table

    public init() {}

    public func validate() throws { _ = try request() }

    public func run() throws {
        let request = try request()
        let source = try RegistryLoading.load(registry, expiry: .note)
        let list = try CandidateList.chosen(
            option: candidates, metric: metric, registry: registry, source: source)
        let file = try plot.map {
            try PlotFile(
                $0,
                besides: RegistryLoading.inputs(
                    registry: registry, stores: [store],
                    candidates: [list?.source.path].compactMap { $0 }))
        }
        var progress = Progress("reading reports")
        let result = try EstimateResult.compute(
            request, from: source.set, candidates: list, storePath: store, today: RegistryLoading.today,
            progress: &progress)
        for note in list?.notes ?? [] { StandardStreams.tell("note: \(note)") }
        if let file, let picture = result.picture { try file.write(picture) }
        try write(result)
    }

    private func write(_ result: EstimateResult) throws(CommandError) {
        try result.write(as: format, on: Terminal.ofStandardOutput()) { (block) throws(CommandError) in
            try format == .csv ? StandardStreams.writeTexts(block) : StandardStreams.write(block)
        }
        if format == .csv, result.hasReleasedGroup {
            for note in result.notes { StandardStreams.tell("note: \(note)") }
        }
        let reasons = result.withheldReasons
        guard result.hasReleasedGroup else {
            throw CommandError(.insufficientData, reasons.joined(separator: "\n"))
        }
        for reason in reasons { StandardStreams.tell("note: \(reason)") }
    }

    private func request() throws -> EstimateRequest {
        guard let level = ConfidenceLevel(confidence) else {
            throw ValidationError("--confidence \(confidence): is not between 0 and 1. Write, for 95 %, 0.95")
        }
        let days = try DayRange(from, to, options: ("--from", "--to"))
        var choices = try choices.chosen()
        choices.falseDevices = try falseDevices.map(FalseDevices.init(option:))
        (choices.interval, choices.additions) = (interval, try with.map(EstimateChoices.additions) ?? [])
        return EstimateRequest(
            metric: metric, from: days.first, to: days.last, byPeriod: by == .period, confidence: level,
            choices: choices,
            numbers: show, fitting: fit)
    }
}

/// What rows are grouped by.
public enum EstimateGrouping: String, CaseIterable, Sendable, ExpressibleByArgument {
    /// One estimate for each UTC day.
    case period
}
