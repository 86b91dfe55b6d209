/// How results are printed.
enum OutputFormat: String {
    case table, csv, json
}

/// A result: named columns and rows of text, numbers or nothing.
struct ResultTable {
    /// The name and version of its schema in `docs/schemas`, with which each row of the JSON begins.
    var schema: String
    /// One cell.
    enum Cell {
        case text(String)
        case number(String)
        case truth(Bool)
        case nothing
    }

    var columns: [String]
    var rows: [[Cell]]

    /// The result in a format, with a newline at its end.
    func rendered(as format: OutputFormat) -> String {
        switch format {
        case .table: table
        case .csv: csv
        case .json: json
        }
    }

    private var table: String {
        guard !rows.isEmpty else { return "nothing\n" }
        let lines = [columns] + rows.map { $0.map(Self.plain) }
        let widths = columns.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            var text = ""
            for (column, cell) in line.enumerated() {
                text += cell
                if column < line.count - 1 {
                    text += String(repeating: " ", count: widths[column] - cell.count + 2)
                }
            }
            return text + "\n"
        }.joined()
    }

    private var csv: String {
        ([columns] + rows.map { $0.map(Self.plain) })
            .map { $0.map(Self.quoted).joined(separator: ",") + "\n" }.joined()
    }

    private var json: String {
        let objects = rows.map { row in
            let members = [("schema", Cell.text(schema))] + zip(columns, row)
            return "{" + members.map { "\(Self.jsonText($0)):\(Self.jsonCell($1))" }.joined(separator: ",") + "}"
        }
        return "[" + objects.joined(separator: ",\n ") + "]\n"
    }

    private static func plain(_ cell: Cell) -> String {
        switch cell {
        case .text(let text): printable(text)
        case .number(let text): text
        case .truth(let truth): truth ? "true" : "false"
        case .nothing: ""
        }
    }

    private static func quoted(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@\t\r".contains($0) } ?? false
        let safe = isFormula ? "'" + text : text
        guard safe.contains(where: { ",\"\n\r".contains($0) }) else { return safe }
        return "\"" + safe.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
    }

    private static func jsonCell(_ cell: Cell) -> String {
        switch cell {
        case .text(let text): jsonText(text)
        case .number(let text): text
        case .truth(let truth): truth ? "true" : "false"
        case .nothing: "null"
        }
    }

    private static func jsonText(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 32 || (127...159).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// Text without what steers a terminal or turns its direction.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.filter { scalar in
                    scalar.value >= 32 && !(127...159).contains(scalar.value)
                        && !(0x202A...0x202E).contains(scalar.value) && !(0x2066...0x2069).contains(scalar.value)
                }))
    }
}
