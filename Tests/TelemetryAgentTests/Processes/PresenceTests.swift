import Foundation
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("What a network sees of ten days")
struct PresenceTests {
    /// What happens on a device in a day, if anything.
    private enum Life: CaseIterable {
        case nothing, everyDay, manyEvents
    }

    /// What is on the wire of one request: the time it came at is drawn, the rest must not differ.
    private struct Trace: Hashable {
        var head: String
        var byteCount: Int
        /// What the collector sees besides: the metrics that report.
        var metrics: [UInt32]

        init(_ request: RecordingServer.Request) throws {
            (head, byteCount) = (request.head, request.body.count)
            metrics = try Batch(decoding: request.body).reports.map(\.metric).sorted()
        }
    }

    private func metricSet() throws -> MetricSet {
        try testMetricSet(metrics: [
            try booleanMetric(), try categoryMetric(), try memoizedMetric(), try rapporMetric(), try sketchMetric(),
            try meanMetric(),
        ])
    }

    private func live(_ life: Life, _ agent: Agent, on day: Int) throws {
        guard life != .nothing else { return }
        for event in 0..<(life == .everyDay ? 1 : 30) {
            try agent.record(.boolean(event % 2 == 0), for: "departed_late")
            try agent.record(.category("DL"), for: "carrier")
            try agent.record(.category("JFK"), for: "home_airport")
            try agent.record(.text(String(repeating: "x", count: (day * 30 + event) % 255)), for: "destination")
            try agent.record(.text(event % 2 == 0 ? "" : "Reykjavík"), for: "word")
            try agent.record(.number(Double(event)), for: "air_time")
        }
    }

    @Test("is the same number of requests, of the same size and with the same headers, whatever happened on the device")
    func traces() throws {
        // One server for all of them, so that even the name of its port is the same.
        let server = try RecordingServer { _, _ in .answer(200) }
        defer { server.stop() }
        let midnight = noon - daySeconds / 2
        var traces: [[Trace]] = []
        for life in Life.allCases {
            let device = try TestAgent(try metricSet(), endpoint: server.url, clock: ManualClock(midnight))
            try device.open().setConsent(true)
            let earlier = server.requests.count
            for day in 0...10 {
                let (agent, start) = (device.open(), midnight + Int64(day) * daySeconds)
                let before = server.requests.count
                // From the first second of the day to the last, in which the latest moment lies.
                for second in [0] + Array(stride(from: 1799, to: daySeconds, by: 1800)) {
                    device.clock.set(start + second)
                    _ = try agent.flush(onlyWhenDue: true)
                    if second == daySeconds / 2 - 1 { try live(life, agent, on: day) }
                }
                #expect(server.requests.count - before == min(day, 1), "day \(day) of a life of \(life)")
            }
            traces.append(try server.requests.dropFirst(earlier).map(Trace.init))
        }
        #expect(traces.allSatisfy { $0 == traces[0] } && Set(traces[0]).count == 1, "\(Set(traces.flatMap { $0 }))")
        #expect(traces[0].count == 10)
    }
}
