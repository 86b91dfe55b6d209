internal import Foundation

/// A file or pipe that is read block by block, and closed at the end of its life.
struct BlockReader: ~Copyable {
    private static let blockByteCount = 1 << 16
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The path as it was given, or the words for standard input.
    let path: String
    private let descriptor: Int32
    private var block = [UInt8](repeating: 0, count: blockByteCount)
    private var (position, end) = (0, 0)
    private var readByteCount = 0
    private let fileByteCount: Int?

    /// Opens a file, and skips the byte order mark that it may start with.
    init(path: String) throws(CommandError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.error(path) }
        try self.init(descriptor: descriptor, path: path)
    }

    /// Opens a file, or standard input for `nil` or `-`.
    init(pathOrInput path: String?) throws(CommandError) {
        if let path, path != "-" {
            try self.init(path: path)
        } else {
            try self.init(descriptor: dup(STDIN_FILENO), path: "standard input")
        }
    }

    /// Takes an open file, which it will close, and skips the byte order mark that it may start with.
    private init(descriptor: Int32, path: String) throws(CommandError) {
        (self.descriptor, self.path) = (descriptor, path)
        var status = stat()
        let isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        fileByteCount = isFile ? Int(status.st_size) : nil
        // A pipe may give its first bytes one by one.
        while end < Self.byteOrderMark.count, try readMore() {}
        if block.starts(with: Self.byteOrderMark) { position = Self.byteOrderMark.count }
    }

    deinit { close(descriptor) }

    /// How many bytes have been handed out, and of how many; `nil` for a pipe.
    var progress: (done: Int, total: Int)? { fileByteCount.map { (min(readByteCount - (end - position), $0), $0) } }

    /// The next byte; `nil` at the end.
    mutating func next() throws(CommandError) -> UInt8? {
        guard try !isAtEnd() else { return nil }
        defer { position += 1 }
        return block[position]
    }

    /// Moves the next line to a record that begins, where the block holds it to its end and nothing in it needs a
    /// closer look: quotation marks, or carriage returns but the last. Otherwise false, and
    /// nothing is taken.
    mutating func takePlainLine(into record: inout CSVRecord) -> Bool {
        let taken: Int? = block.withUnsafeBufferPointer { block in
            let rest = UnsafeBufferPointer(rebasing: block[position..<end])
            guard let lineBreak = Self.offset(of: 0x0A, in: rest) else { return nil }
            let hasReturn = lineBreak > 0 && rest[lineBreak - 1] == 0x0D
            let line = UnsafeBufferPointer(rebasing: rest[..<(hasReturn ? lineBreak - 1 : lineBreak)])
            guard Self.offset(of: 0x22, in: line) == nil, Self.offset(of: 0x0D, in: line) == nil else { return nil }
            record.takePlainLine(line)
            return lineBreak + 1
        }
        guard let taken else { return false }
        position += taken
        return true
    }

    private static func offset(of byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let start = bytes.baseAddress, let found = memchr(start, Int32(byte), bytes.count) else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(start)
    }

    /// Whether no byte follows; waits for a pipe's next.
    mutating func isAtEnd() throws(CommandError) -> Bool {
        guard position == end else { return false }
        (position, end) = (0, 0)
        return try !readMore()
    }

    /// Reads behind what the block holds; false at the end of the file.
    private mutating func readMore() throws(CommandError) -> Bool {
        while true {
            // Safe because the block is not empty, so that it has an address.
            let count = block.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + end, $0.count - end) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.error(path) }
            end += count
            readByteCount += count
            return count > 0
        }
    }

    private static func error(_ path: String) -> CommandError {
        CommandError(.runtimeFailure, "\(path): cannot be read: \(String(cString: strerror(errno)))")
    }
}
