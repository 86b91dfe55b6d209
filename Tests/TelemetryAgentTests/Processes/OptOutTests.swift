import Foundation
import TestSupport
import Testing

@testable import TelemetryAgent

private let strace = "/usr/bin/strace"
private let hasStrace = FileManager.default.isExecutableFile(atPath: strace)
private let isRoot = geteuid() == 0

@Suite("Telemetry that is off", .serialized)
struct OptOutTests {
    private func programs(_ server: RecordingServer) throws -> DevicePrograms {
        try DevicePrograms(
            try testMetricSet(metrics: [try booleanMetric(), try rapporMetric(bits: 256)]), endpoint: server.url)
    }

    @Test("by an environment variable says so, and dither-agent records and sends nothing")
    func environment() throws {
        let server = try RecordingServer { _, _ in .answer(200) }
        defer { server.stop() }
        let programs = try programs(server)
        try programs.agent("on")
        try programs.agent("record", "departed_late", "true")
        for (variable, value) in [("DO_NOT_TRACK", "1"), ("DITHER_DISABLED", "false"), ("DO_NOT_TRACK", "off")] {
            programs.environment = [variable: value]
            for command in [["record", "departed_late", "true"], ["flush", "--close-period", "--now"]] {
                let outcome = try programs.start(programs.command(command)).wait()
                #expect(
                    outcome.status == 0 && outcome.complaint.contains("off by the environment variable \(variable)"))
            }
            let status = try programs.agent("status", "--format", "csv").output
            #expect(
                status.contains("telemetry,off") && status.contains("environment variable \(variable)"), "\(status)")
            let host = try programs.host("open", "boolean", "departed_late", "1", "flush", "10000", "status", "close")
            #expect(host.output == "open 0\nboolean 1\nflush 1\nstatus 4\nclose 0\n", "\(host)")
        }
        #expect(server.connectionCount == 0)
        // Which is all that a privacy page says of the variables: what was kept stays, until `off` is run, also meanwhile.
        let secret = programs.state + "/secret"
        #expect(FileManager.default.fileExists(atPath: secret))
        #expect(try programs.agent("show", "--format", "csv").output.contains("departed_late"))
        try programs.agent("off")
        #expect(!FileManager.default.fileExists(atPath: secret))
        #expect(!(try programs.agent("show", "--format", "csv").output.contains("departed_late")))
    }

    @Test(
        "by the machine's administrator says so, whatever was consented",
        .enabled(if: isRoot, "laying a file over /etc takes root"))
    func machine() throws {
        let server = try RecordingServer { _, _ in .answer(200) }
        defer { server.stop() }
        let programs = try programs(server)
        try programs.agent("on")
        let layer = programs.folder.file("layer")
        try FileManager.default.createDirectory(atPath: layer, withIntermediateDirectories: false)
        // Over /etc as these processes alone see it.
        let script = """
            mount -t tmpfs tmpfs "$0" && mkdir -p "$0/upper/dither" "$0/work" && touch "$0/upper/dither/opt-out" &&
            mount -t overlay -o "lowerdir=/etc,upperdir=$0/upper,workdir=$0/work" overlay /etc || exit 99
            exec "$@"
            """
        func run(_ words: [String]) throws -> ChildProcess.Outcome {
            try programs.start(["/usr/bin/unshare", "--mount", "/bin/sh", "-c", script, layer] + words).wait()
        }
        let recorded = try run(programs.command(["record", "departed_late", "true"]))
        try #require(recorded.status != 99, "\(recorded)")
        #expect(recorded.status == 0 && recorded.complaint.contains("/etc/dither/opt-out"))
        #expect(try run(programs.command(["flush", "--close-period"])).complaint.contains("/etc/dither/opt-out"))
        let consented = try run(programs.command(["on"]))
        #expect(consented.status == 0 && consented.complaint.contains("but telemetry is off"), "\(consented)")
        let host = try run(
            programs.hostCommand(["open", "boolean", "departed_late", "1", "flush", "10000", "status", "close"]))
        #expect(host.output == "open 0\nboolean 1\nflush 1\nstatus 5\nclose 0\n", "\(host)")
        #expect(server.connectionCount == 0)
    }

    @Test(
        "opens no socket and makes no file but the decision, while a host runs",
        .enabled(if: hasStrace, "there is no strace"), arguments: [nil, "off"])
    func silent(decision: String?) throws {
        let server = try RecordingServer { _, _ in .answer(200) }
        defer { server.stop() }
        let programs = try programs(server)
        if decision != nil { try programs.agent("off") }
        let log = programs.folder.file("calls")
        let process = try programs.start(
            [strace, "-f", "-qq", "-o", log, "-e", "trace=socket,connect,sendto,sendmsg,sendmmsg"]
                + programs.hostCommand([
                    "open", "boolean", "departed_late", "1", "string", "destination", "Reykjavík", "flush", "10000",
                    "pause", "boolean", "departed_late", "1", "close",
                ]))
        while let line = process.line(), line != "paused 0" {}
        // What is waited for is that nothing happens: the agent's thread looks once a second.
        usleep(isThorough ? 60_000_000 : 2_500_000)
        process.write("\n")
        let outcome = try process.wait()
        #expect(outcome.status == 0 && outcome.output.hasSuffix("boolean 1\nclose 0\n"), "\(outcome)")
        let calls = try String(contentsOfFile: log, encoding: .utf8)
        #expect(calls.isEmpty, "\(calls)")
        #expect(programs.stateFiles() == (decision == nil ? [] : ["consent"]))
        #expect(FileManager.default.fileExists(atPath: programs.state) == (decision != nil))
        #expect(server.connectionCount == 0)
    }

    @Test(
        "is durable when the call returns: killed right after it, a host leaves no secret, no report, no journal",
        .enabled(if: ClockShim.path != nil, "there is no C compiler"))
    func durable() throws {
        let server = try RecordingServer { _, _ in .close }
        defer { server.stop() }
        let programs = try programs(server)
        programs.setDay(0)
        try programs.agent("on")
        try programs.agent("record", "destination", "Reykjavík")
        programs.setDay(1)
        // A batch without its answer, and a journal of it.
        #expect(try programs.agent("flush").status == 6)
        try programs.agent("record", "departed_late", "true")
        let connections = server.connectionCount
        let outcome = try programs.host("open", "off", "die")
        #expect(outcome.wasKilled && outcome.output == "open 0\noff 0\n", "\(outcome)")
        #expect(server.connectionCount == connections)
        #expect(try String(contentsOfFile: programs.state + "/consent", encoding: .utf8) == "dither consent 1: off\n")
        #expect(!programs.stateFiles().contains("secret"))
        let store = try #require(try programs.store())
        #expect(try store.slots().isEmpty && store.outbox().isEmpty && store.queuedCount() == 0)
        #expect(try store.journalRows().isEmpty)
        // One day of the fresh metric by its close and one by its event; the memoized one spent its first day.
        #expect(try store.ledger().map(\.reports) == [2, 1])
    }

    @Test("is stored before dither-agent ends: written, synced, renamed and synced", .enabled(if: hasStrace))
    func synced() throws {
        let server = try RecordingServer { _, _ in .answer(200) }
        defer { server.stop() }
        let programs = try programs(server)
        try programs.agent("on")
        let log = programs.folder.file("calls")
        let tracing = [strace, "-f", "-qq", "-o", log, "-e", "trace=write,fsync,rename,unlink"]
        #expect(try programs.start(tracing + programs.command(["off"])).wait().status == 0)
        let calls = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map(String.init)
        let renamed = try #require(calls.firstIndex { $0.contains("rename(") && $0.contains("/consent\"") })
        #expect(renamed >= 2 && calls[renamed - 2].contains("dither consent 1: off"))
        #expect(calls[renamed - 1].contains("fsync(") && calls[renamed + 1].contains("fsync("), "\(calls)")
        let erased = try #require(calls.firstIndex { $0.contains("unlink(") && $0.contains("/secret\"") })
        #expect(erased > renamed && calls[erased - 1].contains("fsync(") && calls[erased + 1].contains("fsync("))
    }
}
