public import ArgumentParser

/// `dither rappor`: google/rappor's files and commands.
public struct RapporCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "rappor",
        abstract: "Count, hash and decode in the file formats of google/rappor.",
        discussion: """
            For reports that google/rappor's Python or C++ client made. 'sum-bits' counts them, 'hash-candidates' makes \
            the map of the strings to look for, and 'decode' finds which of those occur and how often. The formats are \
            google/rappor's, byte by byte; the estimates are better.

            EXAMPLES:
              dither rappor sum-bits --params params.csv < reports.csv > counts.csv
              dither rappor hash-candidates --params params.csv < words.txt > map.csv
              dither rappor decode --params params.csv --counts counts.csv --map map.csv
              dither rappor privacy --params params.csv --reports 1000000 --candidates 100

            \(DitherCommand.exitStatusHelp)
            """,
        subcommands: [
            RapporSumBitsCommand.self,
            RapporHashCandidatesCommand.self,
            RapporDecodeCommand.self,
            RapporPrivacyCommand.self,
        ])

    public init() {}
}
