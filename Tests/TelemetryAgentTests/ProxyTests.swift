import Foundation
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@testable import TelemetryAgent

/// The environment that names a proxy belongs to a process, so these run the program.
@Suite("Uploads through a proxy")
struct ProxyTests {
    private let folder: TemporaryFolder
    private let identity: TLSIdentity
    private let program: AgentProgram

    init() throws {
        folder = try TemporaryFolder()
        identity = try TLSIdentity(in: folder)
        program = try AgentProgram(endpoint: "https://collector.test")
    }

    private func run(_ arguments: [String], _ environment: [String: String]) throws -> ProgramOutcome {
        try program.run(arguments, environment.merging(["DITHER_CA_FILE": identity.authority]) { $1 })
    }

    @Test("HTTPS_PROXY is asked by CONNECT, with the same head from every device, and sees nothing of the upload")
    func connect() throws {
        let server = try TLSServer(identity)
        defer { server.stop() }
        let proxy = try Relay(to: server.port) { _ in
            // What a proxy says of itself is nothing of the collector's.
            "HTTP/1.1 200 x\r\nDate: Fri, 01 Jan 2100 00:00:00 GMT\r\nSet-Cookie: proxy=1\r\n\r\n"
        }
        defer { proxy.stop() }
        let environment = ["HTTPS_PROXY": "http://127.0.0.1:\(proxy.port)"]
        #expect(try run(["on"], environment).status == 0)
        let flushed = try run(["flush", "--close-period"], environment)
        #expect(flushed.status == 0, "\(flushed.complaint)")
        #expect(server.uploadCount == 1)
        let other = try TemporaryFolder()
        let state = ["--state", other.file("state")]
        #expect(try run(state + ["on"], environment).status == 0)
        #expect(try run(state + ["flush", "--close-period"], environment).status == 0)
        let heads = proxy.began.map { String(decoding: $0, as: UTF8.self) }
        #expect(heads.count == 2)
        #expect(
            Set(heads) == [
                "CONNECT collector.test:443 HTTP/1.1\r\nHost: collector.test:443\r\nProxy-Connection: Keep-Alive\r\n\r\n"
            ])
    }

    @Test(
        "What a proxy answers is no collector's word: nothing is given up, and it goes out when the proxy lets it",
        arguments: [
            "HTTP/1.1 407 x\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 502 x\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 403 x\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 400 x\r\nContent-Type: application/problem+json\r\nContent-Length: 46\r\n\r\n"
                + #"{"type":"urn:dither:error:malformed_batch"}   "#,
            "HTTP/1.1 301 x\r\nLocation: https://elsewhere.test/\r\nContent-Length: 0\r\n\r\n",
        ])
    func refusals(answer: String) throws {
        let server = try TLSServer(identity)
        defer { server.stop() }
        let proxy = try Relay(to: server.port) { $0 == 0 ? answer : "HTTP/1.1 200 x\r\n\r\n" }
        defer { proxy.stop() }
        let environment = ["https_proxy": "http://127.0.0.1:\(proxy.port)"]
        #expect(try run(["on"], environment).status == 0)
        let refused = try run(["flush", "--close-period", "--format", "csv"], environment)
        #expect(refused.status == 6, "\(refused.complaint)")
        #expect(String(decoding: refused.output, as: UTF8.self).contains("\n0,0,3,"))
        #expect(server.uploadCount == 0 && proxy.began.count == 1)
        #expect(try run(["flush", "--now"], environment).status == 0)
        #expect(server.uploadCount == 1)
    }

    @Test("NO_PROXY, and an address of this machine, are reached without it")
    func noProxy() throws {
        let proxy = try Relay(to: 9) { _ in "HTTP/1.1 502 x\r\n\r\n" }
        defer { proxy.stop() }
        let environment = [
            "HTTPS_PROXY": "http://127.0.0.1:\(proxy.port)", "HTTP_PROXY": "http://127.0.0.1:\(proxy.port)",
        ]
        #expect(try run(["on"], environment).status == 0)
        // The name leads nowhere, so there is no upload; what matters is that the proxy is not asked.
        let direct = try run(["flush", "--close-period"], environment.merging(["NO_PROXY": ".test"]) { $1 })
        #expect(direct.status == 6)
        for endpoint in ["https://127.0.0.1:9", "http://127.0.0.1:9", "https://localhost:9"] {
            #expect(try run(["--endpoint", endpoint, "flush", "--now"], environment).status == 6)
        }
        #expect(proxy.began.isEmpty)
    }
}
