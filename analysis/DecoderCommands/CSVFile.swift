/// A CSV file with a header row, read row by row: RFC 4180 in UTF-8, with lines that end in LF or CRLF, and cells with
/// commas, line breaks or doubled quotation marks between quotation marks.
///
/// A byte order mark at the start is skipped, and so are empty lines before the header and among rows of two and more
/// cells. Where the header has one cell, an empty line is a row whose cell is empty, as RFC 4180 writes it; one at the
/// very end of the file is still skipped. Pipes are read too. Memory is that of one row.
/// Every error is a ``CommandError`` whose message is `PATH:LINE:COLUMN: WHAT. REMEDY`, of status 1 for a file that
/// cannot be read and 4 for one whose content is refused.
public struct CSVFile: ~Copyable {
    /// The longest row that is read, in bytes.
    public static let rowByteLimit = 1 << 20

    /// The path, as it was given.
    public let path: String

    /// The cells of the first row: the columns' names.
    public let header: [String]

    private var reader: CSVReader
    private let headerLine: Int
    private var isAtEnd = false

    /// Opens a file and reads its header row.
    ///
    /// - Throws: ``CommandError``, also for a file without a row.
    public init(path: String) throws(CommandError) {
        var reader = try CSVReader(path: path)
        guard try reader.next() else {
            throw reader.error("the file has no row", remedy: "Write the columns' names in the first.")
        }
        self.path = path
        header = reader.texts
        headerLine = reader.line
        self.reader = reader
    }

    /// The line on which the current row starts, from 1; at first the header's.
    public var line: Int { reader.line }

    /// The cells of the next row, as many as the header has; `nil` at the end, and after an error.
    ///
    /// - Throws: ``CommandError``.
    public mutating func nextRow() throws(CommandError) -> [String]? {
        guard !isAtEnd else { return nil }
        isAtEnd = true
        guard try reader.next(blankIsRow: header.count == 1) else { return nil }
        try reader.requireCells(header.count, "the header has \(header.count)")
        isAtEnd = false
        return reader.texts
    }

    /// Whether a cell of the current row stands between quotation marks: an empty one that does is an empty text, and
    /// one that does not is none.
    public func isQuoted(_ column: Int) -> Bool {
        precondition(reader.record.cells.indices.contains(column), "there is a current row, and it has the column")
        return reader.record.cells[column].isQuoted
    }

    /// The position of a column in ``header`` and in every row.
    ///
    /// - Throws: ``CommandError`` if no column has the name, or several have.
    public func column(named name: String) throws(CommandError) -> Int {
        let columns = header.indices.filter { header[$0].utf8.elementsEqual(name.utf8) }
        guard let column = columns.first else {
            throw CommandError(
                .validationFailed,
                "\(path):\(headerLine):1: there is no column '\(name)'. It has: \(header.joined(separator: ", "))")
        }
        guard columns.count == 1 else {
            throw CommandError(
                .validationFailed,
                "\(path):\(headerLine):1: \(columns.count) columns have the name '\(name)'. Give each its own.")
        }
        return column
    }

    /// An error about a cell of the current row; behind the last row, about the end of the file.
    ///
    /// - Parameters:
    ///   - column: the cell's position in the row.
    ///   - what: what is wrong, without a full stop.
    ///   - remedy: what to do: one sentence.
    public func error(inColumn column: Int = 0, _ what: String, remedy: String) -> CommandError {
        reader.error(inColumn: column, what, remedy: remedy)
    }
}
