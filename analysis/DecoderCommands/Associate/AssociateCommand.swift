public import ArgumentParser
internal import Estimation
internal import RegistryCompiler

/// `dither associate`: how two variables of one device go together.
public struct AssociateCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "associate",
        abstract: "Estimate how two variables of one device go together.",
        discussion: """
            One row per pair of values: value1, value2, frequency, standard_error, frequency_low, frequency_high. \
            Frequencies are the joint distribution of greatest likelihood: none is negative, and they add up to 1. \
            Notes test whether the variables are independent.

            The reports are those of a metric of type pair in a collector's store (--registry, --store, --metric), or \
            google/rappor's about two variables (--reports, --params): a CSV file with the columns client and cohort, \
            and one of bits for each variable, the highest bit first. There, a variable with a map is a string; one \
            without is a truth value of one bit.

            Of a string, the candidates that its reports show by themselves are kept; the value (other) stands for \
            all other strings.

            EXAMPLES:
              dither associate --registry metrics.yaml --store reports.sqlite \\
                --metric route --from 2026-06-01 --to 2026-06-01
              dither associate --registry metrics.yaml --store reports.sqlite \\
                --metric home --candidates1 airports.csv:code
              dither associate --reports reports.csv --params params.csv --map1 map.csv
              dither associate --reports reports.csv --params params.csv \\
                --var1 domain --map1 domain_map.csv --var2 flag..HTTPS --format csv
              dither associate --reports reports.csv --params params.csv \\
                --map1 map.csv --format google --output-dir results

            EXIT STATUS:
              0  estimated, dependent or not
              1  a file cannot be read or written
              2  usage, no metric of that name, one that is no pair, or candidates
                 missing or superfluous
              3  no reports, fewer than the metric's minimum_reports, or no candidate
                 that can be told from noise
              4  a file is refused, or the registry differs from the collector's
              6  the store is locked, or its database cannot be reached
              7  the database lets nobody in
              8  the store is damaged, of another version, or none
            """)

    @Option(help: "The registry: a YAML file, or a compiled set.")
    var registry: String?

    @Option(help: "The collector's store: a file, or a postgres:// URL.")
    var store: String?

    @Option(help: "The metric's name, of type pair.")
    var metric: String?

    @Option(
        help: ArgumentHelp(
            "The values to look for of the pair's first half, if it is a string; without it, those that the registry names.",
            valueName: "file[:column]"))
    var candidates1: String?

    @Option(help: ArgumentHelp("The same of its second half.", valueName: "file[:column]"))
    var candidates2: String?

    @Option(help: "The first day that counts, as YYYY-MM-DD in UTC; without it, the first with reports.")
    var from: String?

    @Option(help: "The last day that counts; without it, the last with reports.")
    var to: String?

    @Option(help: ArgumentHelp("The reports: client,cohort and a column of bits for each variable.", valueName: "csv"))
    var reports: String?

    @Option(help: ArgumentHelp("The parameters of --reports: google/rappor's params.csv.", valueName: "csv"))
    var params: String?

    @Option(help: ArgumentHelp("The parameters of the second variable; without it, the same.", valueName: "csv"))
    var params2: String?

    @Option(
        help: ArgumentHelp(
            "The first variable's candidates and their bits; without it, it is a truth value.", valueName: "csv"))
    var map1: String?

    @Option(
        help: ArgumentHelp(
            "The second variable's candidates and their bits; without it, it is a truth value.", valueName: "csv"))
    var map2: String?

    @Option(help: ArgumentHelp("The first variable's column; without it, the third.", valueName: "name"))
    var var1: String?

    @Option(help: ArgumentHelp("The second variable's column; without it, the fourth.", valueName: "name"))
    var var2: String?

    @Flag(help: "Keep all candidates, also those that the reports do not show.")
    var allCandidates = false

    @Flag(help: "Leave out (other): no device has a string that is no candidate.")
    var noOther = false

    @Option(help: "Whose reports they are: python, cpp or java. It decides how f was rounded to a multiple of 1/128.")
    var client: RapporClient?

    @Option(help: "With what probability an interval covers the truth, between 0 and 1.")
    var confidence = 0.95

    @Option(help: "How the result is written: table (for people), csv, json or google.")
    var format = RapporFormat.table

    @Option(
        name: [.customLong("output-dir"), .customLong("output_dir")],
        help: ArgumentHelp(
            """
            Where --format google writes assoc-results.csv and assoc-metrics.json, made if there is none; without it, \
            the current folder.
            """,
            valueName: "folder"))
    var outputDir: String?

    public init() {}

    public func validate() throws {
        _ = try level()
        _ = try DayRange(from, to, options: ("--from", "--to"))
        guard reports == nil else { return try validateReports() }
        guard registry != nil, store != nil, metric != nil else {
            throw ValidationError(
                "what is read is missing. Name a pair of a store with --registry, --store and --metric, or google/rappor's "
                    + "reports with --reports and --params")
        }
        let strangers = [params, params2, map1, map2, var1, var2, outputDir, client?.rawValue].compactMap(\.self)
        guard strangers.isEmpty, format != .google else {
            throw ValidationError(
                "--params, --map1, --var1 and their like, --client, --output-dir and --format google are for --reports")
        }
    }

    private func validateReports() throws {
        guard [registry, store, metric, candidates1, candidates2, from, to].allSatisfy({ $0 == nil }) else {
            throw ValidationError("--registry, --store, --metric and their like are for a store: leave out --reports")
        }
        guard params != nil else {
            throw ValidationError("--params is missing: it says what the bits of --reports mean")
        }
        guard outputDir == nil || format == .google else {
            throw ValidationError("--output-dir: is for --format google alone; others write to standard output")
        }
        guard var1 == nil || var1 != var2 else {
            throw ValidationError("--var1 and --var2 are the same column: name two")
        }
        guard !(allCandidates || noOther) || map1 != nil || map2 != nil else {
            throw ValidationError(
                "--all-candidates and --no-other are about candidates: give them with --map1 or --map2")
        }
    }

    public func run() throws {
        if let reports, let params { return try associate(reports: reports, params: params) }
        guard let registry, let store, let metric else { preconditionFailure("one of both was validated") }
        let source = try RegistryLoading.load(registry, expiry: .note)
        var progress = Progress("reading reports")
        let lists = try PairAssociation.candidates(
            of: metric, options: (candidates1, candidates2), registry: registry, source: source)
        let request = PairAssociation.Request(
            metric: metric, days: try DayRange(from, to, options: ("--from", "--to")), confidence: try level(),
            selection: selection)
        let result = try PairAssociation.result(
            of: request, from: source.set, candidates: lists, storePath: store, progress: &progress)
        try result.write(as: format)
    }

    private var selection: AssociationVariable.Selection {
        AssociationVariable.Selection(keepsAll: allCandidates, includesOther: !noOther)
    }

    private func associate(reports: String, params: String) throws {
        let start = ContinuousClock.now
        let first = try RapporOptions.parameters(reading: params, client: client)
        let second = try params2.map { try RapporOptions.parameters(reading: $0, client: client) } ?? first
        var progress = Progress("reading reports")
        let file = try AssociationFile(
            reading: reports, names: (var1, var2), parameters: (first.ofVariable(map1), second.ofVariable(map2)),
            progress: &progress)
        guard file.reportCount > 0 else {
            throw CommandError(.insufficientData, "\(reports): there are no reports, so nothing is shown")
        }
        let variables = (
            try AssociationVariable(file.first, mapPath: map1, selection: selection, progress: &progress),
            try AssociationVariable(file.second, mapPath: map2, selection: selection, progress: &progress)
        )
        let fitting = ContinuousClock.now
        progress.begin("fitting")
        guard
            let estimate = AssociationEstimate(
                of: file.reports(variables), confidence: try level(), progress: { progress.update($0, of: $1) })
        else { preconditionFailure("there are reports") }
        progress.finish()
        let result = AssociationResult(
            source: reports, variables: (variables.0.labels, variables.1.labels), estimate: estimate,
            confidence: try level(), variableNotes: variables.0.notes + variables.1.notes)
        let end = ContinuousClock.now
        guard format == .google else { return try result.write(as: format) }
        try result.writeGoogleFiles(to: outputDir ?? ".", elapsed: end - start, fitting: end - fitting)
        for note in result.notes { StandardStreams.tell("note: \(note)") }
    }

    private func level() throws -> ConfidenceLevel {
        guard let level = ConfidenceLevel(confidence) else {
            throw ValidationError("--confidence \(confidence): is not between 0 and 1. Write, for 95 %, 0.95")
        }
        return level
    }
}

extension RapporParameters {
    /// The parameters of a variable: a truth value has one bit, whatever the others have.
    fileprivate func ofVariable(_ mapPath: String?) throws(CommandError) -> RapporParameters {
        guard mapPath == nil else { return self }
        do {
            return try RapporParameters(
                bitCount: 1, hashCount: 1, cohortCount: cohortCount, clearResponse: clearResponse,
                setResponse: setResponse, permanentNoise: permanentNoise)
        } catch { preconditionFailure("fewer bits are within all limits") }
    }
}
