public import ArgumentParser
internal import Estimation

/// `dither associate`: how two variables of one device go together.
public struct AssociateCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "associate",
        abstract: "Estimate how two variables of one device go together.",
        discussion: """
            One row per pair of values: value1, value2, frequency, standard_error, frequency_low, frequency_high. \
            Frequencies are the joint distribution of greatest likelihood: none is negative, and they add up to 1. \
            Notes test whether the variables are independent.

            Reads google/rappor's reports about two variables: a CSV file with the columns client and cohort, and one \
            of bits for each variable, the highest bit first. A variable with a map is a string; one without is a \
            truth value of one bit. Of a map, the candidates that the reports show by themselves are kept (with a \
            false discovery rate of 5 %); the row (other) stands for all other strings.

            EXAMPLES:
              dither associate --reports reports.csv --params params.csv --map1 map.csv
              dither associate --reports reports.csv --params params.csv \\
                --var1 domain --map1 domain_map.csv --var2 flag..HTTPS --format csv
              dither associate --reports reports.csv --params params.csv \\
                --map1 map.csv --format google --output-dir results

            EXIT STATUS:
              0  estimated, dependent or not
              1  a file cannot be read or written
              2  usage
              3  no reports, or none of a map's candidates can be told from noise
              4  a file is refused
            """)

    @Option(help: ArgumentHelp("The reports: client,cohort and a column of bits for each variable.", valueName: "csv"))
    var reports: String

    @Option(help: ArgumentHelp("The parameters: google/rappor's params.csv.", valueName: "csv"))
    var params: String

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
            "Where --format google writes assoc-results.csv and assoc-metrics.json; without it, the current folder.",
            valueName: "folder"))
    var outputDir: String?

    public init() {}

    public func validate() throws {
        _ = try level()
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
        let selection = AssociationVariable.Selection(keepsAll: allCandidates, includesOther: !noOther)
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
            source: "\(reports)", variables: (variables.0.labels, variables.1.labels), estimate: estimate,
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
