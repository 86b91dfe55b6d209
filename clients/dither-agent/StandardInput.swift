internal import Glibc
internal import TelemetryAgent

/// The lines of standard input, byte for byte: nothing is repaired, so that no other value is recorded than was given.
struct StandardInput {
    private var unread: ArraySlice<UInt8> = []
    private var isAtEnd = false

    /// The next line without its end, which is LF or CR LF; `nil` after the last.
    ///
    /// - Throws: ``AgentError/file(path:operation:errno:)`` when the system refuses to read.
    mutating func nextLine() throws(AgentError) -> ArraySlice<UInt8>? {
        var searched = unread.startIndex
        while true {
            if let end = unread[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = unread[..<end]
                unread = unread[(end + 1)...]
                return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            }
            guard !isAtEnd else {
                defer { unread = [] }
                return unread.isEmpty ? nil : unread
            }
            let searchedCount = unread.count
            try readMore()
            searched = unread.startIndex + searchedCount
        }
    }

    private mutating func readMore() throws(AgentError) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { read(STDIN_FILENO, $0.baseAddress, $0.count) }
        guard count >= 0 else {
            guard errno == EINTR else { throw .file(path: "standard input", operation: "read", errno: errno) }
            return
        }
        isAtEnd = count == 0
        unread += buffer[..<count]
    }
}
