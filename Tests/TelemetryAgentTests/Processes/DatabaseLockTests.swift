import Foundation
import MetricDefinitions
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("Two agents of one process on one state folder")
struct DatabaseLockTests {
    /// The locks that this process has on a file, as the kernel tells.
    private func locks(on path: String) throws -> Int {
        var status = stat()
        #expect(stat(path, &status) == 0)
        let lines = try String(contentsOfFile: "/proc/locks", encoding: .utf8).split(separator: "\n")
        return lines.filter { $0.contains(" \(getpid()) ") && $0.contains(":\(status.st_ino) ") }.count
    }

    @Test("leave each other's locks on the database alone, without which another process could take its log away")
    func locksStay() throws {
        let device = try TestAgent()
        let first = device.open()
        try first.setConsent(true)
        let database = device.folder.file("state/agent.db")
        let held = try locks(on: database)
        #expect(held > 0)
        let second = device.open()
        try second.record(.boolean(true), for: "departed_late")
        #expect(try second.status().waiting == 0)
        #expect(try locks(on: database) >= held)
        withExtendedLifetime((first, second)) {}
    }
}
