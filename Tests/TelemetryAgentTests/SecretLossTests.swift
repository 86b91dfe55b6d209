import Foundation
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("A device that has lost its secret")
struct SecretLossTests {
    private let clock = ManualClock()
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try Data("this machine\n".utf8).write(to: URL(filePath: folder.file("machine-id")))
    }

    private func agent(machine: String = "machine-id") throws -> Agent {
        var configuration = Agent.Configuration(
            metricSet: try testMetricSet(), endpoint: try Endpoint("http://127.0.0.1:9"),
            stateFolder: folder.file("state"), environment: [:], clock: clock)
        configuration.machineOptOutFile = "/nonexistent/opt-out"
        configuration.machineIdentityFile = folder.file(machine)
        return Agent(configuration)
    }

    private func reports(_ metric: String) throws -> Int? {
        try agent().budget().first { $0.metric == metric }?.reports
    }

    private func loseSecret() throws { try FileManager.default.removeItem(atPath: folder.file("state/secret")) }

    private func isLost(_ problem: SecretProblem = .missing) {
        #expect(throws: AgentError.secretLost(problem)) { try agent().record(.boolean(true), for: "departed_late") }
        #expect(throws: AgentError.secretLost(problem)) { _ = try agent().flush() }
    }

    private func begin() throws {
        try agent().setConsent(true)
        try agent().record(.boolean(true), for: "departed_late")
        try agent().record(.category("JFK"), for: "home_airport")
    }

    @Test("reports nothing for thirty days, then goes on without what was bound to the secret")
    func cooldown() throws {
        try begin()
        let old = try Data(contentsOf: URL(filePath: folder.file("state/secret")))
        try loseSecret()
        isLost()
        let status = try agent().status()
        #expect(status.secretProblem == .missing)
        #expect(status.secretReplacedOn == UTCDay(containing: noon).advanced(by: 30))
        clock.advance(days: 29)
        isLost()
        #expect(try reports("departed_late") == 1)
        clock.advance(days: 1)
        try agent().record(.boolean(true), for: "departed_late")
        #expect(throws: AgentError.notReporting(metric: "home_airport", .secretErased)) {
            try agent().record(.category("JFK"), for: "home_airport")
        }
        let new = try Data(contentsOf: URL(filePath: folder.file("state/secret")))
        #expect(new != old)
        #expect([UInt8](new[37..<41]) == [2, 0, 0, 0])
        // The thirty days are spent without a report: nothing of before is sent, and no report is made up for between.
        #expect(try reports("departed_late") == 2)
        #expect(try agent().waitingReports().map(\.period) == [UTCDay(containing: noon).advanced(by: 30)])
        #expect(try agent().budget().first { $0.metric == "departed_late" }?.spentThousandths == 31_000)
    }

    @Test(
        "A machine's name that cannot be read for a while is an error and no loss", arguments: [ELOOP, EISDIR])
    func unreadableMachineName(code: Int32) throws {
        try begin()
        let name = folder.file("machine-id")
        try FileManager.default.moveItem(atPath: name, toPath: name + ".kept")
        if code == ELOOP {
            try FileManager.default.createSymbolicLink(atPath: name, withDestinationPath: name)
        } else {
            try FileManager.default.createDirectory(atPath: name, withIntermediateDirectories: false)
        }
        let expected = AgentError.file(path: name, operation: code == ELOOP ? "open" : "read", errno: code)
        #expect(throws: expected) { try agent().record(.boolean(true), for: "departed_late") }
        #expect(throws: expected) { _ = try agent().flush() }
        #expect(throws: expected) { _ = try agent().status() }
        try FileManager.default.removeItem(atPath: name)
        // Where there is none at all, the secret is another machine's.
        #expect(throws: AgentError.secretLost(.madeElsewhere)) {
            _ = try DeviceSecretStore(
                folder: StateFolder(path: folder.file("state")), machineIdentity: agent().machineIdentity()
            ).load()
        }
        try FileManager.default.moveItem(atPath: name + ".kept", toPath: name)
        try agent().record(.boolean(true), for: "departed_late")
        try agent().record(.category("JFK"), for: "home_airport")
        let store = try SQLiteStore(path: folder.file("state/agent.db"))
        #expect(try store.value(.secretLosses) == nil && store.day(.secretLostOn) == nil)
    }

    @Test("is off for good after a second loss, until consent is withdrawn and given again")
    func secondLoss() throws {
        try begin()
        try loseSecret()
        isLost()
        clock.advance(days: 30)
        try agent().record(.boolean(true), for: "departed_late")
        try loseSecret()
        isLost()
        #expect(try agent().status().secretReplacedOn == nil)
        clock.advance(days: 60)
        isLost()
        try agent().setConsent(false)
        try agent().setConsent(true)
        try agent().record(.boolean(true), for: "departed_late")
        #expect(try agent().status().secretProblem == nil)
    }

    @Test("goes on as before if the secret comes back")
    func comesBack() throws {
        try begin()
        let secret = URL(filePath: folder.file("state/secret")), kept = try Data(contentsOf: secret)
        try loseSecret()
        isLost()
        try kept.write(to: secret)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret.path)
        clock.advance(days: 40)
        try agent().record(.category("JFK"), for: "home_airport")
        #expect(try reports("home_airport") == 32)  // the first, the thirty days that a queue keeps, and today's
        #expect(try agent().status().secretProblem == nil)
    }

    @Test("is told from a copy of its disk on another machine, which waits like one that lost its secret")
    func copy() throws {
        try begin()
        try Data("another machine\n".utf8).write(to: URL(filePath: folder.file("other-id")))
        #expect(throws: AgentError.secretLost(.madeElsewhere)) {
            try agent(machine: "other-id").record(.boolean(true), for: "departed_late")
        }
        #expect(throws: AgentError.secretLost(.madeElsewhere)) {
            try agent(machine: "none").record(.boolean(true), for: "departed_late")
        }
        try agent().record(.boolean(true), for: "departed_late")
    }

    @Test("starts afresh on another machine if the original had reported nothing")
    func untouchedCopy() throws {
        try agent().setConsent(true)
        let old = try Data(contentsOf: URL(filePath: folder.file("state/secret")))
        try Data("another machine\n".utf8).write(to: URL(filePath: folder.file("other-id")))
        try agent(machine: "other-id").record(.category("JFK"), for: "home_airport")
        #expect(try Data(contentsOf: URL(filePath: folder.file("state/secret"))) != old)
        #expect(try agent(machine: "other-id").status().secretProblem == nil)
    }

    @Test("of which several processes make the new one at once, has one")
    func race() async throws {
        try begin()
        try loseSecret()
        isLost()
        clock.advance(days: 30)
        let agents = try (0..<8).map { _ in try agent() }
        await withTaskGroup(of: Void.self) { group in
            for agent in agents { group.addTask { try? agent.record(.boolean(true), for: "departed_late") } }
        }
        #expect(try agent().status().secretProblem == nil)
        #expect(try agents.map { try $0.status().secretProblem }.allSatisfy { $0 == nil })
        for agent in agents { try agent.record(.boolean(true), for: "departed_late") }
    }
}

@Suite("A state folder that is sealed for an image")
struct SealImageTests {
    private let clock = ManualClock()
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func agent() throws -> Agent {
        var configuration = Agent.Configuration(
            metricSet: try testMetricSet(), endpoint: try Endpoint("http://127.0.0.1:9"),
            stateFolder: folder.file("state"), environment: [:], clock: clock)
        configuration.machineOptOutFile = "/nonexistent/opt-out"
        return Agent(configuration)
    }

    private func files() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.file("state")).sorted()
    }

    @Test("holds nothing by which its copies would be one device, and telemetry is off in them")
    func sealed() throws {
        try agent().setConsent(true)
        try agent().record(.boolean(true), for: "departed_late")
        try Agent.sealImage(stateFolder: folder.file("state"))
        #expect(try files().isEmpty)
        #expect(try agent().consentSource() == .unset)
        try agent().setConsent(true)
        #expect(try agent().budget().map(\.reports) == [0, 0, 0])
    }

    @Test("keeps a refusal")
    func refusalStays() throws {
        try agent().setConsent(true)
        try agent().setConsent(false)
        try Agent.sealImage(stateFolder: folder.file("state"))
        #expect(try files() == ["consent"])
        #expect(try agent().consentSource() == .declined)
    }

    @Test("need not exist")
    func nothingThere() throws {
        try Agent.sealImage(stateFolder: folder.file("nowhere"))
        #expect(!FileManager.default.fileExists(atPath: folder.file("nowhere")))
    }
}
