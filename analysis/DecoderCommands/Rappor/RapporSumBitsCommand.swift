public import ArgumentParser
internal import Estimation

/// `dither rappor sum-bits`: how many reports of each cohort have each bit set.
public struct RapporSumBitsCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "sum-bits",
        abstract: "Count how many reports of each cohort have each bit set.",
        discussion: """
            Reads reports as google/rappor's clients are simulated to make them: CSV with the columns \
            client,cohort,bloom,prr,irr, of which cohort counts from 0 and irr has k digits, the highest bit first. \
            Writes a counts.csv: a row for each cohort, the number of its reports and then the count of each bit, the \
            lowest first.

            The columns bloom and prr hold what a client must not send; they may be empty, and are not used.

            EXAMPLES:
              dither rappor sum-bits --params params.csv < reports.csv > counts.csv
              dither rappor sum-bits --params params.csv reports.csv > counts.csv

            EXIT STATUS:
              0  counted
              1  a file cannot be read
              2  usage
              4  a file is refused
            """)

    @Option(help: "The parameters: google/rappor's params.csv, with the columns k,h,m,p,q,f.")
    var params: String

    @Argument(help: "The reports; without it, or for -, standard input.")
    var reports: String?

    public init() {}

    public func run() throws {
        var sums = RapporReports(try RapporParameters(reading: params))
        var reader = try CSVReader(pathOrInput: reports)
        var progress = Progress("counting reports")
        try sums.count(&reader, progress: &progress)
        if sums.revealsValues {
            StandardStreams.tell(
                "note: \(reader.path): the columns bloom and prr reveal what clients have seen; only irr is private")
        }
        try StandardStreams.write(String(decoding: sums.sums.bytes, as: UTF8.self))
    }
}
