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

            EXAMPLES:
              dither estimate --registry metrics.yaml --store reports.sqlite \\
                --metric departed_late
              dither estimate --registry metrics.set --store reports.sqlite \\
                --metric departed_late --from 2026-06-01 --by period --format csv
              dither estimate --registry metrics.yaml --store reports.sqlite \\
                --metric destination --candidates airports.csv:code

            EXIT STATUS:
              0  estimated
              1  a file cannot be read
              2  usage, no metric of that name, or candidates missing or superfluous
              3  no reports, or fewer than the metric's minimum_reports
              4  the registry or the candidates are refused, or the registry differs
                 from the collector's
              6  the store is locked
              8  the store is damaged, of another version, or none
            """)

    @Option(help: "The registry: a YAML file, or a compiled set.")
    var registry: String

    @Option(help: "The store that the collector writes.")
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

    @Option(help: "What is shown of numbers: distribution, quantiles or mean. Without it, what the mechanism is for.")
    var show: NumberView?

    @Option(
        help: "How a likely distribution is found: ems (smoothed, the default) or em, for numbers at few places.")
    var fit: DistributionFitting?

    @Option(help: "How estimates are written: table (for people), csv or json.")
    var format = OutputFormat.table

    public init() {}

    public func validate() throws { _ = try request() }

    public func run() throws {
        let request = try request()
        let source = try RegistryLoading.load(registry, expiry: .note)
        let list = try candidateList(for: source)
        var progress = Progress("reading reports")
        let result = try EstimateResult.compute(
            request, from: source.set, candidates: list, storePath: store, today: RegistryLoading.today,
            progress: &progress)
        for note in list?.notes ?? [] { StandardStreams.tell("note: \(note)") }
        try write(result)
    }

    /// What the option names, or else the registry; nothing is read for a metric that it does not have.
    private func candidateList(for source: RegistrySource) throws(CommandError) -> CandidateList? {
        guard source.set.metric(named: metric) != nil else { return nil }
        if let candidates { return try CandidateList(reading: CandidateSource(option: candidates)) }
        guard let declared = source.candidates[metric] else { return nil }
        do { return try CandidateList(reading: declared) } catch {
            guard error.status == .runtimeFailure else { throw error }
            throw CommandError(
                .runtimeFailure,
                "\(error.message). 'candidates' of \(metric) in \(registry) names the file. Correct it there, or name "
                    + "another with --candidates")
        }
    }

    private func write(_ result: EstimateResult) throws(CommandError) {
        try result.write(as: format) { (block) throws(CommandError) in try StandardStreams.write(block) }
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
        let (first, last) = (try day(from, option: "--from"), try day(to, option: "--to"))
        if let first, let last, first > last {
            throw ValidationError("--from \(first) is after --to \(last): exchange them")
        }
        return EstimateRequest(
            metric: metric, from: first, to: last, byPeriod: by == .period, confidence: level, view: show, fitting: fit)
    }

    private func day(_ text: String?, option: String) throws -> UTCDay? {
        guard let text else { return nil }
        guard let day = UTCDay(iso: text) else {
            throw ValidationError("\(option) '\(text)': is no day. Write it as YYYY-MM-DD, such as 2026-06-30")
        }
        return day
    }
}

/// What rows are grouped by.
public enum EstimateGrouping: String, CaseIterable, Sendable, ExpressibleByArgument {
    /// One estimate for each UTC day.
    case period
}
