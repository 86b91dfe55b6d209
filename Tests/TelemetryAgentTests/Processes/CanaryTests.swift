import Foundation
import MetricDefinitions
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite(
    "A value recorded again and again", .enabled(if: ClockShim.path != nil, "there is no C compiler"), .serialized)
struct CanaryTests {
    /// No other bytes are these by accident.
    private let canary = "CANARY_9f3c61b27ae84d05"
    private let events = isThorough ? 100_000 : 1_000
    private let server: RecordingServer
    private let programs: DevicePrograms

    init() throws {
        server = try RecordingServer { _, _ in .answer(200) }
        programs = try DevicePrograms(
            try testMetricSet(metrics: [try rapporMetric(bits: 256), try sketchMetric()]), endpoint: server.url)
        programs.setDay(0)
        try #require(try programs.agent("on").status == 0)
    }

    private var needle: [UInt8] { Array(canary.utf8) }

    /// Nothing of it in what was said, stored and sent.
    private func expectNoTrace(_ outcomes: [ChildProcess.Outcome]) throws {
        #expect(try Search.count(of: needle, inFolder: programs.state).isEmpty)
        for outcome in outcomes {
            #expect(!outcome.output.contains(canary) && !outcome.complaint.contains(canary))
        }
        #expect(!server.requests.isEmpty)
        for request in server.requests {
            #expect(Search.count(of: needle, in: request.body) == 0 && !request.head.contains(canary))
        }
    }

    @Test("by a host in C is in no file, no word, no request, and nowhere in its memory once it is randomized")
    func host() throws {
        defer { server.stop() }
        var outcomes: [ChildProcess.Outcome] = []
        for day in 0...1 {
            programs.setDay(day)
            let process = try programs.start(
                programs.hostCommand([
                    "open", "value", "destination", "\(events)", "flush", "60000", "value", "word", "\(events)",
                    "pause", "flush", "60000", "pause", "close",
                ]))
            process.write("\(canary)\n\(canary)\n")
            func awaitPause() throws {
                // A flush may say that its reports wait for their moment.
                while let line = process.line(), line != "paused 0" {
                    #expect(line.hasSuffix(" 0") || line == "flush 2", "\(line)")
                }
            }
            try awaitPause()
            process.write("\n")
            try awaitPause()
            // That the search finds what is there.
            let metrics = try Search.count(of: Array("destination".utf8), inProcess: process.identifier)
            #expect(!metrics.isEmpty)
            let after = try Search.count(of: needle, inProcess: process.identifier)
            #expect(after.isEmpty, "day \(day): \(after)")
            process.write("\n")
            outcomes.append(try process.wait())
            #expect(outcomes.last?.status == 0)
            // All that is on the disk while the agent has it open was looked at on the first day as well.
            #expect(try Search.count(of: needle, inFolder: programs.state).isEmpty)
        }
        programs.setDay(2)
        outcomes.append(try programs.agent("flush"))
        try expectNoTrace(outcomes)
    }

    @Test("by dither-agent is in no file, no word and no request; its memory holds what it held of one line")
    func commandLine() throws {
        defer { server.stop() }
        let lines = isThorough ? 100_000 : 200
        let process = try programs.start(programs.command(["record", "destination", "--stdin"]))
        let batch = String(repeating: canary + "\n", count: 100)
        for _ in 0..<(lines / 100) { process.write(batch) }
        try process.awaitEmptyInput()
        let hits = try Search.count(of: needle, inProcess: process.identifier)
        // The last line, as it was read, parsed and encoded; two hundred lines leave no more than one.
        #expect(hits.values.reduce(0, +) <= 8, "\(hits)")
        let recorded = try process.wait()
        #expect(recorded.status == 0)
        programs.setDay(1)
        let flushed = try programs.agent("flush")
        let shown = try programs.agent("show")
        #expect(flushed.status == 0 && shown.status == 0)
        let refused = try programs.agent("record", "destination", String(repeating: canary, count: 20))
        #expect(refused.status == 2)
        try expectNoTrace([recorded, flushed, shown, refused])
    }
}
