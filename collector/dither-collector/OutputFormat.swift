internal import ArgumentParser

/// How a result is written.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
    /// For people: aligned columns.
    case table
    /// For spreadsheets: RFC 4180 with a header line.
    case csv
    /// For programs: an array of objects.
    case json
}

/// The names of what commands write as JSON, with their versions; docs/schemas has a schema for each. A version is raised
/// when a member goes, or its type or meaning changes.
enum OutputSchema: String {
    case config = "dither-collector.config/1"
    case doctor = "dither-collector.doctor/1"
    case inspectCounters = "dither-collector.inspect-counters/1"
    case inspectDays = "dither-collector.inspect-days/1"
    case inspectFile = "dither-collector.inspect-file/1"
    case inspectMetrics = "dither-collector.inspect-metrics/1"
    case tokenList = "dither-collector.token-list/1"
    case verify = "dither-collector.verify/1"

    fileprivate var member: String { "\"schema\": \"\(rawValue)\"" }
}

/// A result in rows and named columns.
struct ResultTable {
    enum Cell {
        /// Words of ours or names of metrics, which have no quotes and no commas; sentences have.
        case text(String)
        case integer(Int)
        /// Empty, and null in JSON.
        case nothing

        fileprivate var shown: String {
            switch self {
            case .text(let text): text
            case .integer(let value): String(value)
            case .nothing: ""
            }
        }

        fileprivate var json: String {
            switch self {
            case .text(let text): ResultTable.quoted(text)
            case .integer(let value): String(value)
            case .nothing: "null"
            }
        }

        fileprivate var isNumber: Bool { if case .integer = self { true } else { false } }
    }

    let columns: [String]
    private(set) var rows: [[Cell]] = []

    init(columns: [String]) { self.columns = columns }

    mutating func append(_ row: [Cell]) { rows.append(row) }

    /// The table as text, with a newline at its end.
    ///
    /// - Parameter schema: the first member of each object of the JSON.
    func rendered(as format: OutputFormat, schema: OutputSchema) -> String {
        switch format {
        case .table: text
        case .csv: csv
        case .json: json(schema)
        }
    }

    private var text: String {
        let cells = [columns] + rows.map { $0.map(\.shown) }
        let widths = columns.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        let isNumeric = columns.indices.map { column in rows.contains { $0[column].isNumber } }
        return cells.map { row in
            let padded = row.enumerated().map { column, content in
                let padding = String(repeating: " ", count: widths[column] - content.count)
                if isNumeric[column] { return padding + content }
                return column == columns.count - 1 ? content : content + padding
            }
            return padded.joined(separator: "  ") + "\n"
        }.joined()
    }

    private var csv: String {
        func field(_ text: String) -> String {
            guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
            return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
        }
        return ([columns] + rows.map { $0.map(\.shown) }).map { $0.map(field).joined(separator: ",") + "\n" }.joined()
    }

    private func json(_ schema: OutputSchema) -> String {
        guard !rows.isEmpty else { return "[]\n" }
        let objects = rows.map { row in
            let members = zip(columns, row).map { column, cell in "\"\(column)\": \(cell.json)" }
            return "  {\(([schema.member] + members).joined(separator: ", "))}"
        }
        return "[\n" + objects.joined(separator: ",\n") + "\n]\n"
    }

    fileprivate static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
