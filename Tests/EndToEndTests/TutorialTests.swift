import Foundation
import TestSupport
import Testing

/// What a page tells its reader to type, and what it says that is printed.
struct TutorialStep {
    /// The number of the line on which the commands begin.
    var line: Int
    var commands: String
    /// The status of the last command.
    var status = 0
    /// What is printed, if the page shows it.
    var output: String?
    /// Whether digits differ from run to run.
    var isNoisy = false

    /// The fenced blocks of a page: `sh` to run, `text` to compare.
    static func steps(of page: String) throws -> [TutorialStep] {
        var steps: [TutorialStep] = []
        var fence: (words: [Substring], line: Int, content: [Substring])?
        for (place, line) in page.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard line.hasPrefix("```") else {
                fence?.content.append(line)
                continue
            }
            guard let open = fence else {
                fence = (line.dropFirst(3).split(separator: " "), place + 2, [])
                continue
            }
            let content = open.content.map { $0 + "\n" }.joined()
            switch open.words.first {
            case "sh":
                let status = open.words.dropFirst().first { $0.hasPrefix("status=") }.flatMap { Int($0.dropFirst(7)) }
                steps.append(TutorialStep(line: open.line, commands: content, status: status ?? 0))
            case "text":
                try #require(steps.last?.output == nil, "line \(open.line): a step prints once")
                steps[steps.count - 1].output = content
                steps[steps.count - 1].isNoisy = open.words.contains("noisy")
            default: Issue.record("line \(open.line): neither sh nor text, so nothing runs or checks it")
            }
            fence = nil
        }
        return steps
    }

    /// Whether something printed is what the page says.
    func accepts(_ printed: String) -> Bool {
        guard let output else { return true }
        return Self.matches(lines(output)[...], lines(printed)[...])
    }

    private func lines(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard isNoisy else { return String(line) }
            // A number is one mark, and columns are as wide as they come.
            let words = line.replacing(#/-?[0-9][0-9.,]*(e-?[0-9]+)?/#, with: "0").split(separator: " ")
            return words.joined(separator: " ")
        }
    }

    /// `…` as a line is any lines, and in a line anything.
    private static func matches(_ pattern: ArraySlice<String>, _ text: ArraySlice<String>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        let rest = pattern.dropFirst()
        if first == "…" {
            return (0...text.count).contains { matches(rest, text.dropFirst($0)) }
        }
        guard let line = text.first, fits(line, first) else { return false }
        return matches(rest, text.dropFirst())
    }

    private static func fits(_ line: String, _ pattern: String) -> Bool {
        let parts = pattern.components(separatedBy: "…")
        guard parts.count > 1 else { return line == pattern }
        guard line.hasPrefix(parts[0]), line.hasSuffix(parts[parts.count - 1]) else { return false }
        return line.count >= parts.reduce(0) { $0 + $1.count }
    }
}

@Suite("The tutorial")
struct TutorialTests {
    private static let page = Fixtures.packageRoot.appending(path: "docs/tutorial.md")

    /// Runs the steps one after the other in one shell and one empty folder; gives what each printed, and its status.
    private func play(_ steps: [TutorialStep], in workspace: Workspace) throws -> [(printed: String, status: Int)] {
        let reader = workspace.file("reader"), notes = workspace.file("notes")
        for folder in [reader, notes] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        }
        var script =
            "trap 'kill $(jobs -p) 2>/dev/null' EXIT\nexport PATH='\(Executables.folder)':$PATH\ncd '\(reader)'\n"
        for (place, step) in steps.enumerated() {
            _ = try workspace.write("notes/\(place).sh", step.commands)
            // Statuses other than 0 are those of all commands of the step, since none may fail unseen.
            script += """
                trap 'echo $? >> "\(notes)/\(place).status"' ERR
                . '\(notes)/\(place).sh' > '\(notes)/\(place).out' 2>&1
                trap - ERR

                """
        }
        let outcome = try run("/usr/bin/timeout", ["480", "bash", try workspace.write("notes/all.sh", script)])
        #expect(outcome.complaint.isEmpty, "\(outcome.complaint)")
        return steps.indices.map { place in
            let failed = (try? String(contentsOfFile: "\(notes)/\(place).status", encoding: .utf8)) ?? ""
            let printed = (try? String(contentsOfFile: "\(notes)/\(place).out", encoding: .utf8)) ?? "(it was not run)"
            return (printed, failed.split(separator: "\n").compactMap { Int($0) }.reduce(0, max))
        }
    }

    @Test("Every command runs in an empty folder as it is written, and prints what the page says")
    func everyCommand() throws {
        let steps = try TutorialStep.steps(of: try String(contentsOf: Self.page, encoding: .utf8))
        #expect(steps.count > 12 && steps.count { $0.output != nil } > 10)
        let workspace = try Workspace()
        for (step, outcome) in zip(steps, try play(steps, in: workspace)) {
            #expect(outcome.status == step.status, "line \(step.line): \(outcome.printed)")
            #expect(step.accepts(outcome.printed), "line \(step.line) prints:\n\(outcome.printed)")
        }
        for page in ["PRIVACY.html", "report.html"] {
            let html = try String(contentsOfFile: workspace.file("reader/\(page)"), encoding: .utf8)
            #expect(html.hasPrefix("<!DOCTYPE html>") && html.contains("Did the editor crash today?"), "\(page)")
        }
    }

    @Test("A step whose command fails, prints something else or leaves a line out is found")
    func plantedFaults() throws {
        let page = """
            ```sh
            echo one; echo 'two 17'; echo three
            ```
            """
        func accepts(_ fence: String, _ lines: String...) throws -> Bool {
            let text = page + "\n\n```\(fence)\n" + lines.map { $0 + "\n" }.joined() + "```\n"
            let steps = try TutorialStep.steps(of: text)
            let outcome = try play(steps, in: try Workspace())[0]
            return outcome.status == steps[0].status && steps[0].accepts(outcome.printed)
        }
        #expect(try accepts("text", "one", "two 17", "three"))
        #expect(try accepts("text", "one", "…"))
        #expect(try accepts("text", "…", "two 1…", "three"))
        #expect(try accepts("text noisy", "one", "two    4.5e-3", "three"))
        #expect(try !accepts("text", "one", "two 18", "three"))
        #expect(try !accepts("text", "one", "three"))
        #expect(try !accepts("text noisy", "one", "two", "three"))
        #expect(try !accepts("text", "one", "two 17"))
        for (commands, status) in [("false; true", 1), ("dither registry check none.yaml", 1), ("(exit 3)", 3)] {
            let steps = try TutorialStep.steps(of: "```sh\n\(commands)\n```\n")
            #expect(try play(steps, in: try Workspace())[0].status == status, "\(commands)")
        }
    }
}
