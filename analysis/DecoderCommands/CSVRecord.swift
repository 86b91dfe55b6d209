internal import RegistryCompiler

/// One record of a CSV file by RFC 4180, taken byte by byte.
struct CSVRecord {
    /// A cell's place in the record.
    struct Cell: Hashable {
        /// Where it starts, with its quotation mark if it has one.
        let start: Int
        /// Its bytes, without the quotation marks around it.
        let content: Range<Int>
        let isQuoted: Bool
        /// Whether quotation marks inside are written twice.
        let hasDoubledQuotes: Bool
    }

    /// What is wrong with a record, at a byte of it.
    struct Fault: Error, Hashable {
        enum Reason: Hashable { case quoteInPlainCell, textAfterQuote, bareCarriageReturn, unclosedQuote, tooLong }
        let reason: Reason
        let offset: Int
    }

    private enum State { case cellStart, plain, quoted, quoteInQuoted, carriageReturn, complete }

    /// The line of the file on which the record starts, from 1.
    private(set) var line: Int
    /// The record as it stands in the file, without the line break at its end.
    private(set) var bytes: [UInt8] = []
    private(set) var cells: [Cell] = []
    /// How many line breaks have been taken.
    private(set) var lineBreakCount = 0
    private var state = State.cellStart
    private var cellStart = 0
    private var hasDoubledQuotes = false

    init(line: Int) { self.line = line }

    /// Begins another record, in the memory of this one.
    mutating func reset(line: Int) {
        self.line = line
        bytes.removeAll(keepingCapacity: true)
        cells.removeAll(keepingCapacity: true)
        (lineBreakCount, state, cellStart, hasDoubledQuotes) = (0, .cellStart, 0, false)
    }

    /// Whether the line is empty.
    var isBlank: Bool { cells.count == 1 && bytes.isEmpty }

    /// Takes the next byte of the file; whether it completes the record.
    mutating func take(_ byte: UInt8) throws(Fault) -> Bool {
        if byte == 0x0A { lineBreakCount += 1 }
        switch (state, byte) {
        case (.cellStart, 0x22): state = .quoted
        case (.plain, 0x22): throw fault(.quoteInPlainCell)
        case (.quoted, 0x22): state = .quoteInQuoted
        case (.quoteInQuoted, 0x22): (state, hasDoubledQuotes) = (.quoted, true)
        case (.quoted, _): break
        case (.carriageReturn, 0x0A): return complete()
        case (.carriageReturn, _): throw fault(.bareCarriageReturn)
        case (_, 0x0A):
            endCell()
            return complete()
        case (_, 0x0D):
            endCell()
            state = .carriageReturn
            return false
        case (_, 0x2C):
            endCell()
            (state, cellStart, hasDoubledQuotes) = (.cellStart, bytes.count + 1, false)
        case (.quoteInQuoted, _): throw fault(.textAfterQuote)
        default: state = .plain
        }
        guard bytes.count < CSVFile.rowByteLimit else { throw fault(.tooLong) }
        bytes.append(byte)
        return false
    }

    /// Takes a whole line without quotation marks, which is a record; its line break is left out.
    mutating func takePlainLine(_ line: UnsafeBufferPointer<UInt8>) {
        precondition(bytes.isEmpty && cells.isEmpty, "a record begins")
        bytes.append(contentsOf: line)
        var start = 0
        for index in 0...line.count where index == line.count || line[index] == 0x2C {
            cells.append(Cell(start: start, content: start..<index, isQuoted: false, hasDoubledQuotes: false))
            start = index + 1
        }
        (lineBreakCount, state) = (1, .complete)
    }

    /// The bytes of a cell without quotation marks around it; those inside may be doubled.
    func withBytes<Result, Failure: Error>(
        of cell: Cell, _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try bytes.withUnsafeBufferPointer { (bytes) throws(Failure) in
            try body(UnsafeBufferPointer(rebasing: bytes[cell.content]))
        }
    }

    /// Takes the end of the file; whether it completes a record that has begun.
    mutating func end() throws(Fault) -> Bool {
        switch state {
        case .quoted: throw Fault(reason: .unclosedQuote, offset: cellStart)
        case .carriageReturn: throw fault(.bareCarriageReturn)
        case .cellStart where bytes.isEmpty: return false
        default:
            endCell()
            return complete()
        }
    }

    /// A cell's text, its doubled quotation marks made single; the record must be UTF-8.
    func text(of cell: Cell) -> String {
        guard cell.hasDoubledQuotes else { return String(decoding: bytes[cell.content], as: UTF8.self) }
        var text: [UInt8] = []
        var isSecondQuote = false
        for byte in bytes[cell.content] {
            isSecondQuote = byte == 0x22 && !isSecondQuote
            // Of each pair, the second is kept.
            if !isSecondQuote { text.append(byte) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The first byte that is not UTF-8; `nil` if all is.
    var firstInvalidOffset: Int? {
        // Files of numbers have no other bytes, and need no string made of each row.
        if bytes.reduce(0, |) < 0x80 { return nil }
        guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
        // The longest valid prefix ends where the first malformed sequence starts.
        var (valid, invalid) = (0, bytes.count)
        var decoder = UTF8(), iterator = bytes.makeIterator()
        while valid < invalid {
            guard case .scalarValue(let scalar) = decoder.decode(&iterator) else {
                invalid = valid
                break
            }
            valid += UTF8.width(scalar)
        }
        return valid
    }

    /// The place of a byte in the file; columns count characters of one scalar.
    func position(at offset: Int) -> SourcePosition {
        let before = bytes[..<min(offset, bytes.count)]
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
        return SourcePosition(line: line + before.count { $0 == 0x0A }, column: column)
    }

    private mutating func endCell() {
        let isQuoted = state == .quoteInQuoted
        let content = isQuoted ? cellStart + 1..<bytes.count - 1 : cellStart..<bytes.count
        cells.append(
            Cell(start: cellStart, content: content, isQuoted: isQuoted, hasDoubledQuotes: hasDoubledQuotes))
    }

    private mutating func complete() -> Bool {
        state = .complete
        return true
    }

    private func fault(_ reason: Fault.Reason) -> Fault { Fault(reason: reason, offset: bytes.count) }
}
