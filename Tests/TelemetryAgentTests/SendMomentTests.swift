import Foundation
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("The moment of a bundle")
struct SendMomentTests {
    /// The largest distance of two distribution functions that n draws of one of them keep from it, but with probability
    /// 1e-9: Pr[sup |F̂ − F| > t] ≤ 2·e^(−2nt²) for every F and n (Dvoretzky, Kiefer, Wolfowitz; Massart's constant).
    private static func tolerance(_ count: Int) -> Double { (log(2 / 1e-9) / (2 * Double(count))).squareRoot() }

    /// sup |F̂ − F| of whole seconds against the uniform distribution on 0..<86400.
    private static func distance(_ offsets: [Int64]) -> Double {
        let (sorted, count) = (offsets.sorted(), Double(offsets.count))
        var distance = 0.0
        for (index, offset) in sorted.enumerated() {
            guard (0..<daySeconds).contains(offset) else { return 1 }
            // F jumps at whole seconds as F̂ does, so each is compared before and at the jump.
            let (before, at) = (Double(offset) / Double(daySeconds), Double(offset + 1) / Double(daySeconds))
            if index == 0 || sorted[index - 1] < offset {
                distance = max(distance, abs(Double(index) / count - before))
            }
            if index + 1 == sorted.count || sorted[index + 1] > offset {
                distance = max(distance, abs(Double(index + 1) / count - at))
            }
        }
        return distance
    }

    @Test("The moments of 20,000 devices are uniform over the day after the close")
    func uniform() throws {
        let set = try testMetricSet(metrics: [try booleanMetric()])
        let closing = noon + daySeconds
        let offsets = try (0..<20_000).map { _ in
            let test = try TestDevice(.memory, set)
            try test.enrol()
            try test.close(at: closing)
            return try #require(try test.device.sendMoment(at: closing)) - closing
        }
        let tolerance = Self.tolerance(offsets.count)
        #expect(Self.distance(offsets) <= tolerance, "above \(tolerance)")
        // The faults this finds: only 23 of the hours, a quarter of the days favoured by a tenth, and one moment for all.
        #expect(Self.distance(offsets.map { $0 * 23 / 24 }) > tolerance)
        #expect(Self.distance(offsets.enumerated().map { $0 % 10 == 0 ? $1 / 4 : $1 }) > tolerance)
        #expect(Self.distance(offsets.map { _ in 43_200 }) > tolerance)
    }

    @Test("A moment stays as it was drawn until its bundle has gone out", arguments: StoreKind.allCases)
    func kept(kind: StoreKind) throws {
        let test = try TestDevice(kind, try testMetricSet())
        func moment(_ seconds: Int64) throws -> Int64? {
            try test.device.store.transaction { () throws(AgentError) in try test.device.sendMoment(at: seconds) }
        }
        try test.enrol()
        #expect(try moment(noon) == nil)
        try test.close(at: noon + daySeconds)
        let first = try #require(try moment(noon + daySeconds))
        for hours in 1...60 { #expect(try moment(noon + daySeconds + Int64(hours) * 3600) == first) }
        try test.close(at: noon + 3 * daySeconds)
        #expect(try moment(noon + 3 * daySeconds) == first)
        try test.device.store.transaction { () throws(AgentError) in try test.device.passSendMoment() }
        #expect(try moment(noon + 3 * daySeconds) == nil)
        try test.close(at: noon + 4 * daySeconds)
        #expect(try moment(noon + 4 * daySeconds) != nil)
    }

    @Test("A moment drawn under a clock that was years ahead is drawn anew when the clock is right again")
    func clockWasAhead() throws {
        let test = try TestDevice(.memory, try testMetricSet())
        try test.enrol()
        try test.close(at: noon + daySeconds)
        _ = try test.device.sendMoment(at: noon + 3650 * daySeconds)
        let moment = try #require(try test.device.sendMoment(at: noon))
        #expect((noon..<noon + daySeconds).contains(moment))
    }

    @Test("A restart neither draws again nor sends early, and the bundle goes out once when its moment has come")
    func restart() throws {
        let server = try RecordingServer { _, _ in .answer(200) }
        defer { server.stop() }
        let test = try TestAgent(endpoint: server.url)
        try test.open().setConsent(true)
        test.clock.advance(days: 1)
        let moment = try #require(try test.open().flush(onlyWhenDue: true).nextBundle)
        for _ in 0..<20 { #expect(try test.open().flush(onlyWhenDue: true).nextBundle == moment) }
        #expect(try test.open().status().nextBundle == moment)
        test.clock.set(moment - 1)
        #expect(try test.open().flush(onlyWhenDue: true).waiting > 0 && server.requests.isEmpty)
        test.clock.set(moment)
        #expect(try test.open().flush(onlyWhenDue: true).waiting == 0 && server.requests.count == 1)
        for _ in 0..<3 { #expect(try test.open().flush(onlyWhenDue: true) == FlushReport()) }
        #expect(server.requests.count == 1)
        #expect(try test.open().status().nextBundle == nil)
    }

    /// Three metrics with reports of 8 KiB each, so that a bundle takes 31 and a long backlog needs more than one.
    private static func wideSet() throws -> MetricSet {
        try testMetricSet(
            metrics: try (1...3).map {
                try sketchMetric(identifier: UInt32($0), name: "word\($0)", rows: 16, width: 65_536)
            })
    }

    @Test("Many days without a network bring one bundle a period, the oldest reports first, and no burst after")
    func outage() throws {
        let dead = try TestAgent(try Self.wideSet())
        let agent = dead.open()
        try agent.setConsent(true)
        for report in try dead.run(agent, days: 25, every: 3600) { #expect(report.acknowledged == 0) }
        let server = try RecordingServer { _, _ in .answer(200) }
        defer { server.stop() }
        var alive = dead
        alive.configuration.endpoint = try Endpoint(server.url)
        let revived = alive.open()
        var periods: [Set<UTCDay>] = []
        for day in 0..<4 {
            let flushes = try alive.run(revived, days: 1, every: 3600)
            // One for the moment that passed during the outage, and one for each midnight since.
            #expect(server.requests.count <= day + 2)
            #expect(flushes.allSatisfy { $0.acknowledged <= 31 })
            periods = try server.requests.map { Set(try Batch(decoding: $0.body).reports.map(\.period)) }
        }
        #expect(periods.count >= 3)
        for (earlier, later) in zip(periods, periods.dropFirst()) {
            #expect(try #require(earlier.max()) <= #require(later.min()))
        }
    }

    @Test("What a bundle cannot take waits for the moment of the next period, which is drawn afresh")
    func restWaits() throws {
        let server = try RecordingServer { _, _ in .answer(200) }
        defer { server.stop() }
        let test = try TestAgent(try Self.wideSet(), endpoint: server.url)
        let agent = test.open()
        try agent.setConsent(true)
        test.clock.advance(days: 20)
        test.clock.set(try #require(try agent.flush(onlyWhenDue: true).nextBundle))
        #expect(try agent.flush(onlyWhenDue: true).acknowledged == 31)
        let left = try agent.flush(onlyWhenDue: true)
        #expect(left.waiting > 0 && left.nextBundle == nil && left.acknowledged == 0)
        test.clock.advance(days: 1)
        #expect(try agent.flush(onlyWhenDue: true).nextBundle != nil)
        #expect(server.requests.count == 1)
        // Without a moment everything goes at once.
        #expect(try agent.flush().waiting == 0)
        #expect(server.requests.count == 3)
    }

    @Test("The halves of a bundle that is too large go out at its moment, as one bundle")
    func halves() throws {
        let server = try RecordingServer { request, _ in
            request.body.count > 512 ? .problem(413, "batch_too_large") : .answer(200)
        }
        defer { server.stop() }
        let test = try TestAgent(endpoint: server.url)
        let agent = test.open()
        try agent.setConsent(true)
        // Midnight, so that the moment lies within the same day and no further period is closed.
        test.clock.advance(days: 11)
        test.clock.set(noon + 11 * daySeconds + daySeconds / 2)
        test.clock.set(try #require(try agent.flush(onlyWhenDue: true).nextBundle))
        let report = try agent.flush(onlyWhenDue: true)
        #expect(report.waiting == 0 && report.acknowledged == 36 && report.failure == nil)
    }

    @Test("Withdrawing forgets the moment; the first bundle after consenting again has one of its own")
    func withdrawal() throws {
        let test = try TestAgent()
        let agent = test.open()
        try agent.setConsent(true)
        test.clock.advance(days: 1)
        _ = try agent.flush(onlyWhenDue: true)
        try agent.setConsent(false)
        #expect(try agent.status().nextBundle == nil)
        try agent.setConsent(true)
        #expect(try agent.flush(onlyWhenDue: true).nextBundle == nil)
        test.clock.advance(days: 1)
        #expect(try agent.flush(onlyWhenDue: true).nextBundle != nil)
    }
}
