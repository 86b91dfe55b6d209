internal import Glibc
internal import MetricDefinitions
internal import TelemetryAgent

/// The lines of standard input, byte for byte: nothing is repaired, so that no other value is recorded than was given.
/// A line is wiped when the next one is asked for, and what was read last when the input is let go.
final class StandardInput {
    /// No value is nearly as long as this many bytes, so that a line that goes on is none.
    private static let lineByteLimit = 65_536

    private let metric: String
    private var memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 4096)
    /// The bytes read that no line took so far.
    private var unread = 0..<0
    private var isAtEnd = false

    /// The lines of values of a metric, which errors name.
    init(metric: String) { self.metric = metric }

    deinit { discard() }

    /// The next line without its end, which is LF or CR LF; `nil` after the last. Valid until the next call.
    ///
    /// - Throws: ``AgentError/file(path:operation:errno:)`` when the system refuses to read.
    func nextLine() throws(AgentError) -> UnsafeBufferPointer<UInt8>? {
        wipe(upTo: unread.lowerBound)
        var searched = unread.lowerBound
        while true {
            if let end = memory[searched..<unread.upperBound].firstIndex(of: UInt8(ascii: "\n")) {
                let line = take(upTo: end, next: end + 1)
                return line.last == UInt8(ascii: "\r") ? UnsafeBufferPointer(rebasing: line.dropLast()) : line
            }
            guard !isAtEnd else {
                return unread.isEmpty ? nil : take(upTo: unread.upperBound, next: unread.upperBound)
            }
            guard unread.count < Self.lineByteLimit else { throw .value(metric: metric, .textTooLong) }
            let searchedCount = unread.count
            try readMore()
            searched = unread.lowerBound + searchedCount
        }
    }

    private func take(upTo end: Int, next: Int) -> UnsafeBufferPointer<UInt8> {
        let line = UnsafeBufferPointer(rebasing: memory[unread.lowerBound..<end])
        unread = next..<unread.upperBound
        return line
    }

    private func readMore() throws(AgentError) {
        makeRoom()
        let free = UnsafeMutableBufferPointer(rebasing: memory[unread.upperBound...])
        let count = read(STDIN_FILENO, free.baseAddress, free.count)
        guard count >= 0 else {
            guard errno == EINTR else { throw .file(path: "standard input", operation: "read", errno: errno) }
            return
        }
        isAtEnd = count == 0
        unread = unread.lowerBound..<(unread.upperBound + count)
    }

    /// Moves what is unread to the beginning of the memory, of twice the size if it is full.
    private func makeRoom() {
        guard unread.upperBound == memory.count else { return }
        let larger = UnsafeMutableBufferPointer<UInt8>.allocate(
            capacity: unread.count == memory.count ? 2 * memory.count : memory.count)
        _ = larger.update(fromContentsOf: memory[unread])
        discard()
        (memory, unread) = (larger, 0..<unread.count)
    }

    private func discard() {
        wipe(upTo: unread.upperBound)
        memory.deallocate()
    }

    private func wipe(upTo end: Int) {
        if let start = memory.baseAddress { explicit_bzero(start, end) }
    }
}
