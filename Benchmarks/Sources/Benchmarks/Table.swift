internal import Foundation

/// Results as people read them.
enum Table {
    private static let heads = ["#", "operation", "anchor", "goal", "ratio", "range", "outcome"]

    private static func cells(_ row: RowResult) -> [String] {
        let hasRatio = !row.ratios.isEmpty
        return [
            row.name, row.operation, row.anchor, row.goal, hasRatio ? number(row.median) : "–",
            hasRatio ? "\(number(row.ratios.min() ?? .nan))–\(number(row.ratios.max() ?? .nan))" : "–",
            row.outcome.rawValue,
        ]
    }

    /// For a terminal: a line a row, and the reason where there is one.
    static func text(_ rows: [RowResult]) -> String {
        let table = [heads] + rows.map(cells)
        let widths = heads.indices.map { column in table.map { $0[column].count }.max() ?? 0 }
        let lines = table.map { row in
            zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(separator: "  ")
        }
        return zip(lines, [[]] + rows.map(remarks)).map { line, remarks in
            ([line] + remarks.map { "      " + $0 }).joined(separator: "\n") + "\n"
        }.joined()
    }

    /// Why a row was skipped or missed, and the profile of ours.
    private static func remarks(_ row: RowResult) -> [String] {
        [row.reason, row.profile.map { "profile: " + $0.joined(separator: ", ") }].compactMap(\.self)
    }

    /// For the published page: the machine, the table, then the reasons.
    static func markdown(_ file: ResultFile) -> String {
        let machine = file.machine, gibibytes = Double(machine.memoryByteCount) / 1_073_741_824
        let rounds = file.rows.map(\.ratios.count).filter { $0 > 0 }.min() ?? 0
        var text = """
            \(machine.processorCount) × \(machine.processor), \(number(gibibytes)) GiB, \(machine.kernel); \
            \(machine.compiler). Ratios are medians over at least \(rounds) rounds.

            | # | Operation | Anchor | Goal | Ratio | Least–most | ours, ns | anchor, ns | | Commit | Date |
            |---|---|---|---|--:|--:|--:|--:|---|---|---|

            """
        for row in file.rows {
            let outcome = row.outcome == .met ? "met" : "**\(row.outcome.rawValue)**"
            let times = [row.oursSecondsPerUnit, row.anchorSecondsPerUnit].map { $0.map { number($0 * 1e9) } ?? "–" }
            let fields = cells(row).dropLast() + times + [outcome, "`\(row.commit)`", String(row.date.prefix(10))]
            text += "| " + fields.joined(separator: " | ") + " |\n"
        }
        let explained = file.rows.filter { !remarks($0).isEmpty }
        if !explained.isEmpty { text += "\n" }
        for row in explained {
            text += "- **\(row.name)**, \(row.outcome.rawValue): \(remarks(row).joined(separator: "; "))\n"
        }
        return text
    }

    /// Makes sure that there is a page with marks, before minutes are spent on measuring.
    static func check(page path: String) throws {
        guard let page = try? String(contentsOfFile: path, encoding: .utf8),
            page.contains("<!-- measured -->\n"), page.contains("<!-- end -->")
        else { throw PageWithoutMarks(path: path) }
    }

    /// Puts the results between the marks of a page.
    static func update(page path: String, with file: ResultFile) throws {
        let page = try String(contentsOfFile: path, encoding: .utf8)
        guard let start = page.range(of: "<!-- measured -->\n"),
            let end = page.range(of: "<!-- end -->", range: start.upperBound..<page.endIndex)
        else { throw PageWithoutMarks(path: path) }
        let updated = page[..<start.upperBound] + "\n" + markdown(file) + "\n" + page[end.lowerBound...]
        try updated.write(toFile: path, atomically: true, encoding: .utf8)
    }

    private struct PageWithoutMarks: Error, CustomStringConvertible {
        let path: String
        var description: String {
            "--page \(path): is no page with lines <!-- measured --> and <!-- end --> to write between"
        }
    }
}

/// A number by three digits, or by all of those before the point.
func number(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    let digits = value == 0 ? 0 : max(0, min(6, 2 - Int(floor(log10(abs(value))))))
    var text = String(format: "%.\(digits)f", value)
    while text.contains("."), text.hasSuffix("0") || text.hasSuffix(".") { text.removeLast() }
    return text
}
