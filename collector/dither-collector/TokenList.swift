internal import ArgumentParser
internal import CollectorService

/// `dither-collector token list`
struct TokenList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the tokens of a file: what they are for, and not what they are.",
        discussion: """
            EXAMPLES:
              dither-collector token list --tokens tokens
              dither-collector token list --tokens tokens --format csv

            EXIT CODES:
              0 done · 2 usage · 4 no list of tokens
            """)

    @OptionGroup var location: TokensOption

    @Option(help: "How the list is written: table (for people), csv or json.")
    var format = OutputFormat.table

    func run() throws {
        var table = ResultTable(columns: ["role", "name", "daily_quota", "state"])
        for token in try location.file.read().tokens {
            table.append([
                .text(token.role.rawValue), .text(token.name),
                token.dailyQuota > 0 ? .integer(token.dailyQuota) : .nothing,
                .text(token.digest == nil ? "revoked" : "valid"),
            ])
        }
        try Output.write(table.rendered(as: format, schema: .tokenList))
    }
}
