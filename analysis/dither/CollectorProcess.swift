internal import DecoderCommands
internal import Foundation

/// A real collector in a process of its own, on a store of its own.
///
/// Not safe to use from two threads at once.
final class CollectorProcess: @unchecked Sendable {
    private let executable: String
    private let metricSetPath: String
    private let storePath: String
    private var process: Process?

    /// Where the collector listens; a restart listens there again.
    private(set) var url = ""

    init(executable: String, metricSetPath: String, storePath: String) {
        (self.executable, self.metricSetPath, self.storePath) = (executable, metricSetPath, storePath)
    }

    deinit { process?.terminate() }

    /// Starts the collector and waits until it accepts batches.
    func start() throws(CommandError) {
        let process = Process()
        process.executableURL = URL(filePath: executable)
        let address = url.isEmpty ? "127.0.0.1:0" : String(url.dropFirst("http://".count))
        process.arguments = [
            "serve", "--metrics", metricSetPath, "--store", storePath, "--listen", address,
        ]
        let output = Pipe()
        process.standardOutput = output
        do { try process.run() } catch {
            throw CommandError(.runtimeFailure, "\(executable): cannot be started; `make demo` builds it.")
        }
        self.process = process
        endsWithThisProcess(process.processIdentifier)
        url = try Self.announcedURL(from: output.fileHandleForReading)
    }

    /// Ends the collector as a power cut would: nothing is flushed, nothing is said.
    func kill() {
        guard let process else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Lets the collector finish what is under way.
    func stop() {
        process?.terminate()
        process?.waitUntilExit()
        process = nil
    }

    private static func announcedURL(from output: FileHandle) throws(CommandError) -> String {
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
            let chunk = output.availableData
            guard !chunk.isEmpty else {
                throw CommandError(.runtimeFailure, "the collector ended before it listened; see its message above.")
            }
            line += chunk
        }
        let text = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .newlines)
        let announcement = "listening on "
        guard text.hasPrefix(announcement) else {
            throw CommandError(.runtimeFailure, "the collector did not say where it listens.")
        }
        return String(text.dropFirst(announcement.count))
    }
}

/// The collector that must not outlive this process; read by a signal handler, which may touch little more.
nonisolated(unsafe) private var collectorIdentifier: pid_t = 0

/// Lets SIGTERM end the collector too; Ctrl-C reaches it by itself.
private func endsWithThisProcess(_ identifier: pid_t) {
    collectorIdentifier = identifier
    signal(SIGTERM) { _ in
        kill(collectorIdentifier, SIGTERM)
        _exit(143)
    }
}
