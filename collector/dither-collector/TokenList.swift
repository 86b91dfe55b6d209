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

    /// How the list is written.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, csv, json
    }

    @OptionGroup var location: TokensOption

    @Option(help: ArgumentHelp("How to write it.", valueName: "table|csv|json"))
    var format = Format.table

    func run() throws {
        let tokens = try location.file.read().tokens
        // Names, roles and words have no letter that CSV or JSON would have to mask.
        let rows = tokens.map { token in
            [
                token.role.rawValue, token.name, token.dailyQuota > 0 ? String(token.dailyQuota) : "none",
                token.digest == nil ? "revoked" : "valid",
            ]
        }
        let header = ["role", "name", "daily_quota", "state"]
        switch format {
        case .csv: for row in [header] + rows { print(row.joined(separator: ",")) }
        case .json: print(Self.json(tokens))
        case .table: Self.printTable([header] + rows)
        }
    }

    private static func json(_ tokens: [AccessToken]) -> String {
        let items = tokens.map { token in
            "{\"role\":\"\(token.role.rawValue)\",\"name\":\"\(token.name)\","
                + "\"daily_quota\":\(token.dailyQuota > 0 ? String(token.dailyQuota) : "null"),"
                + "\"state\":\"\(token.digest == nil ? "revoked" : "valid")\"}"
        }
        return "{\"tokens\":[" + items.joined(separator: ",") + "]}"
    }

    private static func printTable(_ rows: [[String]]) {
        let widths = (0..<4).map { column in rows.map { $0[column].utf8.count }.max() ?? 0 }
        for row in rows {
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.utf8.count) }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            print(line)
        }
    }
}
