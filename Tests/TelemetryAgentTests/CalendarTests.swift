import Mechanisms
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("The day that counts on a device whose clock jumps")
struct CalendarTests {
    private let day = UTCDay(containing: noon)
    private let clock = ManualClock()

    private func calendar(_ store: MemoryStore = MemoryStore()) -> DeviceCalendar {
        DeviceCalendar(store: store) { [clock] in clock.uptime() }
    }

    private func today(_ calendar: DeviceCalendar) throws -> UTCDay {
        try calendar.today(at: clock.secondsSinceEpoch())
    }

    @Test("Two days ahead are believed at once, and back is never believed")
    func smallSteps() throws {
        let calendar = calendar()
        #expect(try today(calendar) == day)
        clock.set(noon + 2 * daySeconds)
        #expect(try today(calendar) == day.advanced(by: 2))
        clock.set(noon - 400 * daySeconds)
        #expect(try today(calendar) == day.advanced(by: 2))
        #expect(try calendar.unconfirmedDay(at: clock.secondsSinceEpoch()) == nil)
    }

    @Test("A longer jump gets one day on the calendar's word, however often it is looked at")
    func jump() throws {
        let calendar = calendar()
        #expect(try today(calendar) == day)
        clock.set(noon + 3650 * daySeconds)
        for _ in 0..<5 { #expect(try today(calendar) == day.advanced(by: 1)) }
        #expect(
            try calendar.unconfirmedDay(at: clock.secondsSinceEpoch()) == UTCDay(containing: noon + 3650 * daySeconds))
        clock.set(noon + 2 * daySeconds)
        #expect(try today(calendar) == day.advanced(by: 2))
    }

    @Test("The machine's uptime confirms the days for which it ran, and no others")
    func uptimeConfirms() throws {
        let calendar = calendar()
        _ = try today(calendar)
        clock.advance(days: 20)
        #expect(try today(calendar) == day.advanced(by: 20))
        clock.sleep(days: 20)
        #expect(try today(calendar) == day.advanced(by: 21))
        clock.advance(days: 17)
        #expect(try today(calendar) == day.advanced(by: 37))
        clock.advance(days: 1)
        #expect(try today(calendar) == day.advanced(by: 38))
        #expect(try calendar.unconfirmedDay(at: clock.secondsSinceEpoch()) == day.advanced(by: 58))
    }

    @Test("A collector's date confirms the calendar, and never leads beyond it")
    func collectorConfirms() throws {
        let calendar = calendar()
        _ = try today(calendar)
        clock.sleep(days: 30)
        #expect(try today(calendar) == day.advanced(by: 1))
        try calendar.noteCollectorDate(noon + 10 * daySeconds, at: clock.secondsSinceEpoch())
        #expect(try today(calendar) == day.advanced(by: 10))
        try calendar.noteCollectorDate(noon + 5 * daySeconds, at: clock.secondsSinceEpoch())
        #expect(try today(calendar) == day.advanced(by: 10))
        try calendar.noteCollectorDate(noon + 4000 * daySeconds, at: clock.secondsSinceEpoch())
        #expect(try today(calendar) == day.advanced(by: 30))
        clock.set(noon + 4000 * daySeconds)
        #expect(try today(calendar) == day.advanced(by: 31))
    }

    @Test(
        "A hundred jumps of up to ten years either way never spend more than the cap nor report a day twice",
        arguments: StoreKind.allCases)
    func hundredJumps(kind: StoreKind) throws {
        let metrics = [
            try booleanMetric(lifetimeThousandths: 20_000), try memoizedMetric(maximumReports: 20),
        ]
        let test = try TestDevice(kind, try testMetricSet(metrics: metrics), uptime: { [clock] in clock.uptime() })
        try test.enrol()
        var generator = SeededNoise(seed: 0x5EED)
        for _ in 0..<100 {
            clock.set(noon + Int64.random(in: -3650...3650, using: &generator) * daySeconds)
            let seconds = clock.secondsSinceEpoch()
            for metric in metrics {
                do throws(AgentError) { try test.record(.item(1), metric, at: seconds) } catch {
                    guard case .notReporting = error else { throw error }
                }
            }
            try test.close(at: seconds)
        }
        for metric in metrics {
            let entry = try #require(try test.entry(metric))
            let sent = try test.queued().filter { $0.metric == metric.identifier.value }
            #expect(entry.reports <= 20)
            #expect(sent.count <= entry.reports)
            #expect(Set(sent.map(\.period)).count == sent.count)
        }
    }

    @Test("A device that has reported nothing follows its calendar wherever that goes")
    func beforeTheFirstReport() throws {
        let set = try testMetricSet(enrolmentDelayHours: 24)
        let test = try TestDevice(.sqlite, set, uptime: { [clock] in clock.uptime() })
        let epoch: Int64 = 5
        try test.enrol(at: epoch)
        #expect(try #require(try test.device.store.day(.firstPeriod)) <= UTCDay(containing: 3 * daySeconds))
        try test.enrol(at: noon)
        let first = try #require(try test.device.store.day(.firstPeriod))
        #expect((1...2).contains(Int(first.index) - Int(day.index)))
        #expect(try test.entry(try booleanMetric())?.firstPeriod == first)
        #expect(try test.device.today(at: noon) == day)
        try test.enrol(at: noon - 100 * daySeconds)
        #expect(try test.device.today(at: noon - 100 * daySeconds) == day.advanced(by: -100))
    }

    @Test("The first day that a clock can show is no trap")
    func nineteenSeventy() throws {
        let test = try TestDevice(.sqlite, try testMetricSet())
        try test.enrol(at: 0)
        try test.close(at: 2 * daySeconds)
        #expect(try test.queued().allSatisfy { $0.period.index == 1 })
    }
}
