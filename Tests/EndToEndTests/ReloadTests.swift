import Foundation
import Synchronization
import TestSupport
import Testing

private let registry = """
    registry: 1
    project: flights
    ceiling: { epsilon_per_day: 16, epsilon_lifetime: 1000 }
    agent: { enrolment_delay_hours: 0 }
    metrics:
      departed_late:
        id: 1
        version: 1
        description: Did the flight leave more than 15 minutes late?
        type: boolean
        mechanism: randomized_response
        epsilon: 1.0
        epsilon_lifetime: 120
        period: day
        when_absent: { value: false }
        combine: sample
        release: { minimum_reports: 1 }
        owner: ops@airline.example
        expires: { never: A metric of the tests }
    """

@Suite("A collector process that rereads its files", .serialized)
struct ReloadTests {
    private let workspace: Workspace
    private let metricSet: String

    init() throws {
        workspace = try Workspace()
        metricSet = workspace.file("metrics.set")
        try compile(registry)
    }

    private func compile(_ text: String) throws {
        let source = try workspace.write("metrics.yaml", text)
        let compiled = try run("dither", ["registry", "compile", source, "-o", metricSet])
        try #require(compiled.status == 0, "\(compiled.complaint)")
    }

    /// Puts a file in the place of another, as a program does that renews certificates.
    private func replace(_ path: String, by source: String) throws {
        let draft = path + ".renewed"
        try Data(contentsOf: URL(filePath: source)).write(to: URL(filePath: draft))
        try #require(rename(draft, path) == 0)
    }

    private static func curl(_ arguments: [String]) throws -> Outcome {
        try run("/usr/bin/curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}"] + arguments)
    }

    /// A TLS connection that stays open, through openssl.
    private final class OpenConnection {
        private let process = Process()
        private let (input, output) = (Pipe(), Pipe())

        init(url: String) throws {
            process.executableURL = URL(filePath: "/usr/bin/openssl")
            process.arguments = ["s_client", "-quiet", "-connect", String(url.dropFirst("https://".count))]
            (process.standardInput, process.standardOutput) = (input, output)
            process.standardError = FileHandle.nullDevice
            try process.run()
        }

        deinit {
            process.terminate()
            process.waitUntilExit()
        }

        /// The status of the answer to a request; the answers have bodies that end in a brace.
        func get() throws -> String {
            try input.fileHandleForWriting.write(
                contentsOf: Data("GET /v1/registry HTTP/1.1\r\nHost: collector\r\n\r\n".utf8))
            var answer = Data()
            while answer.last != UInt8(ascii: "}") {
                let bytes = output.fileHandleForReading.availableData
                guard !bytes.isEmpty else { break }
                answer += bytes
            }
            return String(String(decoding: answer, as: UTF8.self).dropFirst("HTTP/1.1 ".count).prefix(3))
        }
    }

    /// Threads that do the same over and over, and keep what comes of it.
    private final class Visitors: Sendable {
        private let isOver = Mutex(false)
        private let outcomes = Mutex<[String]>([])
        private let threads = DispatchGroup()

        init(count: Int, visit: @escaping @Sendable () -> String) {
            for _ in 0..<count {
                threads.enter()
                Thread.detachNewThread { [self] in
                    while !isOver.withLock({ $0 }) {
                        let outcome = visit()
                        outcomes.withLock { $0.append(outcome) }
                    }
                    threads.leave()
                }
            }
        }

        func finish() -> [String] {
            isOver.withLock { $0 = true }
            threads.wait()
            return outcomes.withLock { $0 }
        }
    }

    @Test("A new certificate is shown to the next handshake; no request and no open connection is lost")
    func certificate() throws {
        let folders = [try Workspace(), try Workspace()]
        let certificates = try folders.map { try Certificate(in: $0) }
        let served = try Certificate(in: workspace)
        let collector = try RunningCollector(
            metricSet: metricSet, store: workspace.file("reports.db"), certificate: served)
        let authorities = [served.authority] + certificates.map(\.authority)
        let trusted = try workspace.write(
            "trusted.pem", try authorities.map { try String(contentsOfFile: $0, encoding: .utf8) }.joined())
        let open = try OpenConnection(url: collector.url)
        #expect(try open.get() == "404")
        // Others make a connection for each request all the while.
        let url = collector.url + "/v1/registry"
        let visitors = Visitors(count: 2) {
            (try? Self.curl(["--cacert", trusted, url]))?.output ?? "none"
        }
        for turn in 0..<10 {
            let renewed = certificates[turn % 2], former = certificates[1 - turn % 2]
            try replace(served.chain, by: renewed.chain)
            try replace(served.key, by: renewed.key)
            let said = collector.reload()
            #expect(said.contains("reread: metrics, certificate"), "\(said)")
            #expect(try Self.curl(["--cacert", renewed.authority, url]).output == "404")
            #expect(try Self.curl(["--cacert", former.authority, url]).output == "000")
            #expect(try open.get() == "404")
        }
        let outcomes = visitors.finish()
        #expect(!outcomes.isEmpty && outcomes.allSatisfy { $0 == "404" }, "\(Set(outcomes))")
        #expect(collector.stop() == 0)
    }

    @Test("A certificate, a set or tokens that are broken stay what they were, and the log says which and why")
    func brokenFiles() throws {
        let elsewhere = try Workspace()
        let certificate = try Certificate(in: workspace), other = try Certificate(in: elsewhere)
        let tokens = try workspace.write("tokens", "read old 0 -\n")
        let collector = try RunningCollector(
            metricSet: metricSet, store: workspace.file("reports.db"), certificate: certificate,
            arguments: ["--tokens", tokens])
        try replace(certificate.key, by: other.key)
        try Data("metrics: none\n".utf8).write(to: URL(filePath: metricSet))
        // The tokens are sound: the line about what was reread comes last.
        let said = collector.reload()
        #expect(said.contains("kept what was read before: --metrics") && said.contains("is not a sound metric set"))
        #expect(said.contains("do not belong together") && said.contains("reread: tokens"))
        #expect(try Self.curl(["--cacert", certificate.authority, collector.url + "/v1/registry"]).output == "404")
        try compile(registry)
        try Data("ingest fleet\n".utf8).write(to: URL(filePath: tokens))
        let again = collector.reload()
        #expect(again.contains("--tokens \(tokens) is no list of tokens: line 1") && again.contains("reread: metrics"))
        #expect(!again.contains("fleet"))
        // A file that was cut off opens no door.
        try Data().write(to: URL(filePath: tokens))
        #expect(collector.reload().contains("kept what was read before: --tokens \(tokens) has no token"))
        #expect(collector.stop() == 0)
    }

    @Test("A metric of a new set is taken after the reload, and an altered definition keeps the old set")
    func metrics() throws {
        let collector = try RunningCollector(metricSet: metricSet, store: workspace.file("reports.db"))
        let agent = AgentProcess(
            metricSet: workspace.file("agent.set"), endpoint: collector.url, state: workspace.file("state"))
        // The device knows a metric that the collector does not know yet.
        try compile(registry.replacing("departed_late", with: "landed_late").replacing("id: 1", with: "id: 2"))
        try replace(agent.metricSet, by: metricSet)
        #expect(try agent("on").status == 0)
        let early = try agent("flush", "--close-period", "--format", "csv")
        #expect(early.output.contains("\n0,1,0,"), "\(early.output)\(early.complaint)")
        #expect(collector.reload().contains("reread: metrics"))
        let second = AgentProcess(
            metricSet: agent.metricSet, endpoint: collector.url, state: workspace.file("state-2"))
        #expect(try second("on").status == 0)
        let late = try second("flush", "--close-period", "--format", "csv")
        #expect(late.output.contains("\n1,0,0,"), "\(late.output)\(late.complaint)")
        // Another definition under the same version is refused with the store's own words.
        try compile(
            registry.replacing("departed_late", with: "landed_late").replacing("id: 1", with: "id: 2")
                .replacing("epsilon: 1.0", with: "epsilon: 0.5"))
        let said = collector.reload(until: "under another definition")
        #expect(said.contains("kept what was read before: the store holds reports of metric 2"), "\(said)")
        #expect(collector.stop() == 0)
    }

    @Test("An agent with the fleet's token delivers, one without keeps its reports, and a revoked token is none")
    func tokens() throws {
        let tokens = workspace.file("tokens"), secret = workspace.file("secret")
        let made = try run(
            "dither-collector",
            ["token", "new", "--tokens", tokens, "--role", "ingest", "--name", "fleet", "--daily-quota", "1"])
        try #require(made.status == 0, "\(made.complaint)")
        try Data(made.output.utf8).write(to: URL(filePath: secret))
        #expect(!(try String(contentsOfFile: tokens, encoding: .utf8)).contains(made.output.dropLast()))
        let collector = try RunningCollector(
            metricSet: metricSet, store: workspace.file("reports.db"), arguments: ["--tokens", tokens])
        func agent(_ name: String, hasToken: Bool = true) -> AgentProcess {
            AgentProcess(
                metricSet: metricSet, endpoint: collector.url, state: workspace.file("state-\(name)"),
                environment: hasToken ? ["DITHER_TOKEN_FILE": secret] : [:])
        }
        func flush(_ agent: AgentProcess) throws -> String {
            #expect(try agent("on").status == 0)
            return try agent("flush", "--close-period", "--format", "csv").output
        }
        #expect(try flush(agent("stranger", hasToken: false)).contains("\n0,0,1,"))
        #expect(try flush(agent("a")).contains("\n1,0,0,"))
        // The fleet's quota is one report a day.
        #expect(try flush(agent("b")).contains("\n0,1,0,"))
        let listed = try run("dither-collector", ["token", "list", "--tokens", tokens, "--format", "csv"])
        #expect(listed.output == "role,name,daily_quota,state\ningest,fleet,1,valid\n")
        #expect(try run("dither-collector", ["token", "revoke", "--tokens", tokens, "--name", "fleet"]).status == 0)
        #expect(collector.reload().contains("tokens"))
        #expect(try flush(agent("c")).contains("\n0,0,1,"))
        #expect(collector.stop() == 0)
    }
}

extension String {
    fileprivate func replacing(_ text: String, with other: String) -> String {
        replacingOccurrences(of: text, with: other)
    }
}
