internal import Foundation

/// Another program that measures itself, alive between rounds.
///
/// It prints `ready` when its inputs are made. Then, for every line that it reads, the number of units, it does so many and
/// prints the seconds of its own processor time that one took, and nothing else. It ends with its input.
final class PeerProcess {
    private let process = Process()
    private let input = Pipe(), output = Pipe()
    private var unread: [UInt8] = []

    /// Starts `Benchmarks/peers/<script>` in the Python environment of `make bench-peers`, and waits until it is ready.
    ///
    /// - Throws: ``Skipped`` without the environment, or where the script does not start.
    convenience init(_ script: String, _ arguments: [String] = [], needing package: String) throws {
        let python = ".build/bench-peers/bin/python"
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw Skipped(reason: "\(package) is not installed: run make bench-peers")
        }
        try self.init(python, ["Benchmarks/peers/" + script] + arguments)
        guard try line() == "ready" else { throw Skipped(reason: "\(script) does not start: run make bench-peers") }
    }

    /// Starts a program, which may say what it pleases first.
    init(_ program: String, _ arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        (process.standardInput, process.standardOutput) = (input, output)
        // One processor, as ours has: numerical libraries start a thread for each otherwise.
        process.environment = ProcessInfo.processInfo.environment.merging([
            "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1",
        ]) { $1 }
        try process.run()
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

    /// The next line that the program prints; empty when it has ended.
    func line() throws -> String {
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
