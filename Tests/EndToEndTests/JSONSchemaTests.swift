import Foundation
import TestSupport
import Testing

@Suite("What commands write as JSON says its schema, and fits it")
struct JSONSchemaTests {
    private func check(_ arguments: [String]) throws -> Outcome {
        let script = Fixtures.packageRoot.appending(path: "scripts/check_json.py").path(percentEncoded: false)
        return try run("/usr/bin/python3", [script] + arguments)
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
        for line in OutputLine.all where line.name != "registry-check-sound" {
            let recorded = try Data(contentsOf: Fixtures.url("outputs/\(line.name).json"))
            #expect(String(decoding: recorded, as: UTF8.self).contains("\"\(line.schema)\""), "\(line.name)")
        }
        let outcome = try check([])
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.complaint)")
    }
}
