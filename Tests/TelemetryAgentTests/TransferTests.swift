import Foundation
import MetricDefinitions
import ReportFormat
import Synchronization
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("Uploads that are broken off")
struct TransferTests {
    /// Lets threads wait for one another without sleeping.
    private final class Signal: Sendable {
        private let semaphore = DispatchSemaphore(value: 0)
        func send() { semaphore.signal() }
        func wait() { semaphore.wait() }
        func drain() { while semaphore.wait(timeout: .now()) == .success {} }
    }

    @Test(
        "After withdrawing a thousand times during an upload, no batch has started later, and nothing is left to send")
    func optOutDuringUpload() throws {
        let arrived = Signal()
        let server = try RecordingServer { _, _ in
            arrived.send()
            return .silence
        }
        defer { server.stop() }
        // As many periods as there are rounds.
        let metric = try booleanMetric(epsilonThousandths: 500, lifetimeThousandths: 1_000_000)
        let test = try TestAgent(try testMetricSet(metrics: [metric]), endpoint: server.url)
        let agent = test.open(), other = test.open()
        var late = 0
        for round in 0..<1_000 {
            try agent.setConsent(true)
            test.clock.advance(days: 1)
            let ended = Signal()
            let thread = Thread {
                _ = try? agent.flush(now: true)
                ended.send()
            }
            arrived.drain()
            thread.start()
            // Every third time in the middle of the upload, otherwise wherever it is.
            if round % 3 == 0 { arrived.wait() }
            // Every tenth time by another agent, which can tell this one only through the folder.
            try (round % 10 == 0 ? other : agent).setConsent(false)
            let before = try server.connectionsSoFar()
            ended.wait()
            late += try server.connectionsSoFar() - before
            #expect(try agent.status().waiting == 0)
        }
        #expect(late == 0)
        #expect(server.requests.count >= 334)
    }

    @Test(
        "An upload that is interrupted ends at once, is no failure of the collector's, and its batch goes out again later"
    )
    func interrupted() throws {
        let arrived = Signal()
        let server = try RecordingServer { _, earlier in
            arrived.send()
            return earlier == 0 ? .silence : .answer(200)
        }
        defer { server.stop() }
        let test = try TestAgent(endpoint: server.url)
        let agent = test.open()
        try agent.setConsent(true)
        test.clock.advance(days: 1)
        let outcome = Mutex<FlushReport?>(nil)
        let ended = Signal()
        let thread = Thread {
            let report = try? agent.flush()
            outcome.withLock { $0 = report }
            ended.send()
        }
        thread.start()
        arrived.wait()
        // What a process leaves that is killed here.
        let noted = try #require(try test.value(.backoffUntil))
        let now = test.clock.secondsSinceEpoch()
        #expect((now + 1...now + 30).contains(noted))
        agent.interrupt()
        ended.wait()
        let report = try #require(outcome.withLock { $0 })
        #expect(report.failure == .interrupted && report.waiting == 3 && report.nextAttempt == noted)
        #expect(try agent.status().failures == 0)
        // However often the program starts meanwhile, the collector sees nothing of it.
        for _ in 0..<6 { #expect(try test.open().flush(deadlineMilliseconds: 5_000).nextAttempt == noted) }
        #expect(server.requests.count == 1)
        test.clock.set(noted)
        #expect(try agent.flush().acknowledged == 3)
        #expect(server.requests.count == 2 && Set(server.requests).count == 1)
        #expect(try test.value(.backoffUntil) == 0)
    }

    @Test(
        "A deadline bounds a flush, whatever the server does",
        arguments: [.silence, .drip("HTTP/1.1 200 x\r\n" + String(repeating: "a", count: 5_000))]
            as [RecordingServer.Reply])
    func deadline(reply: RecordingServer.Reply) throws {
        let server = try RecordingServer { _, _ in reply }
        defer { server.stop() }
        let test = try TestAgent(endpoint: server.url)
        let agent = test.open()
        try agent.setConsent(true)
        test.clock.advance(days: 1)
        let start = ContinuousClock.now
        let report = try agent.flush(deadlineMilliseconds: 300)
        // CURLE_OPERATION_TIMEDOUT. Far less than the half minute that an exchange may take without a deadline.
        #expect(report.failure == .transport(code: 28) && report.waiting == 3)
        #expect(ContinuousClock.now - start < .seconds(15))
        #expect(try agent.flush(now: true, deadlineMilliseconds: 0).waiting == 3)
        #expect(server.requests.count == 1)
    }

    @Test("Two agents of one folder never send the same batch at once")
    func oneAtATime() throws {
        let arrived = Signal(), release = Signal()
        let server = try RecordingServer { _, _ in
            arrived.send()
            release.wait()
            return .answer(200)
        }
        defer { server.stop() }
        let test = try TestAgent(endpoint: server.url)
        let first = test.open(), second = test.open()
        try first.setConsent(true)
        test.clock.advance(days: 1)
        let ended = Signal()
        let thread = Thread {
            _ = try? first.flush()
            ended.send()
        }
        thread.start()
        arrived.wait()
        #expect(throws: AgentError.stateBusy) { _ = try second.flush(deadlineMilliseconds: 100) }
        release.send()
        ended.wait()
        #expect(try second.flush().waiting == 0)
        #expect(server.requests.count == 1)
    }

    @Test(
        "A key pin is sha256// and the base64 of 32 bytes, one or several",
        arguments: [
            ("sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", true),
            (
                "sha256//n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=;sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                true
            ),
            ("", false), ("sha256//", false), (";", false),
            ("sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=;", false),
            ("sha1//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", false),
            ("/etc/passwd", false), ("sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=", false),
            ("sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false),
            ("sha256//AAAA AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", false),
        ])
    func keyPins(text: String, isValid: Bool) {
        do throws(AgentError) {
            #expect(try KeyPin(text).description == text)
            #expect(isValid)
        } catch { #expect(!isValid && error == .endpoint(.malformedKeyPin)) }
    }
}
