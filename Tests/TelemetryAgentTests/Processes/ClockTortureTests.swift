import Foundation
import ReportFormat
import TestSupport
import Testing

@testable import TelemetryAgent

/// The seconds of ten years.
private let tenYears: Int64 = 3653 * daySeconds

@Suite("A clock that lies to every program", .enabled(if: ClockShim.path != nil, "there is no C compiler"))
struct ClockTortureTests {
    /// A lifetime that is short enough to be used up: 12 days of fresh noise, 12 of the memoized metric.
    private let cap = 12

    private func device(_ server: RecordingServer) throws -> DevicePrograms {
        let set = try testMetricSet(metrics: [
            try booleanMetric(lifetimeThousandths: 1000 * cap), try rapporMetric(bits: 256, maximumReports: cap),
        ])
        return try DevicePrograms(set, endpoint: server.url)
    }

    /// The debits of every metric.
    private func debits(_ programs: DevicePrograms) throws -> [UInt32: Int] {
        let entries = try #require(try programs.store()).ledger()
        return Dictionary(entries.map { ($0.metric, $0.reports) }, uniquingKeysWith: +)
    }

    @Test("that jumps by up to ten years a hundred times, forth and back, buys no report beyond the cap and none twice")
    func jumps() throws {
        let server = try RecordingServer { _, _ in .answer(200) }
        defer { server.stop() }
        let programs = try device(server)
        var noise = SeededNoise(seed: 0x636c_6f63)
        programs.setDay(0)
        #expect(try programs.agent("on").status == 0)
        var books = CrashBooks()
        var highest = 0
        for jump in 0..<100 {
            // The first jumps are of days, so that there is something left to spend for those of years.
            let reach = min(tenYears, daySeconds << Int64(jump / 8))
            let offset = Int64(noise.next() % UInt64(2 * reach)) - reach
            // Now and then the machine's own time goes along, so that the new date is believed.
            let isBelieved = noise.next() % 3 == 0
            programs.setClock(to: noon + offset, uptime: isBelieved ? max(0, offset) : 0)
            let command = [
                ["record", "destination", "Reykjavík"], ["record", "departed_late", "true"], ["flush", "--now"],
                ["status"], ["budget"],
            ][jump % 5]
            let process = try programs.start(programs.command(command))
            let outcome = try process.wait()
            // 5: the metric takes no event now. Nothing else may come of a clock.
            #expect([0, 5].contains(outcome.status), "jump \(jump): \(outcome)")
            let debits = try debits(programs)
            #expect(debits.values.allSatisfy { $0 <= cap })
            #expect(debits.values.reduce(0, +) >= highest)
            highest = debits.values.reduce(0, +)
        }
        for request in server.requests { try books.receive(request.body) }
        try books.look(at: try #require(try programs.store()))
        #expect(books.violations.isEmpty, "\(books.violations)")
        #expect(books.receivedCount > 0 && books.receivedCount <= 2 * cap)
        if isThorough { print("100 jumps: \(books.receivedCount) reports sent, \(highest) debited of \(2 * cap)") }
    }

    @Test("that goes on by a day forty times brings every day's report once, with or without an event, up to the cap")
    func days() throws {
        let server = try RecordingServer { _, _ in .answer(200) }
        defer { server.stop() }
        let programs = try device(server)
        var books = CrashBooks()
        for day in 0..<40 {
            programs.setDay(day)
            if day == 0 { #expect(try programs.agent("on").status == 0) }
            // An event every third day; on the others the reports say that there was none, or the last answer again.
            if day % 3 == 1, day < cap {
                #expect(try programs.agent("record", "destination", "Reykjavík").status == 0)
                #expect(try programs.agent("record", "departed_late", "true").status == 0)
            } else if day >= cap {
                #expect(try programs.agent("record", "departed_late", "true").status == 5)
            }
            #expect(try programs.agent("flush").status == 0)
            #expect(try debits(programs).values.allSatisfy { $0 <= cap })
        }
        for request in server.requests { try books.receive(request.body) }
        let store = try #require(try programs.store())
        try books.look(at: store)
        books.close(acknowledged: Int(try store.value(.acknowledgedReports) ?? 0), vectors: [KilledDevice.vectorMetric])
        #expect(books.violations.isEmpty, "\(books.violations)")
        #expect(books.receivedCount == 2 * cap)
        #expect(server.requests.count == cap)
    }
}
