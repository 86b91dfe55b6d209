public import ArgumentParser
internal import Estimation

/// `dither rappor privacy`: what google/rappor's parameters promise and what they find.
public struct RapporPrivacyCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "privacy",
        abstract: "Say what parameters of google/rappor promise, and how much they find.",
        discussion: """
            p* and q* are the probabilities that a bit is reported set which a value leaves clear, and sets. epsilon_1 \
            bounds what one report tells, epsilon_infinity what all reports about one value do, in nats; both are \
            rounded up. With --reports, also google/rappor's detection frequency, which is about one bit, and the \
            smallest share that decode finds with a probability of 80 %, when all other strings are rare.

            EXAMPLES:
              dither rappor privacy --params params.csv
              dither rappor privacy --params params.csv --reports 1000000 --candidates 100
              dither rappor privacy --params params.csv --client cpp --format json

            EXIT STATUS:
              0  shown
              1  a file cannot be read
              2  usage
              4  a file is refused
            """)

    @OptionGroup var options: RapporOptions

    @Option(help: "How many reports are decoded.")
    var reports: Int?

    @Option(help: "For how many strings together alpha bounds a false detection.")
    var candidates = 1

    @Option(help: "The probability of a false detection, between 0 and 1.")
    var alpha = 0.05

    @Option(help: "How the figures are written: table (for people), csv or json.")
    var format = OutputFormat.table

    public init() {}

    public func validate() throws {
        if let reports, !(1...CellNumber.limit).contains(reports) {
            throw ValidationError("--reports \(reports): is not within 1 to \(CellNumber.limit)")
        }
        guard (1...RapporMapFile.countLimit).contains(candidates) else {
            throw ValidationError("--candidates \(candidates): is not within 1 to \(RapporMapFile.countLimit)")
        }
        try RapporOptions.validate(alpha: alpha)
    }

    public func run() throws {
        let parameters = try options.read()
        let page = RapporPrivacyPage(
            parameters, reportCount: reports, falseDetections: alpha / Double(candidates))
        try StandardStreams.write(page.rendered(as: format))
    }
}
