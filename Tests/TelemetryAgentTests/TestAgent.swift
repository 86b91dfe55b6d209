import Foundation
import MetricDefinitions
import ReportFormat
import TestSupport

@testable import TelemetryAgent

/// An agent on a state folder of its own, with a clock that stands still.
struct TestAgent {
    let clock: ManualClock
    let folder: TemporaryFolder
    var configuration: Agent.Configuration

    init(_ set: MetricSet? = nil, endpoint: String = "http://127.0.0.1:9", clock: ManualClock = ManualClock()) throws {
        (self.clock, folder) = (clock, try TemporaryFolder())
        configuration = Agent.Configuration(
            metricSet: try set ?? testMetricSet(), endpoint: try Endpoint(endpoint), stateFolder: folder.file("state"),
            environment: [:], clock: clock)
        configuration.machineOptOutFile = "/nonexistent/opt-out"
    }

    /// Another agent on the same folder, as a restart makes it.
    func open() -> Agent { Agent(configuration) }

    /// What the state holds in a field.
    func value(_ field: StateField) throws -> Int64? {
        try SQLiteStore(path: folder.file("state/agent.db")).value(field)
    }

    /// Runs an agent for some days as a timer would, every so many seconds, and gives what each flush said.
    func run(_ agent: Agent, days: Int64, every seconds: Int64) throws -> [FlushReport] {
        let end = clock.secondsSinceEpoch() + days * daySeconds
        var reports: [FlushReport] = []
        while clock.secondsSinceEpoch() < end {
            clock.set(min(end, clock.secondsSinceEpoch() + seconds))
            reports.append(try agent.flush(onlyWhenDue: true))
        }
        return reports
    }
}
