internal import Foundation

/// A file or pipe that is read block by block, and closed at the end of its life.
struct BlockReader: ~Copyable {
    private static let blockByteCount = 1 << 16
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private let path: String
    private let descriptor: Int32
    private var block = [UInt8](repeating: 0, count: blockByteCount)
    private var (position, end) = (0, 0)

    /// Opens a file, and skips the byte order mark that it may start with.
    init(path: String) throws(CommandError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.error(path) }
        // A pipe may give its first bytes one by one.
        while end < Self.byteOrderMark.count, try readMore() {}
        if block.starts(with: Self.byteOrderMark) { position = Self.byteOrderMark.count }
    }

    deinit { close(descriptor) }

    /// The next byte; `nil` at the end.
    mutating func next() throws(CommandError) -> UInt8? {
        guard try !isAtEnd() else { return nil }
        defer { position += 1 }
        return block[position]
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
            return count > 0
        }
    }

    private static func error(_ path: String) -> CommandError {
        CommandError(.runtimeFailure, "\(path): cannot be read: \(String(cString: strerror(errno)))")
    }
}
