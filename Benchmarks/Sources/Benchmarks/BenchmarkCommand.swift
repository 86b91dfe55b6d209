internal import ArgumentParser
internal import Foundation

@main
struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Benchmarks",
        abstract: "Measures operations beside what limits them and beside their peers.",
        discussion: """
            Run it at the root of the repository. Each row is measured in rounds, ours and its anchor in every round; \
            only their ratio counts. Rows whose anchors are not installed are skipped and say so.

            EXAMPLES
              Benchmarks --list
              Benchmarks --rows 1,3 --rounds 15

            EXIT CODES
              0  measured, whether goals are met or not
              1  a row could not be measured
              2  a wrong flag
            """)

    @Option(help: "The rows to measure, such as 1,3a; all rows by default.")
    var rows: String?

    @Option(help: "How many rounds a row is measured, 9 or more for results that are kept.")
    var rounds = 9

    @Option(help: "Store the results as JSON in this file, beside those that it has of other rows.")
    var json: String?

    @Option(help: "Write the results in the file of --json between the marks of this Markdown page.")
    var page: String?

    @Flag(help: "List the rows and measure nothing.")
    var list = false

    /// What `perf` listens to while this process does our side of a row alone.
    @Option(help: .hidden)
    var profiledAs: String?

    /// Every row, in the order of the table.
    private static var allRows: [any Row] {
        (encodingRows + countingRows + decodingRows).sorted {
            $0.name.localizedStandardCompare($1.name) == .orderedAscending
        }
    }

    func validate() throws {
        guard rounds > 0 else { throw ValidationError("--rounds is \(rounds); give 1 or more") }
        guard page == nil || json != nil else { throw ValidationError("--page shows what --json stores: give both") }
        if let page { try Table.check(page: page) }
        _ = try chosenRows()
    }

    /// The rows of `--rows`.
    private func chosenRows() throws -> [any Row] {
        let all = Self.allRows
        guard let rows else { return all }
        var chosen: Set<String> = []
        for wanted in rows.split(separator: ",").map(String.init) {
            let names = all.map(\.name).filter { $0 == wanted || $0.trimmingSuffix(while: \.isLetter) == wanted }
            guard !names.isEmpty else { throw ValidationError("there is no row \(wanted): see --list") }
            chosen.formUnion(names)
        }
        return all.filter { chosen.contains($0.name) }
    }

    func run() throws {
        let rows = try chosenRows()
        if list {
            for row in rows { print("\(row.name)\t\(row.operation), against \(row.anchor): \(row.goal.description)") }
            return
        }
        if let profiledAs {
            for row in rows { try Profile.runOurs(row, rounds: rounds, control: profiledAs) }
            return
        }
        let runner = Runner(rounds: rounds, machine: .current())
        var results: [RowResult] = []
        for row in rows { results.append(try runner.result(of: row)) }
        for index in results.indices where results[index].outcome == .missed {
            progress("\(results[index].name): profile")
            results[index].profile = try Profile.shares(ofRow: results[index].name, rounds: rounds)
        }
        progress("")
        print(Table.text(results), terminator: "")
        guard let json else { return }
        var file = ResultFile(at: json, on: runner.machine)
        file.merge(results, order: Self.allRows.map(\.name))
        try file.write(to: json)
        if let page { try Table.update(page: page, with: file) }
    }
}

extension StringProtocol {
    /// The string without the characters at its end that fulfil a condition.
    func trimmingSuffix(while condition: (Character) -> Bool) -> String {
        String(String(reversed().drop(while: condition)).reversed())
    }
}
