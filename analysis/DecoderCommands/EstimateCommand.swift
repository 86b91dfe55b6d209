public import ArgumentParser
internal import Estimation
internal import RegistryCompiler
internal import ReportFormat

/// `dither estimate`: how often each value occurs among the devices that reported.
public struct EstimateCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "estimate",
        abstract: "Estimate how often each value of a metric occurs, from a collector's store.",
        discussion: """
            One row per value: value, count, standard_error, frequency, frequency_low, frequency_high, p_value, \
            detected. Estimates are unbiased and not clipped, so that small ones may be negative; intervals are for \
            the devices that reported. The store is only read, also while its collector runs.

            EXAMPLES:
              dither estimate --registry metrics.yaml --store reports.sqlite \\
                --metric departed_late
              dither estimate --registry metrics.set --store reports.sqlite \\
                --metric departed_late --from 2026-06-01 --by period --format csv

            EXIT STATUS:
              0  estimated
              1  a file cannot be read
              2  usage, or no metric of that name
              3  no reports, or fewer than the metric's minimum_reports
              4  the registry is refused, or differs from the collector's
              6  the store is locked
              8  the store is damaged, of another version, or none
            """)

    @Option(help: "The registry: a YAML file, or a compiled set.")
    var registry: String

    @Option(help: "The store that the collector writes.")
    var store: String

    @Option(help: "The metric's name.")
    var metric: String

    @Option(help: "The first day that counts, as YYYY-MM-DD in UTC; without it, the first with reports.")
    var from: String?

    @Option(help: "The last day that counts; without it, the last with reports.")
    var to: String?

    @Option(help: "Estimate each group by itself: period. Without it, all days are pooled.")
    var by: EstimateGrouping?

    @Option(help: "With what probability an interval covers the truth, between 0 and 1.")
    var confidence = 0.95

    @Option(help: "How estimates are written: table (for people), csv or json.")
    var format = OutputFormat.table

    public init() {}

    public func validate() throws { _ = try request() }

    public func run() throws {
        let request = try request()
        let set = try RegistryLoading.load(registry, expiry: .note).set
        var progress = Progress("reading reports")
        let result = try EstimateResult.compute(
            request, from: set, storePath: store, today: RegistryLoading.today, progress: &progress)
        try show(result)
    }

    private func show(_ result: EstimateResult) throws(CommandError) {
        try StandardStreams.write(result.rendered(as: format))
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
        return EstimateRequest(metric: metric, from: first, to: last, byPeriod: by == .period, confidence: level)
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
