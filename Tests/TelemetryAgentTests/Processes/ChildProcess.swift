import Foundation
import Glibc

/// Why a process of a test could not be started.
struct ChildProcessFailure: Error, CustomStringConvertible {
    var description: String
}

/// A process that a test starts, and may kill at any moment.
final class ChildProcess {
    /// How a process ended and what it said.
    struct Outcome: Sendable {
        /// The exit status; 128 plus the signal's number if a signal ended it.
        var status: Int32
        var output: String
        var complaint: String

        var wasKilled: Bool { status == 128 + SIGKILL }
    }

    let identifier: pid_t
    fileprivate let input: FileHandle
    private let output: FileHandle
    private let complaint: FileHandle
    private var isOver = false

    /// Starts a program with exactly this environment. It gets the three standard descriptors, and none that is closed on
    /// exec.
    init(_ path: String, _ arguments: [String], environment: [String: String]) throws {
        let (input, output) = (try Self.pipe(), try Self.pipe())
        // A file, so that a talkative process never waits for its reader.
        let complaint = try Self.temporaryFile()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input.read, 0)
        posix_spawn_file_actions_adddup2(&actions, output.write, 1)
        posix_spawn_file_actions_adddup2(&actions, complaint, 2)
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, path, &actions, nil, &words, &variables)
        close(input.read)
        close(output.write)
        guard code == 0 else {
            throw ChildProcessFailure(description: "\(path): \(String(cString: strerror(code)))")
        }
        identifier = process
        self.input = FileHandle(fileDescriptor: input.write, closeOnDealloc: true)
        self.output = FileHandle(fileDescriptor: output.read, closeOnDealloc: true)
        self.complaint = FileHandle(fileDescriptor: complaint, closeOnDealloc: true)
    }

    deinit {
        guard !isOver else { return }
        kill()
        var status: Int32 = 0
        waitpid(identifier, &status, 0)
    }

    /// Writes to its standard input; that it has ended already is its affair.
    func write(_ text: String) {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { Glibc.write(input.fileDescriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// The next line of its output; `nil` when there is none any more.
    func line() -> String? {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(output.fileDescriptor, &byte, 1) == 1 {
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }

    /// Ends it as a crash does.
    func kill() { Glibc.kill(identifier, SIGKILL) }

    /// Waits for its end.
    func wait() throws -> Outcome {
        try? input.close()
        let text = try output.readToEnd() ?? Data()
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        isOver = true
        try complaint.seek(toOffset: 0)
        let complaints = try complaint.readToEnd() ?? Data()
        let signal = status & 0x7F
        return Outcome(
            status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output: String(decoding: text, as: UTF8.self),
            complaint: String(decoding: complaints, as: UTF8.self))
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw ChildProcessFailure(description: "no pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func temporaryFile() throws -> Int32 {
        var name = Array("/tmp/dither-stderr-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw ChildProcessFailure(description: "no temporary file") }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(name)
        return descriptor
    }
}

extension ChildProcess {
    /// Waits until it has read all of its input and asks for more.
    func awaitEmptyInput() throws {
        while Glibc.kill(identifier, 0) == 0 {
            var unread: Int32 = 0
            let call = try String(contentsOfFile: "/proc/\(identifier)/syscall", encoding: .utf8)
            guard ioctl(input.fileDescriptor, UInt(FIONREAD), &unread) == 0 else {
                throw ChildProcessFailure(description: "no pipe")
            }
            if unread == 0, call.hasPrefix("0 0x0 ") { return }
            sched_yield()
        }
    }
}
