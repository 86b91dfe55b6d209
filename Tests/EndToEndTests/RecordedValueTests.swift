import Foundation
import MetricDefinitions
import TestSupport
import Testing

@Suite("Values on the agent's command line")
struct RecordedValueTests {
    private let workspace: Workspace
    private let agent: [String]

    init() throws {
        workspace = try Workspace()
        let set = try testMetricSet(metrics: [try rapporMetric(), try sketchMetric(), try meanMetric()])
        try Data(try set.encoded()).write(to: URL(filePath: workspace.file("metrics.set")))
        agent = [
            "--metrics", workspace.file("metrics.set"), "--endpoint", "http://127.0.0.1:9", "--state",
            workspace.file("state"),
        ]
        try #require(try run("dither-agent", agent + ["on"]).status == 0)
    }

    private func record(_ words: String..., input: String? = nil) throws -> Outcome {
        try run("dither-agent", agent + ["record"] + words, input: input)
    }

    private func clipped() throws -> String? {
        let lines = try run("dither-agent", agent + ["status", "--format", "csv"]).output.split(separator: "\n")
        return lines.first { $0.hasPrefix("clipped values,") }.map { String($0.split(separator: ",")[1]) }
    }

    @Test("A negative number is a value wherever it stands; what is no number has status 2 and is not repeated")
    func numbers() throws {
        for words in [["air_time", "312.5"], ["air_time", "0"], ["air_time", "720"], ["air_time", "-0"]] {
            #expect(try record(words[0], words[1]).status == 0, "\(words)")
        }
        #expect(try clipped() == "0")
        #expect(try record("air_time", "-5").status == 0)
        #expect(try record("air_time", "-.5").status == 0)
        #expect(try record("air_time", "--", "-5").status == 0)
        #expect(try record("--", "air_time", "-5").status == 0)
        #expect(try record("air_time", "1e9").status == 0)
        #expect(try clipped() == "5")
        #expect(try record("air_time", "--stdin", input: "-5\r\n100\n721\n99999").status == 0)
        #expect(try clipped() == "8")
        for text in ["nan", "inf", "1e999", "canary", "", "1,5", "0 "] {
            let outcome = try record("air_time", text)
            #expect(outcome.status == 2 && outcome.complaint.contains("takes a decimal number"), "\(text)")
            #expect(!outcome.complaint.contains("canary"))
        }
        #expect(try clipped() == "8")
        #expect(try run("dither-agent", agent + ["off"]).status == 0)
        #expect(try clipped() == "0")
    }

    @Test("A text is taken as it is: empty, of 254 bytes, or with a dash after --; longer ones have status 2")
    func texts() throws {
        for metric in ["destination", "word"] {
            #expect(try record(metric, "").status == 0)
            #expect(try record(metric, String(repeating: "x", count: 254)).status == 0)
            let outcome = try record(metric, String(repeating: "x", count: 255))
            #expect(outcome.status == 2 && outcome.complaint.contains("up to 254 bytes"))
            #expect(try record(metric, "-x").status == 2)
            #expect(try record(metric, "--", "-x").status == 0)
            #expect(try record(metric, "--", "--").status == 0)
            #expect(try record(metric, "--stdin", input: "a\r\n\n-x\n--\nlast").status == 0)
            let long = String(repeating: "x", count: 10_000)
            #expect(try record(metric, "--stdin", input: "a\n\(long)\n").status == 2)
        }
    }

    @Test("Bytes that are not UTF-8 are refused, as an argument and on standard input")
    func notUTF8() throws {
        let program = ([Executables.path("dither-agent")] + agent).map { "'\($0)'" }.joined(separator: " ")
        let argument = try run("/bin/sh", ["-c", "\(program) record word \"$(printf 'a\\377')\""])
        #expect(argument.status == 2 && argument.complaint.contains("not UTF-8"))
        let line = try run("/bin/sh", ["-c", "printf 'a\\377\\nb\\n' | \(program) record word --stdin"])
        #expect(line.status == 2 && line.complaint.contains("UTF-8 only"))
        #expect(try run("dither-agent", agent + ["show"]).output == "nothing\n")
    }

    @Test("A report about a text or number is shown by its bytes, and as no item")
    func show() throws {
        for (metric, value) in [("destination", "JFK"), ("word", "JFK"), ("air_time", "99999")] {
            #expect(try record(metric, value).status == 0)
        }
        let lines = try run("dither-agent", agent + ["show", "--format", "csv"]).output.split(separator: "\n")
        try #require(lines.count == 4)
        let cells = lines.dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        #expect(cells.map { $0[0] } == ["destination", "word", "air_time"])
        #expect(cells.allSatisfy { $0[3].isEmpty && (hexadecimalBytes($0[4])?.isEmpty == false) })
    }
}
