import Foundation
import Testing

/// A descriptor that is closed twice may by then be another thread's: of the store, say.
@Suite("Descriptors are closed once") struct DescriptorTests {
    @Test(
        "Neither a collector that serves and stops nor one that is refused its store closes what it does not have open",
        .enabled(if: Strace.isAvailable || mustBeComplete, "strace must be installed, and allowed to trace"),
        .timeLimit(.minutes(5)))
    func closedOnce() throws {
        let site = try CollectorSite()
        let (served, refused) = (site.folder + "/served", site.folder + "/refused")
        let first = try site.start(wrapper: Strace.recording("close", into: served))
        let connection = Connection(port: first.port)
        #expect(connection?.post(try site.reports.batch(1))?.isAcknowledgement == true)
        let second = try site.start(wrapper: Strace.recording("close", into: refused), awaitingListener: false)
        #expect(second.wait() != 0)
        #expect(first.stop() == 0)
        for (process, trace) in [(first, served), (second, refused)] {
            let lines = try Self.lines(of: trace, untilEndOf: process.identifier)
            #expect(lines.count { $0.hasSuffix("= 0") } > 10)
            #expect(lines.filter { $0.contains("EBADF") }.isEmpty)
        }
    }

    /// The calls, once strace has written the end of the process.
    private static func lines(of trace: String, untilEndOf process: pid_t) throws -> [Substring] {
        while true {
            let text = try String(contentsOfFile: trace, encoding: .utf8)
            let lines = text.split(separator: "\n")
            if lines.contains(where: { $0.hasPrefix("\(process) ") && $0.contains("+++") }) { return lines }
            usleep(10_000)
        }
    }
}
