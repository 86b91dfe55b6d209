internal import Glibc
internal import TelemetryAgent

/// The agent for shells and scripts.
@main
struct Main {
    static func main() {
        // A reader that closes the pipe early ends the output, not the program.
        signal(SIGPIPE, SIG_IGN)
        guard let words = Self.words() else {
            complain("An argument is not UTF-8.")
            exit(2)
        }
        let flags = words.prefix { $0 != "--" }
        if flags.contains("--help") || flags.contains("-h") || words.first == "help" {
            exit(write(Help.text, to: STDOUT_FILENO) ? 0 : 1)
        }
        if flags.contains("--version") {
            exit(write(Help.version, to: STDOUT_FILENO) ? 0 : 1)
        }
        let environment = Self.environment()
        do throws(Arguments.UsageError) {
            let arguments = try Arguments(words, environment: environment)
            exit(try run(arguments, environment: environment))
        } catch {
            complain("\(error.message)\nSee dither-agent --help.")
            exit(2)
        }
    }

    private static func run(
        _ arguments: Arguments, environment: [String: String]
    ) throws(Arguments.UsageError) -> Int32 {
        let command = try AgentCommand(arguments, environment: environment)
        switch command.run() {
        case .success(let output):
            let isWritten = write(output.text, to: STDOUT_FILENO)
            if let note = output.note { complain(note) }
            return isWritten ? output.exitCode : 1
        case .failure(let failure):
            complain(failure.message)
            return failure.exitCode
        }
    }

    /// The words after the program's name, as they are; `nil` where one is not UTF-8. The library's own list would repair
    /// it, and so record another value than was given.
    private static func words() -> [String]? {
        var words: [String] = []
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let bytes = CommandLine.unsafeArgv[index], let word = String(validatingCString: bytes) else {
                return nil
            }
            words.append(word)
        }
        return words
    }

    private static func environment() -> [String: String] {
        let names = [
            "DITHER_METRICS", "DITHER_ENDPOINT", "DITHER_STATE_DIR", "DITHER_CA_FILE", "DITHER_KEY_PIN",
            "DITHER_REGISTRY_KEYS", "DITHER_TOKEN_FILE",
            "DO_NOT_TRACK", "DITHER_DISABLED",
        ]
        var environment: [String: String] = [:]
        for name in names {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        return environment
    }

    static func complain(_ message: String) { write("dither-agent: \(message)\n", to: STDERR_FILENO) }

    /// Writes all of a text. A reader who has seen enough is no failure; a full disk is, and is complained of.
    @discardableResult
    static func write(_ text: String, to descriptor: Int32) -> Bool {
        let bytes = Array(text.utf8)
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                if errno == EPIPE { return true }
                if descriptor != STDERR_FILENO {
                    complain("The output cannot be written: \(String(cString: strerror(errno))).")
                }
                return false
            }
            offset += count
        }
        return true
    }
}
