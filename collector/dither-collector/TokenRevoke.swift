internal import ArgumentParser
internal import CollectorService

/// `dither-collector token revoke`
struct TokenRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take a token's rights away, as soon as the collector rereads the file.",
        discussion: """
            The name stays in the file: where tokens were asked for, they still are when the last is revoked.

            EXAMPLES:
              dither-collector token revoke --tokens tokens --name fleet-2026 && systemctl reload dither-collector

            EXIT CODES:
              0 done · 1 the file cannot be written · 2 usage, or no such token · 4 no list of tokens ·
              6 another change is under way
            """)

    @OptionGroup var location: TokensOption

    @Option(help: ArgumentHelp("The token's name.", valueName: "name"))
    var name: String

    func run() throws {
        try location.file.change(creating: false) { (list) throws(CollectorError) in
            guard list.revoke(name) else { throw .tokenUnknown(name) }
        }
    }
}
