import Foundation
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("What dither-agent shows of what it sends")
struct AgentProgramTests {
    @Test("dry-run shows the bundle that flush then sends, and changes nothing")
    func dryRun() throws {
        let server = try RecordingServer { _, earlier in earlier == 0 ? .close : .answer(200) }
        defer { server.stop() }
        let program = try AgentProgram(endpoint: server.url)
        #expect(try program.rows(["dry-run"]).isEmpty)
        #expect(!FileManager.default.fileExists(atPath: program.folder.file("state")))
        #expect(try program.run(["on"]).status == 0)
        // The first attempt forms the batch and fails.
        #expect(try program.run(["flush", "--close-period"]).status == 6)
        let database = URL(filePath: program.folder.file("state/agent.db"))
        let (before, log) = (try Data(contentsOf: database), try program.rows(["log"]).count)
        let rows = try program.rows(["dry-run"])
        #expect(try Data(contentsOf: database) == before && program.rows(["log"]).count == log)
        #expect(server.requests.count == 1)
        #expect(try program.run(["flush", "--now"]).status == 0)
        let sent = try Batch(decoding: try #require(server.requests.last).body)
        #expect(
            rows.compactMap { $0["batch"] as? String } == [String](repeating: sent.identifier.description, count: 3))
        #expect(rows.compactMap { $0["payload"] as? String } == sent.reports.map { hexadecimal($0.payload) })
        #expect(try program.rows(["dry-run"]).isEmpty)
    }

    @Test("log shows every report with its noise, its ε and what came of it, and --verify finds a changed byte")
    func log() throws {
        let server = try RecordingServer { _, _ in
            .answer(200, "application/json", #"{"rejected":[{"index":2,"code":"too_late"}]}"#)
        }
        defer { server.stop() }
        let program = try AgentProgram(endpoint: server.url)
        #expect(try program.run(["on"]).status == 0)
        #expect(try program.run(["record", "carrier", "AA"]).status == 0)
        #expect(try program.run(["flush", "--close-period"]).status == 0)
        let sent = try Batch(decoding: try #require(server.requests.first).body)
        let log = try program.rows(["log"])
        #expect(log.compactMap { $0["event"] as? String } == ["consent", "report", "report", "report", "attempt"])
        let reports = log.filter { $0["event"] as? String == "report" }
        #expect(reports.compactMap { $0["payload"] as? String } == sent.reports.map { hexadecimal($0.payload) })
        #expect(
            reports.compactMap { $0["status"] as? String } == ["acknowledged", "acknowledged", "refused: too_late"])
        for report in reports {
            let isCarrier = report["metric"] as? String == "carrier"
            #expect(report["epsilon"] as? Double == (isCarrier ? 2 : 1))
            let isMemoized = report["metric"] as? String == "home_airport"
            #expect(report["epsilon_spent"] as? Double == (isMemoized ? nil : isCarrier ? 2 : 1))
        }
        #expect(log.last?["status"] as? String == "acknowledged (HTTP 200), 1 refused")
        let sound = try program.run(["log", "--verify"])
        #expect(sound.status == 0 && sound.complaint.contains("3 entries"))

        let store = try SQLiteStore(path: program.folder.file("state/agent.db"))
        try store.database.execute("UPDATE journal SET seconds = seconds + 1 WHERE sequence = 2")
        let damaged = try program.run(["log", "--verify"])
        #expect(damaged.status == 8 && damaged.complaint.contains("entry 2"))
        try store.database.execute("UPDATE journal SET seconds = seconds - 1 WHERE sequence = 2")
        try store.database.execute("DELETE FROM journal WHERE sequence = 3")
        #expect(try program.run(["log", "--verify"]).status == 8)
    }

    @Test("flush --due sends nothing before the moment that status names, and reading needs no collector's address")
    func due() throws {
        let server = try RecordingServer { _, _ in .answer(200) }
        defer { server.stop() }
        var program = try AgentProgram(endpoint: server.url)
        #expect(try program.run(["on"]).status == 0)
        let flushed = try program.run(["flush", "--close-period", "--due", "--format", "csv"])
        #expect(flushed.status == 0)
        program.endpoint = ""
        let status = try program.rows(["status"]).reduce(into: [:]) { $0[$1["what"] as? String ?? ""] = $1["state"] }
        let moment = try #require(status["next bundle"] as? String)
        #expect(String(decoding: flushed.output, as: UTF8.self).hasSuffix("\n0,0,3,\(moment)\n"))
        #expect(server.requests.isEmpty)
        for command in ["show", "log", "budget", "dry-run", "explain"] {
            #expect(try program.run([command]).status == 0)
        }
        for command in ["on", "flush"] { #expect(try program.run([command]).status == 2) }
    }

    @Test("explain says what a metric asks and how far one report can move a belief")
    func explain() throws {
        let program = try AgentProgram()
        let environment = ["DITHER_STATE_DIR": "", "DITHER_ENDPOINT": ""]
        let facts = try program.rows(["explain", "home_airport"], environment)
            .reduce(into: [:]) { $0[$1["what"] as? String ?? ""] = $1["value"] }
        #expect(facts["posterior_percent"] as? Double == 73.2)
        #expect(facts["epsilon_permanent"] as? Double == 2 && facts["epsilon_lifetime"] as? Double == 6)
        #expect(facts["when_absent"] as? String == "last")
        #expect(try program.rows(["explain"], environment).compactMap { $0["metric"] as? String }.contains("carrier"))
        #expect(try program.run(["explain", "nothing"], environment).status == 2)
    }

    @Test("The completions are scripts that their shell reads")
    func completions() throws {
        let program = try AgentProgram()
        let nothing = ["DITHER_STATE_DIR": "", "DITHER_ENDPOINT": "", "DITHER_METRICS": ""]
        for (shell, path) in [("bash", "/bin/bash"), ("zsh", "/usr/bin/zsh"), ("fish", "/usr/bin/fish")] {
            let script = try program.run(["completions", shell], nothing)
            #expect(script.status == 0 && String(decoding: script.output, as: UTF8.self).contains("seal-image"))
            guard FileManager.default.isExecutableFile(atPath: path) else { continue }
            #expect(try runProgram(path, ["-n"], input: script.output).status == 0)
        }
        let probe = "COMP_WORDS=(dither-agent fl); COMP_CWORD=1; _dither_agent; echo ${COMPREPLY[*]}\n"
        let script = try program.run(["completions", "bash"], nothing).output
        let completed = try runProgram("/bin/bash", [], input: script + Data(probe.utf8))
        #expect(String(decoding: completed.output, as: UTF8.self) == "flush\n")
        #expect(try program.run(["completions", "tcsh"], nothing).status == 2)
    }

    @Test(
        "A pipe in the place of a file of the state is refused and waited for by nobody",
        arguments: ["consent", "secret"])
    func pipes(name: String) throws {
        let program = try AgentProgram(endpoint: "http://127.0.0.1:9")
        #expect(try program.run(["on"]).status == 0)
        let path = program.folder.file("state/" + name)
        try FileManager.default.removeItem(atPath: path)
        #expect(mkfifo(path, 0o600) == 0)
        #expect(try program.run(["record", "carrier", "AA"]).status == 8)
        #expect(try program.run(["off"]).status == 0)
        #expect(try program.run(["status"]).status == 0)
    }

    @Test("Output that cannot be written is a failure, and a value that looks like a flag is not repeated")
    func complaints() throws {
        let program = try AgentProgram(endpoint: "http://127.0.0.1:9")
        #expect(try program.run(["status"], outputPath: "/dev/full").status == 1)
        let refused = try program.run(["record", "carrier", "-CANARY"])
        #expect(refused.status == 2 && !refused.complaint.contains("CANARY"))
    }

    @Test("A file of authorities that is not there is refused at once, and an empty variable names none")
    func certificateFile() throws {
        let program = try AgentProgram(endpoint: "https://127.0.0.1:9")
        #expect(try program.run(["on"], ["DITHER_CA_FILE": ""]).status == 0)
        let refused = try program.run(["status"], ["DITHER_CA_FILE": "/nonexistent"])
        #expect(refused.status == 2 && refused.complaint.contains("/nonexistent"))
    }
}
