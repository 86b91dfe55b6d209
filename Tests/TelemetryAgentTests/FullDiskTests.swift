import Foundation
import MetricDefinitions
import TestSupport
import Testing

@testable import TelemetryAgent

/// Mounting a small file system takes root.
private let mayMount = geteuid() == 0

@Suite("An agent on a full disk", .enabled(if: mayMount, "mounting a small tmpfs takes root"))
struct FullDiskTests {
    @Test("Recording fails without a change, goes on when there is space, and withdrawing always works")
    func fullDisk() throws {
        let folder = try TemporaryFolder()
        let disk = folder.file("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
        try call("mount", ["-t", "tmpfs", "-o", "size=512k,mode=0700", "tmpfs", disk])
        defer { try? call("umount", [disk]) }
        let state = disk + "/state"
        var configuration = Agent.Configuration(
            metricSet: try testMetricSet(), endpoint: try Endpoint("http://127.0.0.1:9"), stateFolder: state,
            environment: [:], clock: ManualClock())
        configuration.machineOptOutFile = "/nonexistent/opt-out"
        let agent = Agent(configuration)
        try agent.setConsent(true)
        try agent.record(.boolean(true), for: "departed_late")

        try fill(disk)
        var failure: AgentError?
        do throws(AgentError) {
            // The log has room for a few commits before it must grow.
            for _ in 0..<200 { try agent.record(.category("UA"), for: "carrier") }
        } catch { failure = error }
        guard case .database(let code, _)? = failure else {
            Issue.record("the disk was not full: \(String(describing: failure))")
            return
        }
        #expect(code & 0xFF == 13)

        try FileManager.default.removeItem(atPath: disk + "/filler")
        try agent.record(.category("UA"), for: "carrier")
        #expect(try agent.budget().map(\.reports) == [1, 1, 0])

        try fill(disk)
        try? agent.setConsent(false)
        #expect(try !agent.consentSource().isOn)
        #expect(!FileManager.default.fileExists(atPath: state + "/secret"))
    }

    private func fill(_ disk: String) throws {
        _ = FileManager.default.createFile(atPath: disk + "/filler", contents: nil)
        let filler = try FileHandle(forWritingTo: URL(filePath: disk + "/filler"))
        for size in [65_536, 4_096, 512] {
            while (try? filler.write(contentsOf: Data(repeating: 1, count: size))) != nil {}
        }
    }

    private func call(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}
