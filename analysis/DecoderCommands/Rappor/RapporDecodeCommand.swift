public import ArgumentParser
internal import Estimation

/// `dither rappor decode`: which strings occur among google/rappor's reports, and how often.
public struct RapporDecodeCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Estimate how often strings occur from google/rappor's counts.",
        discussion: """
            One row per candidate, in the order of the map: value, count, standard_error, frequency, frequency_low, \
            frequency_high, p_value, detected. A frequency is the likely one given what all candidates show, within \
            its interval, which holds for detected candidates too. A table shows 50, those detected first; csv and \
            json show all. google writes google/rappor's results.csv, of detected strings alone, and metrics.json.

            Notes say how much belongs to strings that are no candidate, and whether the reports fit the candidates at \
            all. Of one bit (k = 1) the rows are TRUE and FALSE, and no map is needed.

            EXAMPLES:
              dither rappor decode --params params.csv --counts counts.csv --map map.csv
              dither rappor decode --params params.csv --counts counts.csv \\
                --map map.csv --correction fdr --format csv
              dither rappor decode --params params.csv --counts counts.csv \\
                --map map.csv --format google --output-dir results

            EXIT STATUS:
              0  decoded, even if nothing is detected
              1  a file cannot be read or written
              2  usage
              3  too few reports: only strings of more than a quarter of them would
                 be detected
              4  a file is refused
            """)

    @OptionGroup var options: RapporOptions

    @Option(help: "The counts, as 'sum-bits' writes them.")
    var counts: String

    @Option(help: "The candidates and their bits, as 'hash-candidates' writes them.")
    var map: String?

    @Option(
        help: ArgumentHelp(
            "What alpha bounds: bonferroni (the probability of any false detection), fdr (the share of false ones among "
                + "those detected), or none (the probability for each candidate alone).", valueName: "correction"))
    var correction = RapporCorrection.bonferroni

    @Option(help: "The bound on false detections, between 0 and 1.")
    var alpha = 0.05

    @Option(help: "With what probability an interval covers the truth, between 0 and 1.")
    var confidence = 0.95

    @Option(help: "How estimates are written: table (for people), csv, json or google.")
    var format = RapporFormat.table

    @Option(
        name: [.customLong("output-dir"), .customLong("output_dir")],
        help: ArgumentHelp(
            "Where --format google writes results.csv and metrics.json, made if there is none; without it, the current folder.",
            valueName: "folder"))
    var outputDir: String?

    public init() {}

    public func validate() throws {
        try RapporOptions.validate(alpha: alpha)
        _ = try level()
        guard outputDir == nil || format == .google else {
            throw ValidationError("--output-dir: is for --format google alone; others write to standard output")
        }
        guard format != .google || confidence == 0.95 else {
            throw ValidationError(
                "--confidence \(confidence): the columns of --format google are of 0.95. Leave it out")
        }
    }

    public func run() throws {
        let start = ContinuousClock.now
        let parameters = try options.read()
        let counts = try RapporCounts(reading: self.counts, parameters)
        let settings = RapporDecoding.Settings(
            correction: correction, alpha: alpha, confidence: try level(), parametersPath: options.params)
        guard counts.reportCount > 0 else {
            throw CommandError(.insufficientData, "\(self.counts): there are no reports, so nothing is shown")
        }
        let decoding: RapporDecoding
        if parameters.bitCount == 1 {
            decoding = RapporDecoding(ofTruthValues: counts, parameters, settings)
        } else if let map {
            var progress = Progress("reading candidates")
            decoding = try RapporDecoding(counts, parameters, settings, mapPath: map, progress: &progress)
        } else {
            throw CommandError(
                .usage, "--map is missing: of k = \(parameters.bitCount) bits, it says which each candidate sets")
        }
        try write(decoding, elapsed: ContinuousClock.now - start)
    }

    private func write(_ decoding: RapporDecoding, elapsed: Duration) throws(CommandError) {
        if let reason = decoding.withheldReason {
            if format == .json { try StandardStreams.write(decoding.withheldJSON.rendered + "\n") }
            throw CommandError(.insufficientData, "\(counts): \(reason), so nothing is shown")
        }
        for note in decoding.inputNotes { StandardStreams.tell("note: \(note)") }
        switch format {
        case .table: try StandardStreams.write(decoding.page)
        case .csv:
            try decoding.rows(for: .spreadsheets).writeCSV { (block) throws(CommandError) in
                try StandardStreams.write(block)
            }
        case .json:
            try decoding.json.write { (block) throws(CommandError) in try StandardStreams.write(block) }
            try StandardStreams.write("\n")
        case .google: try decoding.writeGoogleFiles(to: outputDir ?? ".", elapsed: elapsed)
        }
        guard format == .csv || format == .google else { return }
        for note in decoding.notes { StandardStreams.tell("note: \(note)") }
    }

    private func level() throws -> ConfidenceLevel {
        guard let level = ConfidenceLevel(confidence) else {
            throw ValidationError("--confidence \(confidence): is not between 0 and 1. Write, for 95 %, 0.95")
        }
        return level
    }
}

/// How ``RapporDecodeCommand`` writes its result.
public enum RapporFormat: String, CaseIterable, Sendable, ExpressibleByArgument {
    /// As ``OutputFormat`` has them.
    case table, csv, json
    /// google/rappor's files.
    case google
}

/// Which error ``RapporDecodeCommand`` bounds; google/rappor's spellings are taken too.
public enum RapporCorrection: String, CaseIterable, Sendable, ExpressibleByArgument {
    case bonferroni, fdr, none

    public init?(argument: String) { self.init(rawValue: argument.lowercased()) }

    var ofFilters: FilterCorrection {
        switch self {
        case .bonferroni: .bonferroni
        case .fdr: .falseDiscoveryRate
        case .none: .none
        }
    }
}
