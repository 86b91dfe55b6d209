import Foundation
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("An agent and its state folder")
struct AgentTests {
    private let clock = ManualClock()
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var state: String { folder.file("state") }

    private func agent(
        _ set: MetricSet? = nil, environment: [String: String] = [:], optOut: String = "/nonexistent/opt-out"
    ) throws -> Agent {
        var configuration = Agent.Configuration(
            metricSet: try set ?? testMetricSet(), endpoint: try Endpoint("http://127.0.0.1:9"), stateFolder: state,
            environment: environment, clock: clock)
        configuration.machineOptOutFile = optOut
        return Agent(configuration)
    }

    private func files() -> Set<String> {
        Set((try? FileManager.default.contentsOfDirectory(atPath: state)) ?? [])
    }

    @Test("Until somebody consents nothing is recorded and no file exists")
    func unsetIsOff() throws {
        let agent = try agent()
        #expect(throws: AgentError.consentOff(.unset)) { try agent.record(.boolean(true), for: "departed_late") }
        #expect(throws: AgentError.consentOff(.unset)) { _ = try agent.flush() }
        #expect(try agent.status().consent == .unset)
        #expect(try agent.budget().isEmpty)
        #expect(!FileManager.default.fileExists(atPath: state))
    }

    @Test("Consent makes a folder and files that nobody else can read")
    func permissions() throws {
        let agent = try agent()
        try agent.setConsent(true)
        try agent.record(.boolean(true), for: "departed_late")
        #expect(files().isSuperset(of: ["consent", "secret", "agent.db"]))
        for name in files() {
            let attributes = try FileManager.default.attributesOfItem(atPath: state + "/" + name)
            let mode = try #require(attributes[.posixPermissions] as? Int)
            #expect(mode & 0o077 == 0, "\(name) has mode \(String(mode, radix: 8))")
        }
    }

    @Test("Another agent on the folder goes on where the first stopped")
    func reopening() throws {
        try agent().setConsent(true)
        try agent().record(.boolean(true), for: "departed_late")
        let second = try agent()
        try second.record(.boolean(false), for: "departed_late")
        clock.advance(days: 1)
        #expect(try second.budget().first { $0.metric == "departed_late" }?.reports == 1)
        _ = try second.flush()
        #expect(try second.waitingReports().count == 3)
        #expect(try second.status().waiting == 3)
    }

    @Test("Withdrawing erases secret, queue and slots, keeps what was spent, and lasts")
    func optOut() throws {
        let first = try agent()
        try first.setConsent(true)
        try first.record(.boolean(true), for: "departed_late")
        clock.advance(days: 3)
        _ = try first.flush()
        try first.setConsent(false)
        #expect(!files().contains("secret"))
        #expect(try agent().status().consent == .declined)
        #expect(throws: AgentError.consentOff(.declined)) {
            try agent().record(.boolean(true), for: "departed_late")
        }
        try first.setConsent(true)
        #expect(try first.status().waiting == 0)
        let line = try #require(try first.budget().first { $0.metric == "departed_late" })
        #expect(line.reports == 3)
        #expect(line.spentThousandths == 4_000)
    }

    @Test(
        "The environment and the machine's administrator win over consent",
        arguments: [
            (["DO_NOT_TRACK": "1"], ConsentSource.environment(variable: "DO_NOT_TRACK")),
            (["DITHER_DISABLED": "yes"], .environment(variable: "DITHER_DISABLED")),
            (["DO_NOT_TRACK": "0", "DITHER_DISABLED": ""], .granted),
        ])
    func environmentWins(environment: [String: String], expected: ConsentSource) throws {
        try agent().setConsent(true)
        let agent = try agent(environment: environment)
        #expect(try agent.consentSource() == expected)
        let machine = try self.agent(environment: environment, optOut: "/etc/passwd")
        #expect(try machine.consentSource() == .machineOptOut)
    }

    @Test("A metric that asks whether anything happened reports the disjunction of its process")
    func anyEvent() throws {
        let metric = try booleanMetric(epsilonThousandths: 16_000, lifetimeThousandths: 160_000, combination: .any)
        let set = try testMetricSet(metrics: [metric])
        let agent = try agent(set)
        try agent.setConsent(true)
        for value in [false, true, false] { try agent.record(.boolean(value), for: metric.name) }
        #expect(try agent.budget().first?.reports == 0)
        try agent.persist()
        #expect(try agent.budget().first?.reports == 1)
        clock.advance(days: 1)
        try agent.record(.boolean(false), for: metric.name)
        clock.advance(days: 1)
        _ = try agent.flush()
        // At ε = 16 each of the two reports is a lie with probability 1.1e-7.
        let reports = try agent.waitingReports().sorted { $0.period < $1.period }
        #expect(reports.map(\.response) == ["true", "false"])
    }

    @Test("An event that waits in memory over midnight is reported for its own day, whatever is recorded first")
    func anyEventOverMidnight() throws {
        let any = try booleanMetric(
            identifier: 9, name: "crashed", epsilonThousandths: 16_000, lifetimeThousandths: 160_000, combination: .any)
        let set = try testMetricSet(metrics: [any])
        let agent = try agent(set)
        try agent.setConsent(true)
        try agent.record(.boolean(true), for: "crashed")
        clock.advance(days: 1)
        _ = try agent.budget()
        try agent.record(.boolean(false), for: "crashed")
        clock.advance(days: 1)
        _ = try agent.flush()
        let reports = try agent.waitingReports().sorted { $0.period < $1.period }
        // At ε = 16 each of the two reports is a lie with probability 1.1e-7.
        #expect(reports.map(\.response) == ["true", "false"])
        #expect(reports.map(\.period.index) == [UInt32(noon / daySeconds), UInt32(noon / daySeconds) + 1])
    }

    @Test("A damaged database stops all reports; withdrawing removes it, and the device starts anew")
    func damagedDatabase() throws {
        try agent().setConsent(true)
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: state + "/agent.db" + suffix) }
        let garbage = Data(repeating: 0x5A, count: 8192)
        try garbage.write(to: URL(filePath: state + "/agent.db"))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: state + "/agent.db")
        #expect(throws: AgentError.stateDamaged(field: "agent.db")) {
            try agent().record(.boolean(true), for: "departed_late")
        }
        try Agent.withdrawConsent(stateFolder: state)
        #expect(files() == ["consent"])
        try agent().setConsent(true)
        try agent().record(.boolean(true), for: "departed_late")
        #expect(try agent().status().waiting == 0)
    }

    @Test("Losing the secret or the ledger alone stops all reports, and says how to go on")
    func lostState() throws {
        let first = try agent()
        try first.setConsent(true)
        try FileManager.default.removeItem(atPath: state + "/secret")
        #expect(throws: AgentError.secretLost(.missing)) {
            try agent().record(.boolean(true), for: "departed_late")
        }
        #expect(throws: AgentError.secretLost(.missing)) { try agent().setConsent(true) }
        try agent().setConsent(false)
        try agent().setConsent(true)
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: state + "/agent.db" + suffix) }
        #expect(throws: AgentError.ledgerLost) { try agent().record(.boolean(true), for: "departed_late") }
    }

    @Test("A secret that others could read, a link in its place, or an open folder is refused")
    func unsafeFiles() throws {
        try agent().setConsent(true)
        let secret = state + "/secret"
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: secret)
        #expect(throws: AgentError.unsafePermissions(path: secret, problem: .openToOthers(mode: 0o644))) {
            try agent().record(.boolean(true), for: "departed_late")
        }
        try FileManager.default.moveItem(atPath: secret, toPath: folder.file("elsewhere"))
        try FileManager.default.createSymbolicLink(atPath: secret, withDestinationPath: folder.file("elsewhere"))
        #expect(throws: AgentError.unsafePermissions(path: secret, problem: .wrongKind)) {
            try agent().record(.boolean(true), for: "departed_late")
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: state)
        #expect(throws: AgentError.unsafePermissions(path: state, problem: .openToOthers(mode: 0o755))) {
            try agent().record(.boolean(true), for: "departed_late")
        }
    }

    @Test("Wrong names and values are refused without being repeated in the error")
    func wrongInput() throws {
        let agent = try agent()
        try agent.setConsent(true)
        #expect(throws: AgentError.unknownMetric(name: "nothing")) { try agent.record(.boolean(true), for: "nothing") }
        let canary = "CANARY_9f3a"
        do {
            try agent.record(.category(canary), for: "carrier")
            Issue.record("an unknown category was accepted")
        } catch {
            #expect(error == .value(metric: "carrier", .unknownCategory))
            #expect(!"\(error)".contains(canary) && !String(reflecting: error).contains(canary))
        }
    }

    @Test("A collector that cannot be reached costs nothing but time")
    func unreachable() throws {
        let agent = try agent()
        try agent.setConsent(true)
        let first = try agent.flush(closingPeriod: true)
        #expect(first.failure != nil && first.waiting == 3 && first.acknowledged == 0)
        let next = try #require(first.nextAttempt)
        #expect((noon + 1...noon + 30).contains(next))
        #expect(try agent.flush().nextAttempt == next)
        #expect(try agent.status().failures == 1)
        #expect(try agent.flush(now: true).failure != nil)
        #expect(try agent.status().failures == 2)
        #expect(Set(try agent.waitingReports().map(\.stage)).count == 1)
    }
}
