import ReportFormat
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("What answers and endpoints mean")
struct TransportTests {
    private static func answer(
        _ status: Int, _ contentType: String, _ body: String, retryAfter: Int64 = 0
    ) -> UploadOutcome {
        ServerAnswer(
            status: status, contentType: contentType, retryAfterSeconds: retryAfter, body: Array(body.utf8)
        ).outcome
    }

    private static func problem(_ status: Int, _ type: String, retryAfter: Int64 = 0) -> UploadOutcome {
        answer(
            status, "application/problem+json", #"{"type":"\#(type)","title":"x","status":\#(status),"detail":"y"}"#,
            retryAfter: retryAfter)
    }

    @Test("A batch is given up only on a collector's own word")
    func outcomes() {
        let urn = "urn:dither:error:"
        let cases: [(UploadOutcome, UploadOutcome)] = [
            (Self.answer(200, "application/json", #"{"rejected":[]}"#), .delivered(refused: [])),
            (
                Self.answer(
                    200, "application/json; charset=utf-8",
                    #"{"rejected":[{"index":0,"code":"too_late"},{"index":2,"code":"malformed"}]}"#),
                .delivered(refused: [
                    RefusedReport(index: 0, code: "too_late"), RefusedReport(index: 2, code: "malformed"),
                ])
            ),
            (Self.answer(200, "text/html", "<html>Sign in</html>"), .failed(.notACollector(status: 200))),
            (Self.answer(200, "application/json", "{}"), .failed(.notACollector(status: 200))),
            (Self.answer(200, "application/json", #"{"ok":true}"#), .failed(.notACollector(status: 200))),
            (Self.answer(302, "text/html", ""), .failed(.notACollector(status: 302))),
            (Self.answer(404, "text/html", "no such page"), .failed(.notACollector(status: 404))),
            (
                Self.answer(400, "application/json", #"{"type":"urn:dither:error:malformed_batch"}"#),
                .failed(.notACollector(status: 400))
            ),
            (Self.problem(400, urn + "malformed_batch"), .refused(token: "malformed_batch")),
            (Self.problem(404, "about:blank"), .failed(.notACollector(status: 404))),
            (Self.problem(413, urn + "batch_too_large"), .tooLarge),
            (Self.answer(413, "text/html", ""), .failed(.notACollector(status: 413))),
            (Self.problem(415, urn + "unsupported_media_type"), .refused(token: "unsupported_media_type")),
            (Self.problem(401, urn + "unauthorized"), .failed(.credential(status: 401))),
            (
                Self.problem(503, urn + "storage_unavailable", retryAfter: 30),
                .failed(.unavailable(status: 503, retryAfterSeconds: 30))
            ),
            (
                Self.answer(503, "text/html", "", retryAfter: 900_000),
                .failed(.unavailable(status: 503, retryAfterSeconds: 86_400))
            ),
            (Self.answer(429, "", ""), .failed(.unavailable(status: 429, retryAfterSeconds: nil))),
            (Self.answer(500, "", ""), .failed(.unavailable(status: 500, retryAfterSeconds: nil))),
        ]
        for (index, (outcome, expected)) in cases.enumerated() { #expect(outcome == expected, "case \(index)") }
    }

    @Test("An answer that refuses every report of the largest batch is read, with room to spare")
    func longestAnswer() {
        let codes = [String](repeating: String(repeating: "x", count: 64), count: WireLimits.reportsPerBatch)
        let elements = codes.enumerated().map { #"{"index":\#($0),"code":"\#($1)"}"# }
        let body = #"{"rejected":["# + elements.joined(separator: ",") + "]}"
        #expect(body.utf8.count <= ReportUploader.answerLimit)
        let refused = codes.enumerated().map { RefusedReport(index: $0, code: $1) }
        #expect(Self.answer(200, "application/json", body) == .delivered(refused: refused))
    }

    @Test("Every truncation of an answer is no delivery, and no changed byte traps")
    func damagedAnswers() {
        let body = Array(
            #"{"rejected":[{"index":0,"code":"too_late"}, {"index":1,"code":"a\u00e9\ud83d\ude00"}]}"#.utf8)
        for damaged in Mutations.truncations(of: body) {
            let answer = ServerAnswer(
                status: 200, contentType: "application/json", retryAfterSeconds: 0, body: damaged)
            #expect(answer.outcome == .failed(.notACollector(status: 200)))
        }
        for damaged in Mutations.changedBytes(of: body) { _ = try? JSONValue(parsing: damaged) }
    }

    @Test(
        "JSON is what RFC 8259 says, and nothing else",
        arguments: [
            ("[1,-2.5e3,true,false,null]", true), (#"{"a":{"b":[]}}"#, true), (#""\u00e9\n\ud83d\ude00""#, true),
            ("01", false), ("[1,]", false), (#"{"a":1,"a":2}"#, false), (#"{"a" 1}"#, false), ("[1] 2", false),
            (#""\ud83d""#, false), (#""\x""#, false), ("\"\u{1}\"", false), ("", false), ("nul", false),
            (String(repeating: "[", count: 17) + String(repeating: "]", count: 17), false), ("-", false),
        ])
    func json(text: String, isValid: Bool) {
        #expect(((try? JSONValue(parsing: Array(text.utf8))) != nil) == isValid)
    }

    @Test(
        "Reports go out by https, or by plain http to this machine",
        arguments: [
            ("https://telemetry.example", nil), ("https://telemetry.example:8443/base/", nil),
            ("http://127.0.0.1:80", nil), ("http://127.9.9.9", nil), ("http://[::1]:8080", nil),
            ("http://localhost:1", nil), ("http://telemetry.example", .plainHTTPToOtherHost),
            ("http://127.0.0.1.example", .plainHTTPToOtherHost), ("http://127.1", nil),
            ("http://localhost.example", .plainHTTPToOtherHost), ("ftp://x.example", .unsupportedScheme),
            ("telemetry.example", .malformed), ("", .malformed), ("https://", .malformed),
            ("https://user:secret@x.example", .superfluousPart), ("https://x.example/?q=1", .superfluousPart),
            ("https://x.example/#f", .superfluousPart),
        ] as [(String, EndpointProblem?)])
    func endpoints(text: String, problem: EndpointProblem?) {
        do throws(AgentError) {
            let endpoint = try Endpoint(text)
            #expect(problem == nil)
            #expect(endpoint.reportsURL.hasSuffix("/v1/reports") && !endpoint.reportsURL.contains("//v1"))
        } catch { #expect(problem.map { error == .endpoint($0) } ?? false, "\(text): \(error)") }
    }

    @Test("Waiting grows twofold from half a minute to six hours, drawn from the whole span")
    func backoff() throws {
        for (failures, ceiling) in [(1, 30), (2, 60), (5, 480), (10, 15_360), (11, 21_600), (60, 21_600)]
            as [(Int64, Int64)]
        {
            var below = 0
            for _ in 0..<400 {
                let delay = try Backoff.delay(afterFailures: failures)
                #expect((1...ceiling).contains(delay))
                if delay <= ceiling / 2 { below += 1 }
            }
            let test = BinomialTest(comparisons: 6)
            #expect(test.accepts(successes: below, of: 400, probability: 0.5))
        }
        // The fault this finds: a constant wait.
        #expect(!BinomialTest(comparisons: 6).accepts(successes: 0, of: 400, probability: 0.5))
    }
}
