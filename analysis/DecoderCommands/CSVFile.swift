internal import RegistryCompiler

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

    private var reader: BlockReader
    private var record: CSVRecord
    private let headerLine: Int
    private var nextLine: Int
    private var isAtEnd = false

    /// Opens a file and reads its header row.
    ///
    /// - Throws: ``CommandError``, also for a file without a row.
    public init(path: String) throws(CommandError) {
        var reader = try BlockReader(path: path)
        var record = CSVRecord(line: 1)
        guard try Self.readRecord(from: &reader, path: path, firstLine: 1, blankIsRow: false, into: &record) else {
            throw Self.error(
                path, record, at: 0, "the file has no row", remedy: "Write the columns' names in the first.")
        }
        self.path = path
        self.reader = reader
        (self.record, nextLine) = (record, record.line + record.lineBreakCount)
        header = record.cells.map { record.text(of: $0) }
        headerLine = record.line
    }

    /// The line on which the current row starts, from 1; at first the header's.
    public var line: Int { record.line }

    /// The cells of the next row, as many as the header has; `nil` at the end, and after an error.
    ///
    /// - Throws: ``CommandError``.
    public mutating func nextRow() throws(CommandError) -> [String]? {
        guard !isAtEnd else { return nil }
        isAtEnd = true
        let blankIsRow = header.count == 1
        guard try Self.readRecord(from: &reader, path: path, firstLine: nextLine, blankIsRow: blankIsRow, into: &record)
        else { return nil }
        guard record.cells.count == header.count else {
            let cells = record.cells.count == 1 ? "1 cell" : "\(record.cells.count) cells"
            let start = record.cells[min(record.cells.count, header.count + 1) - 1].start
            throw Self.error(
                path, record, at: start, "the row has \(cells) where the header has \(header.count)",
                remedy: "Write a cell that holds commas between quotation marks.")
        }
        nextLine = record.line + record.lineBreakCount
        isAtEnd = false
        return record.cells.map { record.text(of: $0) }
    }

    /// Whether a cell of the current row stands between quotation marks: an empty one that does is an empty text, and
    /// one that does not is none.
    public func isQuoted(_ column: Int) -> Bool {
        precondition(record.cells.indices.contains(column), "there is a current row, and it has the column")
        return record.cells[column].isQuoted
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
        let cells = record.cells
        return Self.error(
            path, record, at: cells.indices.contains(column) ? cells[column].start : 0, what, remedy: remedy)
    }
}

extension CSVFile {
    /// Reads the next record; false at the end.
    ///
    /// - Parameter blankIsRow: whether an empty line is one, unless it is the last; otherwise all are skipped.
    private static func readRecord(
        from reader: inout BlockReader, path: String, firstLine: Int, blankIsRow: Bool, into record: inout CSVRecord
    ) throws(CommandError) -> Bool {
        record = CSVRecord(line: firstLine)
        while let byte = try reader.next() {
            guard try taking(&record, path: path, { record throws(CSVRecord.Fault) in try record.take(byte) }) else {
                continue
            }
            if !record.isBlank { return true }
            if blankIsRow, try !reader.isAtEnd() { return true }
            record = CSVRecord(line: record.line + 1)
        }
        return try taking(&record, path: path) { record throws(CSVRecord.Fault) in try record.end() }
    }

    /// Whether a step completes the record, which is then checked to be UTF-8.
    private static func taking(
        _ record: inout CSVRecord, path: String, _ step: (inout CSVRecord) throws(CSVRecord.Fault) -> Bool
    ) throws(CommandError) -> Bool {
        do {
            guard try step(&record) else { return false }
        } catch { throw Self.error(path, record, at: error.offset, error.reason.what, remedy: error.reason.remedy) }
        guard let offset = record.firstInvalidOffset else { return true }
        throw Self.error(path, record, at: offset, "the text is not UTF-8", remedy: "Save the file as UTF-8.")
    }

    private static func error(
        _ path: String, _ record: CSVRecord, at offset: Int, _ what: String, remedy: String
    ) -> CommandError {
        let position = record.position(at: offset)
        return CommandError(
            .validationFailed, "\(path):\(position.line):\(position.column): \(what). \(remedy)")
    }
}

extension CSVRecord.Fault.Reason {
    fileprivate var what: String {
        switch self {
        case .quoteInPlainCell: "a quotation mark stands inside a cell that does not start with one"
        case .textAfterQuote: "text stands behind the quotation mark that ends a cell"
        case .bareCarriageReturn: "a carriage return stands alone"
        case .unclosedQuote: "the quotation mark that starts this cell has no other that ends it"
        case .tooLong: "the row is longer than \(CSVFile.rowByteLimit) bytes"
        }
    }

    fileprivate var remedy: String {
        switch self {
        case .quoteInPlainCell, .textAfterQuote:
            "Write the cell between quotation marks, and each one inside it twice."
        case .bareCarriageReturn: "End lines with LF or CRLF, or write the cell between quotation marks."
        case .unclosedQuote: "End the cell with a quotation mark, and write each one inside it twice."
        case .tooLong: "Is a quotation mark missing before it?"
        }
    }
}
