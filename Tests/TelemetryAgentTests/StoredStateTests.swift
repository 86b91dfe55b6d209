import Foundation
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@testable import TelemetryAgent

/// State folders that earlier versions of the agent wrote; the number is that of the database.
@Suite("State that an earlier version wrote")
struct StoredStateTests {
    @Test(
        "opens, and goes on with its ledger, queue, unacknowledged batch and permanent responses", arguments: [1])
    func opens(version: Int) throws {
        let fixture = "state/\(version)/"
        let folder = try TemporaryFolder()
        for name in ["consent", "secret", "agent.db"] {
            try Data(try Fixtures.bytes(fixture + name)).write(to: URL(filePath: folder.file(name)))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder.file(name))
        }
        var configuration = Agent.Configuration(
            metricSet: try MetricSet(decoding: try Fixtures.bytes(fixture + "metrics.set")),
            endpoint: try Endpoint("http://127.0.0.1:9"), stateFolder: folder.path, environment: [:],
            clock: ManualClock(1_793_707_200))  // 2026-11-03T12:00:00Z
        configuration.machineIdentityFile = Fixtures.url(fixture + "machine-id").path
        let agent = Agent(configuration)

        #expect(try agent.budget().map(\.reports) == [3, 3])
        #expect(
            try agent.waitingReports().map { "\($0.metric) \($0.period) \($0.response ?? "")" } == [
                "late 2026-11-01 true", "home 2026-11-01 LGA", "late 2026-11-02 false", "home 2026-11-02 (none)",
                "late 2026-11-03 true", "home 2026-11-03 LGA",
            ])
        let outbox = try agent.locked { () throws(AgentError) in try agent.session().store.outbox() }
        #expect(outbox.count == 1)
        try agent.record(.boolean(true), for: "late")
        try agent.record(.category("LGA"), for: "home")
        #expect(try agent.budget().map(\.reports) == [3, 3])
    }
}
