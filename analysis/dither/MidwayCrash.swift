internal import DecoderCommands
internal import Foundation
internal import Synchronization

/// Kills the collector once, at a given number of devices, and restarts it while the fleet goes on.
final class MidwayCrash: Sendable {
    private let threshold: Int
    private let reached = DispatchSemaphore(value: 0)
    private let finished = DispatchSemaphore(value: 0)
    private let failure = Mutex<CommandError?>(nil)

    init(of collector: CollectorProcess, after threshold: Int) {
        self.threshold = threshold
        let thread = Thread { [self] in
            reached.wait()
            collector.kill()
            do throws(CommandError) { try collector.start() } catch { failure.withLock { $0 = error } }
            finished.signal()
        }
        thread.start()
    }

    /// Takes note of how many devices are done.
    func heard(_ devices: Int) { if devices == max(1, threshold) { reached.signal() } }

    /// Waits for the restart.
    func finish() throws(CommandError) {
        finished.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }
}

/// A folder that is gone with its owner.
final class TemporaryFolder {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "dither-demo-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(of name: String) -> String { url.appending(path: name).path(percentEncoded: false) }
}
