import Foundation
import MetricDefinitions
import ReportFormat
import SecureRandomness
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("State files that are not what was written")
struct DamagedStateTests {
    private let folder: TemporaryFolder
    private let clock = ManualClock()
    private let metricSet: MetricSet

    init() throws {
        folder = try TemporaryFolder()
        metricSet = try testMetricSet()
    }

    private var state: StateFolder { StateFolder(path: folder.path) }

    private func agent() throws -> Agent {
        var configuration = Agent.Configuration(
            metricSet: metricSet, endpoint: try Endpoint("http://127.0.0.1:9"), stateFolder: folder.path,
            clock: clock)
        configuration.machineOptOutFile = "/nonexistent/opt-out"
        return Agent(configuration)
    }

    @Test("Every truncation and every changed byte of a secret is found out")
    func secret() throws {
        let store = DeviceSecretStore(folder: state, machineIdentity: [1, 2, 3])
        let key = try store.loadOrCreate(on: UTCDay(containing: noon), generation: 1).withUnsafeBytes { Array($0) }
        let original = try #require(try state.read("secret", limit: 200))
        #expect(try store.load()?.withUnsafeBytes { Array($0) } == key)
        for damaged in Mutations.all(of: original) {
            try state.replace("secret", with: damaged)
            #expect(throws: AgentError.secretLost(.damaged)) { _ = try store.load() }
        }
        try state.replace("secret", with: original + [0])
        #expect(throws: AgentError.secretLost(.damaged)) { _ = try store.load() }
    }

    @Test("A secret made on another machine is refused")
    func foreignSecret() throws {
        _ = try DeviceSecretStore(folder: state, machineIdentity: [1, 2, 3]).loadOrCreate(
            on: UTCDay(containing: noon), generation: 1)
        #expect(throws: AgentError.secretLost(.madeElsewhere)) {
            _ = try DeviceSecretStore(folder: state, machineIdentity: [1, 2, 4]).load()
        }
    }

    @Test("Of many that make the secret at once, all get the same")
    func racingCreation() async throws {
        let folder = state
        let keys = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<16 {
                group.addTask {
                    let store = DeviceSecretStore(folder: folder, machineIdentity: [])
                    return try store.loadOrCreate(on: UTCDay(containing: noon), generation: 1).withUnsafeBytes {
                        Array($0)
                    }
                }
            }
            return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
        }
        #expect(keys.count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["secret"])
    }

    @Test("Every truncation and every changed byte of the consent file turns telemetry off")
    func consent() throws {
        let consent = Consent(folder: state, environment: [:], machineOptOutPath: "/nonexistent/opt-out")
        try consent.grant()
        let original = try #require(try state.read("consent", limit: 64))
        #expect(try consent.effective() == .granted)
        for damaged in Mutations.all(of: original) {
            try state.replace("consent", with: damaged)
            #expect(try !consent.effective().isOn)
        }
    }

    @Test("A truncated or changed database gives a typed error or a sound answer, never a trap")
    func database() throws {
        do {
            let agent = try agent()
            try agent.setConsent(true)
            try agent.record(.boolean(true), for: "departed_late")
            try agent.record(.category("JFK"), for: "home_airport")
            clock.advance(days: 2)
            _ = try agent.flush()
        }
        try SQLiteStore(path: folder.file("agent.db")).truncateLog()
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: folder.file("agent.db" + suffix)) }
        let original = [UInt8](try Data(contentsOf: URL(filePath: folder.file("agent.db"))))
        let mutants =
            Mutations.truncations(of: original)
            + original.indices.map { offset in
                var mutant = original
                mutant[offset] ^= 0xFF
                return mutant
            }
        var refused = 0
        for mutant in mutants {
            for suffix in ["-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: folder.file("agent.db" + suffix))
            }
            try state.replace("agent.db", with: mutant)
            do {
                let agent = try agent()
                _ = try agent.budget()
                _ = try agent.waitingReports()
                try agent.record(.boolean(true), for: "departed_late")
                _ = try agent.status()
            } catch is AgentError { refused += 1 }
        }
        #expect(refused > mutants.count / 20)
    }

    @Test(
        "Numbers at the end of their range end in an answer, also where the secret is lost or an upload fails",
        arguments: [Int64.min, -1, Int64.max])
    func extremes(number: Int64) throws {
        let test = try TestAgent()
        try test.open().setConsent(true)
        try test.open().record(.boolean(true), for: "departed_late")
        let store = try SQLiteStore(path: test.folder.file("state/agent.db"))
        try store.transaction { () throws(AgentError) in
            for field in [StateField.failures, .secretLosses] { try store.set(field, to: number) }
        }
        #expect(try test.open().flush(closingPeriod: true, now: true).failure != nil)
        try store.transaction { () throws(AgentError) in
            for sequence in [number, number &+ 1] {
                try store.put(JournalRow(sequence: sequence, seconds: number, content: [], hash: []))
            }
        }
        #expect(try test.open().journalDamage() != nil)
        try FileManager.default.removeItem(atPath: test.folder.file("state/secret"))
        #expect(throws: AgentError.secretLost(.missing)) {
            try test.open().record(.boolean(true), for: "departed_late")
        }
        #expect(try test.open().status().secretReplacedOn == nil)
    }
}
