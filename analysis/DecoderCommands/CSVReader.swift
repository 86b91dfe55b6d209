internal import RegistryCompiler

/// The records of a CSV file or stream one after the other, whether or not the first names columns: RFC 4180 in UTF-8, as
/// ``CSVFile`` describes it.
///
/// Memory is that of one record. Cells are bytes until somebody asks for text, so that files of numbers are read at some
/// hundred megabytes a second.
struct CSVReader: ~Copyable {
    /// The path as it was given, or the words for a stream.
    let path: String
    /// The current record: empty before the first and behind the last.
    private(set) var record = CSVRecord(line: 1)
    private var blocks: BlockReader
    private var nextLine = 1

    /// Opens a file.
    ///
    /// - Throws: ``CommandError`` of status 1.
    init(path: String) throws(CommandError) { self.init(try BlockReader(path: path), path: path) }

    /// Opens a file, or standard input for `nil` or `-`.
    ///
    /// - Throws: ``CommandError`` of status 1.
    init(pathOrInput path: String?) throws(CommandError) {
        let blocks = try BlockReader(pathOrInput: path)
        let path = blocks.path
        self.init(blocks, path: path)
    }

    private init(_ blocks: consuming BlockReader, path: String) {
        self.blocks = blocks
        self.path = path
    }

    /// The line on which the current record starts, from 1.
    var line: Int { record.line }

    /// How many bytes have been read, and of how many; `nil` for a pipe.
    var progress: (done: Int, total: Int)? { blocks.progress }

    /// Reads the next record; false at the end.
    ///
    /// - Parameter blankIsRow: whether an empty line is one, unless it is the last; otherwise all are skipped.
    /// - Throws: ``CommandError`` of status 4 for what is malformed, and 1 for what cannot be read.
    mutating func next(blankIsRow: Bool = false) throws(CommandError) -> Bool {
        record.reset(line: nextLine)
        while try readRecord() {
            if let offset = record.firstInvalidOffset {
                throw self.error(at: offset, "the text is not UTF-8", remedy: "Save the file as UTF-8.")
            }
            var isRow = !record.isBlank
            if !isRow, blankIsRow { isRow = try !blocks.isAtEnd() }
            if isRow {
                nextLine = record.line + record.lineBreakCount
                return true
            }
            record.reset(line: record.line + 1)
        }
        return false
    }

    private mutating func readRecord() throws(CommandError) -> Bool {
        guard try !blocks.isAtEnd() else { return false }
        if blocks.takePlainLine(into: &record) { return true }
        while let byte = try blocks.next() {
            if try taking({ (record) throws(CSVRecord.Fault) in try record.take(byte) }) { return true }
        }
        return try taking { (record) throws(CSVRecord.Fault) in try record.end() }
    }

    /// Whether a step completes the record.
    private mutating func taking(
        _ step: (inout CSVRecord) throws(CSVRecord.Fault) -> Bool
    ) throws(CommandError) -> Bool {
        do { return try step(&record) } catch {
            throw self.error(at: error.offset, error.reason.what, remedy: error.reason.remedy)
        }
    }
}

extension CSVReader {
    /// The cells of the current record as text.
    var texts: [String] { record.cells.map { record.text(of: $0) } }

    /// Checks that the current record has so many cells.
    ///
    /// - Parameter owner: what says so, as in "the header has 3".
    /// - Throws: ``CommandError`` of status 4.
    func requireCells(
        _ count: Int, _ owner: @autoclosure () -> String,
        remedy: String = "Write a cell that holds commas between quotation marks."
    ) throws(CommandError) {
        guard record.cells.count != count else { return }
        let cells = record.cells.count == 1 ? "1 cell" : "\(record.cells.count) cells"
        throw error(
            inColumn: min(record.cells.count, count + 1) - 1, "the row has \(cells) where \(owner())", remedy: remedy)
    }

    /// An error about a cell of the current record; behind the last one, about the end of the file.
    ///
    /// - Parameters:
    ///   - column: the cell's position in the record.
    ///   - what: what is wrong, without a full stop.
    ///   - remedy: what to do: one sentence.
    func error(inColumn column: Int = 0, _ what: String, remedy: String) -> CommandError {
        let cells = record.cells
        return error(at: cells.indices.contains(column) ? cells[column].start : 0, what, remedy: remedy)
    }

    private func error(at offset: Int, _ what: String, remedy: String) -> CommandError {
        let position = record.position(at: offset)
        return CommandError(.validationFailed, "\(path):\(position.line):\(position.column): \(what). \(remedy)")
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
