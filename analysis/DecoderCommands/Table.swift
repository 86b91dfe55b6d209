internal import RegistryCompiler

/// A result in rows and named columns, which renders in every ``OutputFormat``.
public struct Table: Hashable, Sendable {
    /// The names of the columns, which are also the keys of the JSON objects.
    public let columns: [String]
    /// The rows, each with one cell per column.
    public private(set) var rows: [[Cell]] = []

    /// A table without rows.
    public init(columns: [String]) { self.columns = columns }

    /// Appends a row of one cell per column.
    public mutating func append(_ row: [Cell]) {
        precondition(row.count == columns.count, "a row has one cell per column")
        rows.append(row)
    }

    /// The table as text, with a newline at its end.
    ///
    /// - Parameter schema: of a table that is all of a command's output; each object of the JSON says it.
    public func rendered(as format: OutputFormat, schema: OutputSchema? = nil) -> String {
        switch format {
        case .table: text
        case .csv: csv
        case .json: json(schema).rendered + "\n"
        }
    }

    /// An array of one object per row.
    public var json: JSONOutput { json(nil) }

    private func json(_ schema: OutputSchema?) -> JSONOutput {
        let head = schema.map { [$0.member] } ?? []
        return .array(rows.map { row in .object(head + zip(columns, row).map { ($0, .cell($1)) }) })
    }

    private var text: String { lines(shown: \.shown, width: \.count).map { $0 + "\n" }.joined() }

    /// The header and the rows, with columns padded to one width and two spaces apart; numbers to the right.
    func lines(shown: (Cell) -> String, width: (String) -> Int) -> [String] {
        let cells = [columns] + rows.map { $0.map(shown) }
        let widths = columns.indices.map { column in cells.map { width($0[column]) }.max() ?? 0 }
        let isNumeric = columns.indices.map { column in !rows.isEmpty && rows.allSatisfy { $0[column].isNumberOrNull } }
        return cells.map { row in
            let padded = row.enumerated().map { column, content in
                let padding = String(repeating: " ", count: widths[column] - width(content))
                return isNumeric[column] ? padding + content : content + padding
            }
            let line = padded.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    private var csv: String {
        ([columns.map { .text($0) }] + rows).map(Self.separatedLine).joined()
    }

    /// A line of CSV.
    static func separatedLine(of cells: [Cell]) -> String { cells.map(\.separated).joined(separator: ",") + "\n" }
}
