/// The lines of a file or stream, without their line feeds; memory is that of one line.
struct LineReader: ~Copyable {
    /// The longest line that is read, in bytes.
    static let byteLimit = 1 << 20

    private var blocks: BlockReader
    private var line: [UInt8] = []
    private var number = 0

    /// Opens a file, or standard input for `nil` or `-`; a byte order mark at the start is skipped.
    ///
    /// - Throws: ``CommandError`` of status 1.
    init(pathOrInput path: String?) throws(CommandError) {
        blocks = try BlockReader(pathOrInput: path)
    }

    /// How many bytes have been read, and of how many; `nil` for a pipe.
    var progress: (done: Int, total: Int)? { blocks.progress }

    /// The next line; `nil` at the end.
    ///
    /// - Throws: ``CommandError``: of status 4 where a line is too long or not UTF-8, and 1 where it cannot be read.
    mutating func next() throws(CommandError) -> [UInt8]? {
        guard try !blocks.isAtEnd() else { return nil }
        line.removeAll(keepingCapacity: true)
        number += 1
        while let byte = try blocks.next(), byte != 0x0A {
            guard line.count < Self.byteLimit else {
                throw CommandError(
                    .validationFailed,
                    "\(blocks.path):\(number):1: the line is longer than \(Self.byteLimit) bytes. Write one string a line."
                )
            }
            line.append(byte)
        }
        guard line.reduce(0, |) < 0x80 || String(validating: line, as: UTF8.self) != nil else {
            throw CommandError(
                .validationFailed, "\(blocks.path):\(number):1: the text is not UTF-8. Save the file as UTF-8.")
        }
        return line
    }
}
