import Foundation
import TestSupport
import Testing

@Suite("What commands write as JSON says its schema, and fits it")
struct JSONSchemaTests {
    private func check(_ arguments: [String]) throws -> Outcome {
        let script = Fixtures.packageRoot.appending(path: "scripts/check_json.py").path(percentEncoded: false)
        return try run("/usr/bin/python3", [script] + arguments)
    }

    @Test("every command and view whose result is not recorded, in a fresh run")
    func freshRuns() throws {
        let scene = try OutputScene()
        var files: [String] = []
        for (position, line) in OutputLine.all.enumerated() where line.name == nil {
            let outcome = try scene.run(line, as: "json")
            #expect(outcome.status == 0, "\(line.line): \(outcome.complaint)")
            #expect(outcome.output.contains("\"\(line.schema)\""), "\(line.line)\n\(outcome.output.prefix(300))")
            files.append(try scene.shell.workspace.write("\(position).json", outcome.output))
        }
        let checked = try check(files)
        #expect(checked.status == 0, "\(checked.output)\(checked.complaint)")
        #expect(scene.collector.stop() == 0)
    }

    @Test("No schema is without a command, and no command that takes --format json without a line here")
    func allSchemas() throws {
        let listed = try check(["--list"])
        #expect(Set(listed.output.split(separator: "\n").map(String.init)) == Set(OutputLine.all.map(\.schema)))
        for page in HelpPage.all where page.text.contains("--format") {
            #expect(OutputLine.all.contains { $0.line.contains(page.testDescription + " ") }, "\(page.testDescription)")
        }
    }

    @Test(
        "A member that is missing, superfluous, of another type or there twice does not fit, nor does an unknown schema"
    )
    func faults() throws {
        let shell = Shell(workspace: try Playground.copy())
        let sound = try shell.run(OutputLine.estimate("departed_late") + " --format json").output
        for (position, fault) in [
            sound.replacing("dither.estimate/1", with: "dither.estimate/2"),
            sound.replacing("\"confidence\": 0.95,", with: ""), sound.replacing("\"value\"", with: "\"worth\""),
            sound.replacing("\"version\": 1,", with: "\"version\": \"1\","),
            sound.replacing("\"version\": 1,", with: "\"version\": 1, \"version\": 1,"),
            sound.replacing("\"detected\": true", with: "\"detected\": 1"),
            sound.replacing("\"reports\": ", with: "\"reports\": -"),
        ].enumerated() {
            #expect(fault != sound)
            let outcome = try check([try shell.workspace.write("\(position).json", fault)])
            #expect(outcome.status == 1, "\(position)")
        }
        #expect(try check([try shell.workspace.write("sound.json", sound)]).status == 0)
    }

    @Test("every recorded output, which a fresh run equals")
    func recordedOutputs() throws {
        for line in OutputLine.all {
            guard let name = line.name, name != "registry-check-sound" else { continue }
            let recorded = String(decoding: try Data(contentsOf: Fixtures.url("outputs/\(name).json")), as: UTF8.self)
            #expect(recorded.contains("\"\(line.schema)\""), "\(name)")
        }
        let outcome = try check([])
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.complaint)")
    }
}
