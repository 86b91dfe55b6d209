internal import Foundation

/// A program of `Benchmarks/peers` in the Python environment of `make bench-peers`, alive between rounds.
///
/// It prints `ready` when its inputs are made. Then, for every line that it reads, the number of units, it does so many and
/// prints the seconds of its own processor time that one took, and nothing else. It ends with its input.
final class PeerProcess {
    static let folder = ".build/bench-peers"

    private let process = Process()
    private let input = Pipe(), output = Pipe()
    private var unread: [UInt8] = []

    /// Starts `Benchmarks/peers/<script>` with these arguments, and waits until it is ready.
    ///
    /// - Throws: ``Skipped`` without the environment, or where the script does not start.
    init(_ script: String, _ arguments: [String] = [], needing package: String) throws {
        let python = Self.folder + "/bin/python"
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw Skipped(reason: "\(package) is not installed: run make bench-peers")
        }
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["Benchmarks/peers/" + script] + arguments
        (process.standardInput, process.standardOutput) = (input, output)
        // One processor, as ours has: numerical libraries start a thread for each otherwise.
        process.environment = ProcessInfo.processInfo.environment.merging([
            "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
        ]) { $1 }
        try process.run()
        guard try line() == "ready" else { throw Skipped(reason: "\(script) does not start: run make bench-peers") }
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// The peer's work, so many units a round.
    func work(units: Int) -> Work { Work { [self] in try secondsPerUnit(units: units) } }

    private func secondsPerUnit(units: Int) throws -> Double {
        try input.fileHandleForWriting.write(contentsOf: Array("\(units)\n".utf8))
        guard let seconds = Double(try line()) else { throw Skipped(reason: "the peer ended: see its message above") }
        return seconds
    }

    private func line() throws -> String {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread.removeSubrange(...end) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { return "" }
            unread += more
        }
    }
}
