import Foundation
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("What an agent says to a server, and what it makes of the answer")
final class ServerConversationTests {
    /// The state folders of the test, which go with the last of those that hold them.
    private var folders: [TestAgent] = []

    /// An agent with consent and one period to send.
    private func agent(
        _ server: RecordingServer, _ set: MetricSet? = nil, days: Int64 = 1
    ) throws -> (TestAgent, Agent) {
        let test = try TestAgent(set, endpoint: server.url)
        let agent = test.open()
        try agent.setConsent(true)
        test.clock.advance(days: days)
        folders.append(test)
        return (test, agent)
    }

    /// A failure as a status tells it, which has the time to wait in a field of its own.
    private static func withoutWait(_ failure: UploadFailure) -> UploadFailure {
        guard case .unavailable(let status, _) = failure else { return failure }
        return .unavailable(status: status, retryAfterSeconds: nil)
    }

    @Test("Days with and without events give the same number of requests, of the same sizes, with the same headers")
    func presence() throws {
        var traces: [[String]] = []
        for hasEvents in [false, true] {
            let server = try RecordingServer { _, _ in .answer(200) }
            defer { server.stop() }
            let test = try TestAgent(endpoint: server.url)
            let agent = test.open()
            try agent.setConsent(true)
            let midnight = noon - daySeconds / 2
            for day in 0..<12 {
                if hasEvents {
                    for name in ["JFK", "EWR", "LGA"].prefix(day % 4) {
                        try agent.record(.category(name), for: "home_airport")
                    }
                    try agent.record(.boolean(true), for: "departed_late")
                    if day % 3 == 0 { try agent.record(.category("UA"), for: "carrier") }
                }
                test.clock.set(midnight + Int64(day + 1) * daySeconds + 5)
                test.clock.set(try #require(try agent.flush(onlyWhenDue: true).nextBundle))
                #expect(try agent.flush(onlyWhenDue: true).acknowledged == 3)
                test.clock.set(noon + Int64(day + 1) * daySeconds)
            }
            traces.append(
                server.requests.map { request in
                    // The port is the test's own; everything else is the agent's.
                    request.head.replacing(server.url.dropFirst("http://".count), with: "HOST")
                        + " \(request.body.count)"
                })
        }
        #expect(traces[0].count == 12)
        #expect(traces[0] == traces[1])
    }

    @Test("A thousand random values have one request size and one set of headers")
    func oneSize() throws {
        let server = try RecordingServer { _, _ in .answer(200) }
        defer { server.stop() }
        var noise = SeededNoise(seed: 0x5E4D_1000)
        let sets = try testMetricSet(metrics: [
            try sketchMetric(identifier: 6), try categoryMetric(),
            try meanMetric(identifier: 7), try rapporMetric(identifier: 4),
        ])
        for _ in 0..<1_000 {
            let test = try TestAgent(sets, endpoint: server.url)
            let agent = test.open()
            try agent.setConsent(true)
            let length = Int(noise.next() % 200)
            let text = String(decoding: (0..<length).map { _ in UInt8(97 + noise.next() % 26) }, as: UTF8.self)
            try agent.record(.text(text), for: "word")
            try agent.record(.text(text), for: "destination")
            try agent.record(.category(["AA", "B6", "DL", "UA"][Int(noise.next() % 4)]), for: "carrier")
            try agent.record(.number(Double(Int64(bitPattern: noise.next()) % 1_000)), for: "air_time")
            #expect(try agent.flush(closingPeriod: true).acknowledged == 4)
        }
        #expect(server.requests.count == 1_000)
        #expect(Set(server.requests.map(\.body.count)).count == 1)
        #expect(Set(server.requests.map(\.head)).count == 1)
    }

    @Test("Every request has exactly these headers, in this order, and no cookie ever comes back")
    func headers() throws {
        let server = try RecordingServer { _, _ in
            .answer(
                200, headers: "Set-Cookie: id=1\r\nAlt-Svc: h3=\":443\"\r\nStrict-Transport-Security: max-age=9\r\n")
        }
        defer { server.stop() }
        let (test, agent) = try agent(server)
        _ = try agent.flush()
        test.clock.advance(days: 1)
        _ = try agent.flush()
        let expected = [
            "POST /v1/reports HTTP/1.1", "Host: 127.0.0.1:\(server.port)",
            "Content-Type: application/vnd.dither.reports.v1", "User-Agent: dither/1", "Content-Length: 256",
        ]
        #expect(server.requests.map { $0.head.components(separatedBy: "\r\n") } == [expected, expected])
        #expect(server.connectionCount == 2)
    }

    @Test(
        "A captive portal, a redirect or a proxy's error empties no queue, and the same bytes go out again",
        arguments: [
            .answer(200, "text/html", "<html>Sign in</html>"), .answer(200, "application/json", #"{"ok":true}"#),
            .answer(204, "application/json", ""),
            .answer(302, "text/html", "", headers: "Location: http://127.0.0.1:9/\r\n"),
            .answer(307, "text/html", "", headers: "Location: /elsewhere\r\n"), .answer(404, "text/html", "no"),
            .answer(400, "text/plain", "bad"), .answer(410, "text/html", "gone"), .answer(413, "text/html", "large"),
            .answer(502, "text/html", "bad gateway"), .answer(407, "text/html", ""), .answer(403, "text/html", ""),
            .close, .bytes("nonsense\r\n\r\n"), .bytes("HTTP/1.1 200 x\r\nContent-Length: 900\r\n\r\nshort"),
            .bytes("HTTP/1.1 200 x\r\nContent-Type: application/json\r\n\r\n" + String(repeating: " ", count: 200_000)),
        ] as [RecordingServer.Reply])
    func notACollector(reply: RecordingServer.Reply) throws {
        let server = try RecordingServer { _, earlier in earlier == 0 ? reply : .answer(200) }
        defer { server.stop() }
        let (_, agent) = try agent(server)
        let first = try agent.flush()
        #expect(first.failure != nil && first.waiting == 3 && first.acknowledged == 0)
        let next = try #require(first.nextAttempt)
        #expect(try agent.flush().nextAttempt == next && server.requests.count == 1)
        #expect(try agent.status().lastFailure == first.failure.map(Self.withoutWait))
        #expect(try agent.flush(now: true).acknowledged == 3)
        #expect(server.requests.count == 2 && Set(server.requests).count == 1)
        #expect(try agent.status().lastFailure == nil)
    }

    /// A list that refuses these reports, with codes as long as they may be.
    private static func refusal(of indices: [Int]) -> String {
        let code = String(repeating: "x", count: 64)
        return #"{"rejected":["# + indices.map { #"{"index":\#($0),"code":"\#(code)"}"# }.joined(separator: ",") + "]}"
    }

    @Test(
        "A list that refuses a report twice, or one that was not sent, is no collector's, and does not fill the journal",
        arguments: [[Int](repeating: 0, count: 1_400), [0, 0], [3], [0, 1, 2, 3], [0, 4_095]])
    func impossibleRefusal(indices: [Int]) throws {
        let server = try RecordingServer { _, earlier in
            .answer(200, "application/json", Self.refusal(of: earlier == 0 ? indices : [2, 0]))
        }
        defer { server.stop() }
        let (_, agent) = try agent(server)
        let first = try agent.flush()
        #expect(first.failure == .notACollector(status: 200) && first.waiting == 3 && first.rejected.isEmpty)
        guard case .answered(_, .failed(.notACollector(status: 200)))? = try agent.journal().last?.event else {
            Issue.record("\(try agent.journal())")
            return
        }
        let second = try agent.flush(now: true)
        #expect(second.acknowledged == 1 && second.waiting == 0 && second.failure == nil)
        #expect(try agent.status().rejected == 2 && Set(server.requests).count == 1)
    }

    @Test("A collector's want of a credential pauses uploads for a day, also with now", arguments: [401, 403])
    func credential(status: Int) throws {
        let server = try RecordingServer { _, earlier in earlier == 0 ? .problem(status, "unauthorized") : .answer(200)
        }
        defer { server.stop() }
        let (test, agent) = try agent(server)
        #expect(try agent.flush().failure == .credential(status: status))
        #expect(try agent.status().lastFailure == .credential(status: status))
        test.clock.set(noon + daySeconds + daySeconds - 1)
        #expect(try agent.flush(now: true).nextAttempt == noon + 2 * daySeconds)
        #expect(server.requests.count == 1)
        test.clock.set(noon + 2 * daySeconds)
        #expect(try agent.flush(now: true).waiting == 0)
    }

    @Test(
        "A collector's word ends a batch for good",
        arguments: [(400, "malformed_batch"), (415, "unsupported_media_type")])
    func refusal(status: Int, token: String) throws {
        let server = try RecordingServer { _, _ in .problem(status, token) }
        defer { server.stop() }
        let (_, agent) = try agent(server)
        let report = try agent.flush()
        #expect(report.rejected == [token: 3] && report.waiting == 0 && report.failure == nil)
        #expect(try agent.status().rejected == 3)
    }

    @Test(
        "Told that a metric is retired, the agent drops its reports, records it no more, and sends the others",
        arguments: [#","metric":2"#, #","metric":"carrier""#])
    func retired(member: String) throws {
        let server = try RecordingServer { request, _ in
            let metrics = (try? Batch(decoding: request.body).reports.map(\.metric)) ?? []
            return metrics.contains(2) ? .problem(410, "metric_retired", members: member) : .answer(200)
        }
        defer { server.stop() }
        let (test, agent) = try agent(server, days: 3)
        try agent.record(.category("AA"), for: "carrier")
        let report = try agent.flush()
        #expect(report.rejected == ["metric_retired": 3] && report.acknowledged == 6 && report.waiting == 0)
        #expect(try agent.status().retired == 3)
        #expect(throws: AgentError.notReporting(metric: "carrier", .retiredByCollector)) {
            try agent.record(.category("AA"), for: "carrier")
        }
        try agent.record(.boolean(true), for: "departed_late")
        test.clock.advance(days: 2)
        #expect(try agent.flush().acknowledged == 4)
        let line = try #require(try agent.budget().first { $0.metric == "carrier" })
        #expect(line.isRetired && line.reports == 4)
        try agent.setConsent(false)
        try agent.setConsent(true)
        #expect(throws: AgentError.notReporting(metric: "carrier", .retiredByCollector)) {
            try agent.record(.category("AA"), for: "carrier")
        }
    }

    @Test(
        "A retirement that names no metric of the batch refuses the batch and ends no metric",
        arguments: [
            #","metric":9"#, #","metric":"nothing""#, #","metric":-1"#, #","metric":1e9"#, #","metric":null"#, "",
        ])
    func retiredNothing(member: String) throws {
        let server = try RecordingServer { _, _ in .problem(410, "metric_retired", members: member) }
        defer { server.stop() }
        let (_, agent) = try agent(server)
        let report = try agent.flush()
        #expect(report.rejected == ["metric_retired": 3] && report.waiting == 0)
        #expect(try agent.budget().allSatisfy { !$0.isRetired })
        #expect(server.requests.count == 1)
    }

    @Test("The date of a collector's answer, and of no other's, confirms a calendar that has jumped ahead")
    func collectorDate() throws {
        let dates = [
            (200, "Tue, 31 Mar 2026 12:00:00 GMT", "text/html"),  // a portal
            (200, "yesterday", "application/json"),
            (200, "Thu, 02 Apr 2026 12:00:00 GMT", "application/json"),
        ]
        let server = try RecordingServer { _, earlier in
            let (status, date, type) = dates[min(earlier, 2)]
            let headers = "Date: \(date)\r\n"
            return type == "text/html"
                ? .answer(status, type, "portal", headers: headers) : .answer(200, headers: headers)
        }
        defer { server.stop() }
        let (test, agent) = try agent(server)
        try agent.record(.boolean(true), for: "departed_late")
        test.clock.sleep(days: 29)
        for requests in 1...3 {
            _ = try agent.flush(closingPeriod: true, now: true)
            #expect(server.requests.count == requests)
            let unconfirmed = try agent.status().unconfirmedDay
            #expect((unconfirmed == nil) == (requests == 3))
            if requests == 2 { test.clock.advance(days: 2) }
        }
    }

    @Test("A collector at an IPv6 address is reached")
    func ipv6() throws {
        let server = try RecordingServer(host: "::1") { _, _ in .answer(200) }
        defer { server.stop() }
        let (_, agent) = try agent(server)
        #expect(try agent.flush().acknowledged == 3)
        #expect(server.requests.first?.header("host") == "[::1]:\(server.port)")
    }
}
