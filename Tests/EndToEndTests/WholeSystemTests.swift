import Foundation
import MetricDefinitions
import TestSupport
import Testing

/// The registry of these tests: as the walking example, but shown from the first report on.
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
      home_airport:
        id: 2
        version: 1
        description: From which airport does the aircraft usually leave?
        type: category
        values: [EWR, JFK, LGA]
        mechanism: randomized_response
        epsilon: 1.0
        memoize: true
        epsilon_permanent: 2.0
        max_reports: 365
        max_distinct_values: 3
        period: day
        when_absent: last
        release: { minimum_reports: 1 }
        owner: ops@airline.example
        expires: { never: A metric of the tests }
    """

/// Metric set, certificate and a collector over TLS, made once per test.
private struct System {
    let workspace: Workspace
    let registryPath: String
    let metricSet: String
    let certificate: Certificate
    let collector: RunningCollector

    init() throws {
        workspace = try Workspace()
        registryPath = try workspace.write("metrics.yaml", registry)
        metricSet = workspace.file("metrics.set")
        let compiled = try run("dither", ["registry", "compile", registryPath, "-o", metricSet])
        try #require(compiled.status == 0, "\(compiled.complaint)")
        certificate = try Certificate(in: workspace)
        collector = try RunningCollector(
            metricSet: metricSet, store: workspace.file("reports.db"), certificate: certificate)
    }

    func agent(_ name: String, trusting: Bool = true) -> AgentProcess {
        AgentProcess(
            metricSet: metricSet, endpoint: collector.url, state: workspace.file("state-\(name)"),
            environment: trusting ? ["DITHER_CA_FILE": certificate.authority] : [:])
    }

    /// The reports of a metric that an estimate counts.
    func counted(_ metric: String) throws -> Int {
        let outcome = try run(
            "dither",
            [
                "estimate", "--registry", registryPath, "--store", collector.store, "--metric", metric, "--format",
                "json",
            ])
        struct Answer: Decodable { var reports: Int }
        try #require(outcome.status == 0, "\(outcome.complaint)")
        return try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8)).reports
    }
}

@Suite("The whole system as processes over TLS", .serialized)
struct WholeSystemTests {
    @Test("A value recorded on a device is an estimate with an interval at the other end")
    func walking() throws {
        let system = try System()
        let agent = system.agent("a")
        #expect(try agent("record", "departed_late", "true").complaint.contains("nobody has consented"))
        #expect(!FileManager.default.fileExists(atPath: agent.state))
        #expect(try agent("on").status == 0)
        #expect(try agent("record", "departed_late", "true").status == 0)
        #expect(try agent("record", "home_airport", "--stdin", input: "JFK\nJFK\n").status == 0)
        let shown = try agent("show")
        #expect(shown.output.contains("departed_late") && shown.output.contains("open"))
        let flushed = try agent("flush", "--close-period", "--format", "csv")
        #expect(flushed.status == 0, "\(flushed.complaint)")
        #expect(flushed.output == "acknowledged,rejected,waiting,next_attempt\n2,0,0,\n")
        let late = try agent("record", "departed_late", "false")
        #expect(late.status == 5 && late.complaint.contains("closed"))
        #expect(try system.counted("departed_late") == 1)
        #expect(try system.counted("home_airport") == 1)
        let off = try run("dither-agent", ["--state", agent.state, "off"])
        #expect(off.status == 0, "\(off.complaint)")
        #expect(try agent("status", "--format", "csv").output.contains("telemetry,off"))
        #expect(!FileManager.default.fileExists(atPath: agent.state + "/secret"))
        #expect(system.collector.stop() == 0)
        #expect(try system.counted("departed_late") == 1)
    }

    @Test("An agent that does not know the collector's authority sends nothing and loses nothing")
    func unknownAuthority() throws {
        let system = try System()
        let agent = system.agent("a", trusting: false)
        try agent("on")
        let refused = try agent("flush", "--close-period")
        #expect(refused.status == 6 && refused.complaint.contains("certificate"), "\(refused.complaint)")
        #expect(try agent.status("reports waiting") == 2)
        #expect(try system.agent("a")("flush", "--now").status == 0)
        #expect(try system.counted("departed_late") == 1)
    }

    @Test("Killing the collector at random moments loses no acknowledged report and counts none twice")
    func collectorKilled() throws {
        let system = try System()
        var noise = SeededNoise(seed: 0x6b69_6c6c)
        var agents: [AgentProcess] = []
        for round in 0..<20 {
            let fresh = (0..<5).map { system.agent("\(round)-\($0)") }
            for agent in fresh {
                try agent("on")
                try agent("record", "departed_late", "true")
            }
            agents += fresh
            let batch = agents.suffix(10)
            let flushing = Thread {
                for agent in batch { _ = try? agent("flush", "--close-period", "--now") }
                flushingEnded.signal()
            }
            flushing.start()
            usleep(UInt32(noise.next() % 200_000))
            system.collector.kill()
            flushingEnded.wait()
            try system.collector.start()
        }
        for agent in agents { #expect(try agent("flush", "--close-period", "--now").status == 0) }
        var acknowledged = 0
        for agent in agents {
            #expect(try agent.status("reports waiting") == 0)
            acknowledged += try agent.status("reports acknowledged") ?? 0
        }
        #expect(acknowledged == 2 * agents.count)
        #expect(try system.counted("departed_late") == agents.count)
        #expect(try system.counted("home_airport") == agents.count)
    }

    /// How long a command of an agent lives that nobody interrupts, here and now: the median of five.
    private func commandLifetime(of agent: AgentProcess) throws -> Duration {
        try agent("on")
        let clock = ContinuousClock()
        let lives = try (0..<5).map { _ in try clock.measure { try agent("record", "departed_late", "true") } }
        return lives.sorted()[2]
    }

    private let flushingEnded = DispatchSemaphore(value: 0)

    @Test("Killing the agent at random moments leaves one permanent response, no report without its debit, no loss")
    func agentKilled() throws {
        let system = try System()
        var noise = SeededNoise(seed: 0x6167_656e)
        let lifetime = try commandLifetime(of: system.agent("warm"))
        var finished = 0
        for round in 0..<20 {
            let agent = system.agent("\(round)")
            func interrupt(_ arguments: String...) throws {
                let moment = lifetime * (Double(noise.next() % 1000) / 800)
                let outcome = try run(
                    "dither-agent",
                    ["--metrics", agent.metricSet, "--endpoint", agent.endpoint, "--state", agent.state] + arguments,
                    environment: agent.environment, killAfter: moment)
                if outcome.status == 0 { finished += 1 }
            }
            try interrupt("on")
            #expect(try agent("on").status == 0)
            var permanent: Set<[UInt8]> = []
            for _ in 0..<4 {
                try interrupt("record", "home_airport", "LGA")
                try interrupt("record", "departed_late", "true")
                let state = try agent.inspect()
                #expect(!state.hasUnpaidReport)
                permanent.formUnion(state.permanentResponses)
            }
            try agent("record", "home_airport", "LGA")
            permanent.formUnion(try agent.inspect().permanentResponses)
            #expect(permanent.count == 1)
            for _ in 0..<2 {
                try interrupt("flush", "--close-period", "--now")
                #expect(!(try agent.inspect().hasUnpaidReport))
            }
            #expect(try agent("flush", "--close-period", "--now").status == 0)
            #expect(try agent.inspect().debits == [1: 1, 2: 1])
            #expect(try agent.status("reports acknowledged") == 2)
        }
        // The moments are spread over a command's life and beyond: some come too late, at least twenty must not.
        #expect(finished <= 20 * 11 - 20, "\(20 * 11 - finished) of 220 kills hit")
        #expect(try system.counted("departed_late") == 20)
        #expect(try system.counted("home_airport") == 20)
    }
}
