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
        // A fork by another test of this process closes every agent's database, which is opened again at the next call:
        // hence many tries, of which a fault spoils all.
        for attempt in 1... {
            let device = try TestAgent()
            let first = device.open()
            try first.setConsent(true)
            let database = device.folder.file("state/agent.db")
            let held = try locks(on: database)
            let second = device.open()
            try second.record(.boolean(true), for: "departed_late")
            #expect(try second.status().waiting == 0)
            let left = try locks(on: database)
            withExtendedLifetime((first, second)) {}
            if held > 0, left >= held { break }
            guard attempt < 200 else {
                Issue.record("\(held) locks were held, and \(left) are left")
                break
            }
        }
    }
}
