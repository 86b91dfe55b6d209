public import ArgumentParser

/// `dither rappor`: google/rappor's files and commands.
public struct RapporCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "rappor",
        abstract: "Decode google/rappor's reports, and test the decoder.",
        discussion: """
            EXAMPLES:
              dither rappor regtest --family demo_zipf1_1M

            \(DitherCommand.exitStatusHelp)
            """,
        subcommands: [RapporRegtestCommand.self])

    public init() {}
}
