import Foundation
import MetricDefinitions
import TestSupport
import Testing

@testable import TelemetryAgent

/// Traces system calls, and kills at one of them.
private let strace = "/usr/bin/strace"

@Suite(
    "dither-agent killed before one of its system calls",
    .enabled(
        if: ClockShim.path != nil && FileManager.default.isExecutableFile(atPath: strace),
        "there is no strace or no C compiler"), .serialized)
struct KillPointTests {
    /// What changes the disk or speaks to the collector.
    private static let calls =
        ["pwrite64", "rename", "renameat2", "unlink", "sendto"]
        + (isThorough ? ["write", "ftruncate", "fdatasync", "fsync", "recvfrom"] : [])

    /// The moments in a device's life around which it is killed, and what it needs to have done before.
    enum Moment: String, CaseIterable, Sendable {
        case secretMade, firstRecorded, uploaded

        /// Every how many-th call of a kind is tried; all of them in the long form. A page takes two calls: no commit of
        /// the first record is left out, and nothing that speaks to the collector.
        func stride(of call: String) -> Int {
            if isThorough || call == "sendto" { return 1 }
            return self == .firstRecorded ? 2 : 11
        }

        var words: [String] {
            switch self {
            case .secretMade: ["on"]
            case .firstRecorded: ["record", "destination", "Reykjavík"]
            case .uploaded: ["flush", "--now"]
            }
        }
    }

    @Test("breaks no promise, whichever call it is", arguments: Moment.allCases)
    func killed(around moment: Moment) throws {
        var points = 0
        for (offset, call) in Self.calls.enumerated() {
            let stride = moment.stride(of: call)
            var ordinal = 1 + (stride <= 2 ? 0 : offset % 3)
            while try isKilled(before: call, ordinal, around: moment) {
                points += 1
                ordinal += stride
            }
        }
        #expect(points >= (isThorough ? 15 : 2), "\(points) points")
        if isThorough { print("killed around \(moment): \(points) points") }
    }

    /// Kills at one point, lets the device finish, and checks its books; `false` if the command came to its end.
    private func isKilled(before call: String, _ ordinal: Int, around moment: Moment) throws -> Bool {
        let device = try KilledDevice(seed: 1)
        let programs = device.programs
        if moment != .secretMade { try programs.agent("on") }
        if moment == .uploaded {
            try programs.agent("record", "destination", "Reykjavík")
            programs.setDay(1)
        }
        let tracing = [
            strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace=\(call)", "-e",
            "inject=\(call):signal=SIGKILL:when=\(ordinal)", "-E", "LD_PRELOAD=\(ClockShim.path ?? "")",
        ]
        let preloaded = programs.environment.removeValue(forKey: "LD_PRELOAD")
        let outcome = try programs.start(tracing + programs.command(moment.words)).wait()
        programs.environment["LD_PRELOAD"] = preloaded
        guard outcome.wasKilled else {
            #expect(outcome.status == 0 || outcome.status == 6, "\(outcome)")
            return false
        }
        try device.look()
        programs.setDay(moment == .uploaded ? 1 : 0)
        try programs.agent("on")
        try programs.agent("record", "destination", "Reykjavík")
        try device.look()
        let days = moment == .uploaded ? 2 : 1
        let violations = try device.finish(from: days, days: days)
        #expect(violations.isEmpty, "killed before \(call) \(ordinal): \(violations)")
        return true
    }
}
