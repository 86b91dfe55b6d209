import Foundation
import TestSupport
import Testing

@testable import TelemetryAgent

/// Mounting takes root, and so does giving files away.
private let isRoot = geteuid() == 0

@Suite("A state folder that is not as the agent left it")
struct UnsafeStateTests {
    /// What is done to the folder, and what the agent says of it.
    struct Harm: Sendable, CustomTestStringConvertible {
        var name: String
        var message: String
        var harm: @Sendable (_ state: String) throws -> Void
        var needsRoot = false

        var testDescription: String { name }
    }

    private static func files() -> FileManager { .default }

    private static let harms: [Harm] = [
        Harm(name: "a secret that others may read", message: "secret has mode 644, so others could read") {
            try setMode(0o644, $0 + "/secret")
        },
        Harm(
            name: "a secret of somebody else", message: "secret belongs to another user",
            harm: { _ = chown($0 + "/secret", 65_534, 65_534) }, needsRoot: true),
        Harm(name: "a secret that is a link", message: "secret is not a plain file") { state in
            try files().moveItem(atPath: state + "/secret", toPath: state + "/elsewhere")
            try files().createSymbolicLink(atPath: state + "/secret", withDestinationPath: state + "/elsewhere")
        },
        Harm(name: "a truncated secret", message: "secret is damaged") { state in _ = truncate(state + "/secret", 60) },
        Harm(name: "an empty secret", message: "secret is damaged") { state in _ = truncate(state + "/secret", 0) },
        Harm(name: "no secret beside a ledger", message: "secret is gone") {
            try files().removeItem(atPath: $0 + "/secret")
        },
        Harm(name: "no ledger beside a secret", message: "ledger is gone") { state in
            for file in ["agent.db", "agent.db-wal", "agent.db-shm"] { unlink(state + "/" + file) }
        },
        Harm(name: "a ledger that others may read", message: "agent.db has mode 644") {
            try setMode(0o644, $0 + "/agent.db")
        },
        Harm(name: "a ledger that is a link", message: "agent.db is not a plain file") { state in
            try files().moveItem(atPath: state + "/agent.db", toPath: state + "/elsewhere")
            try files().createSymbolicLink(atPath: state + "/agent.db", withDestinationPath: state + "/elsewhere")
        },
        Harm(name: "a folder that everybody may write to", message: "has mode 777, so others could") {
            try setMode(0o777, $0)
        },
        Harm(
            name: "a folder of somebody else", message: "belongs to another user",
            harm: { _ = chown($0, 65_534, 65_534) }, needsRoot: true),
    ]

    private static func setMode(_ mode: Int, _ path: String) throws {
        try files().setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    /// A device with a day's reports in its queue and one in its slots, and a collector that must not hear of them.
    private func device(_ server: RecordingServer) throws -> DevicePrograms {
        let programs = try DevicePrograms(
            try testMetricSet(metrics: [try booleanMetric(), try rapporMetric(bits: 256)]), endpoint: server.url)
        #expect(try programs.agent("on").status == 0)
        #expect(try programs.agent("record", "destination", "Reykjavík").status == 0)
        return programs
    }

    @Test("is refused with status 8 and a sentence, nothing is sent, and a host goes on", arguments: harms)
    func refused(harm: Harm) throws {
        guard isRoot || !harm.needsRoot else { return }
        let server = try RecordingServer { _, _ in .answer(200) }
        defer { server.stop() }
        let programs = try device(server)
        try harm.harm(programs.state)
        for command in [
            ["record", "departed_late", "true"], ["record", "destination", "Reykjavík"],
            ["flush", "--close-period", "--now"], ["flush"],
        ] {
            let outcome = try programs.start(programs.command(command)).wait()
            #expect(outcome.status == 8 && outcome.complaint.contains(harm.message), "\(command): \(outcome)")
            #expect(!outcome.complaint.contains("Reykjavík") && outcome.output.isEmpty)
        }
        let host = try programs.host(
            "open", "boolean", "departed_late", "1", "string", "destination", "Reykjavík", "flush", "60000", "status",
            "close")
        let lines = host.output.split(separator: "\n").map(String.init)
        #expect(host.status == 0 && host.complaint.isEmpty && lines.count == 6, "\(host)")
        #expect(lines.first == "open 0")
        // Recording says that telemetry is off or takes the event; it never makes the host wait for a way out.
        for line in lines where line.hasPrefix("boolean") || line.hasPrefix("string") {
            #expect(line.hasSuffix(" 0") || line.hasSuffix(" 1"), "\(line)")
        }
        #expect(lines.contains { $0.hasPrefix("flush -8 ") && $0.contains(harm.message) }, "\(lines)")
        #expect(server.connectionCount == 0)
    }

    @Test(
        "on a disk that cannot be written is refused with status 1, nothing is sent, and a host goes on",
        .enabled(if: isRoot, "mounting takes root"), arguments: ["read-only", "full"])
    func unwritable(kind: String) throws {
        let server = try RecordingServer { _, _ in .answer(200) }
        defer { server.stop() }
        let programs = try device(server)
        // In a mount namespace of its own: nobody else sees it, and it ends with the process.
        let mount =
            kind == "full"
            ? """
            mount -t tmpfs -o size=96k,mode=0700 tmpfs "$1" && cp -a "$0"/. "$1" && mount --bind "$1" "$0" && \
            { head -c 1M /dev/zero >"$0/filler" 2>/dev/null; true; }
            """
            : #"mount --bind "$0" "$0" && mount -o remount,ro,bind "$0""#
        let spare = programs.folder.file("spare")
        try FileManager.default.createDirectory(atPath: spare, withIntermediateDirectories: false)
        func run(_ words: [String]) throws -> ChildProcess.Outcome {
            let script = mount + #" || exit 99; shift; exec "$@""#
            return try programs.start(
                ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", script, programs.state, spare] + words
            ).wait()
        }
        for command in [["record", "departed_late", "true"], ["flush", "--close-period", "--now"]] {
            let outcome = try run(programs.command(command))
            try #require(outcome.status != 99, "\(outcome)")
            #expect(outcome.status == 1 && !outcome.complaint.isEmpty, "\(kind) \(command): \(outcome)")
        }
        let host = try run(
            programs.hostCommand(["open", "boolean", "departed_late", "1", "flush", "60000", "status", "close"]))
        let lines = host.output.split(separator: "\n").map(String.init)
        #expect(host.status == 0 && lines.count == 5, "\(host)")
        #expect(lines.contains { $0.hasPrefix("flush -9 ") }, "\(lines)")
        #expect(server.connectionCount == 0)
        #expect(try #require(try programs.store()).ledger().map(\.reports).sorted() == [0, 1])
    }
}
