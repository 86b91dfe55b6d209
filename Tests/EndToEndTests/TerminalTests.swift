import Foundation
import TestSupport
import Testing

/// What is shown on a terminal, word for word.
private struct Screen {
    var name: String
    var line: String
    var columnCount: Int
    var environment: [String: String] = [:]

    /// Runs the line; escape characters are written as `\e`.
    func shown(_ store: DrawingStore) throws -> Outcome {
        var all = ["TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"]
        all.merge(environment) { $1 }
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        return try PseudoTerminal(columnCount: columnCount).show(
            "dither", store.arguments(words[0], words[1]), environment: all)
    }
}

@Suite("On a terminal")
struct TerminalTests {
    private static let screens = [
        Screen(name: "bars-200", line: "estimate --metric carrier", columnCount: 200),
        Screen(name: "bars-80", line: "estimate --metric carrier", columnCount: 80),
        Screen(name: "bars-40", line: "estimate --metric carrier", columnCount: 40),
        Screen(name: "bars-20", line: "estimate --metric carrier", columnCount: 20),
        Screen(
            name: "bars-200-no-color", line: "estimate --metric carrier --sum both=AA,B6", columnCount: 200,
            environment: ["NO_COLOR": "1"]),
        Screen(
            name: "bars-80-ascii", line: "estimate --metric carrier", columnCount: 80, environment: ["LC_ALL": "C"]),
        Screen(
            name: "bars-120-long-name",
            line: "estimate --metric carrier --sum \(Array(repeating: "long", count: 20).joined(separator: "-"))=AA,B6",
            columnCount: 120),
        Screen(name: "mean-100", line: "estimate --metric air_time", columnCount: 100),
        Screen(name: "days-80", line: "estimate --metric carrier --by period", columnCount: 80),
        Screen(
            name: "days-40-ascii", line: "estimate --metric carrier --by period", columnCount: 40,
            environment: ["LANG": "C", "NO_COLOR": "yes"]),
        Screen(
            name: "compare-120", line: "compare --metric carrier --from 2026-06-04 --versus-to 2026-06-02",
            columnCount: 120),
    ]

    @Test("Bars and days are drawn as they were, for each width, locale and wish for colour")
    func goldens() throws {
        let store = try DrawingStore()
        for screen in Self.screens {
            let outcome = try screen.shown(store)
            #expect(outcome.status == 0, "\(outcome.complaint)")
            let text = outcome.output.replacing("\u{1B}", with: "\\e")
            #expect(screen.environment["NO_COLOR"] == nil || !text.contains("\\e["))
            #expect(try text == golden("terminal/\(screen.name).txt", or: text), "\(screen.name)")
        }
    }

    @Test("In a pipe, and on a terminal that calls itself dumb, there is the table alone")
    func pipe() throws {
        let store = try DrawingStore()
        for line in ["estimate --metric carrier", "estimate --metric carrier --by period"] {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            let piped = try run("dither", store.arguments(words[0], words[1]), environment: ["TERM": "xterm"])
            let dumb = try Screen(name: "", line: line, columnCount: 200, environment: ["TERM": "dumb"]).shown(store)
            #expect(piped.output == dumb.output && !piped.output.contains("█") && !piped.output.contains("\u{1B}"))
            #expect(piped.output.contains("0.06"), "there are figures")
        }
    }

    @Test("Nothing is drawn of what is withheld")
    func withheld() throws {
        let outcome = try Screen(
            name: "", line: "estimate --metric carrier --from 2026-06-03 --to 2026-06-03", columnCount: 120
        ).shown(try DrawingStore())
        #expect(outcome.status == 3 && outcome.output.isEmpty && outcome.complaint.contains("fewer than 1000 reports"))
    }
}
