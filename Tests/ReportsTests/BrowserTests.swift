import Foundation
import Reports
import Testing

/// What scripts/browser/check_page.py has found.
struct BrowserFindings: Decodable {
    struct Figures: Decodable {
        struct Row: Decodable {
            var name: String
            var value, low, high: String
            var text: String
            var standing: String?
            var from, length: Double?
        }

        var name: String
        var rows: [Row]
    }

    struct Keyboard: Decodable {
        var first, target: String
        var before, descending, ascending, filtered: [String]?
        var descendingSaid, ascendingSaid, outline: String?
        var articles: Int?
    }

    struct Objection: Decodable {
        var width: Int
        var dark: Bool
        var rule, help: String
        var `where`: [String]
    }

    struct Structure: Decodable {
        /// The names of the landmarks in the order of the page: banner, main, contentinfo, and regions by their headings.
        var landmarks: [String]
        /// The levels of the headings, in order.
        var headings: [Int]
        /// Tables without a caption, cells of headings without a scope, and links that lead nowhere on the page.
        var faults: [String]
        /// What can take the keyboard's focus.
        var focusable: Int
    }

    /// Of a page that waits for time to show the rest.
    struct Late: Decodable {
        var isThere: Bool
        var sorted: String?
        var wait, left: Int
    }

    var milliseconds, wholeAfter: Double
    var late: Late?
    var rowsWithoutScript: Int
    var structure: Structure
    var figures: [Figures]
    var elements: [String]
    var keyboard: Keyboard
    var faults: [String]
    var overflow: [String: Double]
    var axe: [Objection]?
}

enum Browser {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let isInstalled = ["chromium", "chromium-browser", "google-chrome"].contains { name in
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
            .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }

    /// Opens a document in a real browser.
    static func look(at document: ReportDocument, _ options: String...) throws -> BrowserFindings {
        try look(at: try document.html(), options)
    }

    /// Opens a page in a real browser.
    static func look(at html: String, _ options: [String] = []) throws -> BrowserFindings {
        let folder = FileManager.default.temporaryDirectory.appending(path: "dither-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let page = folder.appending(path: "page.html")
        try Data(html.utf8).write(to: page)
        let process = Process(), output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            [
                "python3", root.appending(path: "scripts/browser/check_page.py").path,
            ] + options + [page.path(percentEncoded: false)]
        process.standardOutput = output
        try process.run()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try JSONDecoder().decode(BrowserFindings.self, from: answer)
    }
}

@Suite(
    "In a browser",
    .serialized, .enabled(if: Browser.isInstalled, "SKIPPED: no chromium here; scripts/setup.sh installs it"))
struct BrowserTests {
    /// Ten metrics, each with everything that there is.
    private func fullDocument(names: [String]) -> ReportDocument {
        var full = document(of: []) { findings in
            findings.chart.bars = (0..<30).map { place in
                bar(
                    "\(names[place % names.count]) \(place)", 0.2 - 0.008 * Double(place),
                    standing: place < 20 ? .detected : .notDetected)
            }
            findings.chart.otherShare = 0.02
            findings.series = (0..<3).map { place in
                DaySeries(
                    name: names[place % names.count], scale: .share,
                    points: (0..<9).map { day in
                        .init(
                            index: day, day: "2026-06-0\(day + 1)",
                            bar: day == 4 ? nil : bar("", 0.1 + 0.01 * Double((day * 7 + place) % 5)))
                    })
            }
            findings.comparison = TimeComparison(
                later: "2026-06-08 to 2026-06-14", earlier: "2026-06-01 to 2026-06-07",
                result: .differences(
                    BarChart(
                        scale: .shareDifference,
                        bars: [bar(names[0], 0.02), bar("b", -0.01, standing: .notDetected), bar("c", 0)])))
            findings.errorSplit = ErrorSplit(name: names[0], noiseShare: 0.83, population: bar(names[0], 0.2))
            findings.fit = [
                FitRemark(isWarning: true, sentence: "The counts do not fit."),
                FitRemark(isWarning: false, sentence: "A value that 0.5 % hold is detected."),
            ]
            findings.alarms = ["ALARM: not all of these reports are honest."]
            findings.testNames = ["the numbers of set bits"]
            findings.advice = ["Intervals half as wide need 1,347,104 devices."]
            findings.notes = ["Intervals are for the devices that reported."]
        }
        let others = (0..<9).map { place in
            document(
                with: place % 3 == 0 ? .withheld("too few") : place % 3 == 1 ? .failed("no") : full.metrics[0].outcome,
                name: "metric_\((place * 7) % 9)", question: names[place % names.count],
                endedOn: place == 2 ? "2026-01-01" : nil
            ).metrics[0]
        }
        full.metrics += others
        return full
    }

    @Test("A page says nothing to the console, asks for nothing, and reads back what was estimated")
    func figures() throws {
        let names = ["<script>alert(1)</script>", "=HYPERLINK(\"x\")", "\u{1B}]52;c;x", "a\u{202E}b", "plain"]
        let document = fullDocument(names: names)
        let found = try Browser.look(at: document)
        #expect(found.faults == [])
        #expect(!found.elements.contains("img") && found.elements.filter { $0 == "script" }.count == 1)
        guard case .shown(let findings) = document.metrics[0].outcome else { return }
        let rows = try #require(found.figures.first).rows
        #expect(rows.count == 33)
        let greatest = findings.chart.bars.map(\.high).max() ?? 0,
            least = min(0, findings.chart.bars.map(\.low).min() ?? 0)
        for (row, bar) in zip(rows, findings.chart.bars) {
            #expect(Double(row.value) == bar.estimate && Double(row.low) == bar.low && Double(row.high) == bar.high)
            #expect(row.standing == (bar.standing == .detected ? "● yes" : "○ not shown"))
            // In thousandths of the axis, to half of one.
            let length = try #require(row.length)
            #expect(abs(length - 1000 * abs(bar.estimate) / (greatest - least)) <= 1, "\(row.name)")
        }
        #expect(
            rows[0].name == names[0] + " 0" && rows[3].name == "a⟦U+202E⟧b 3" && rows[2].name == "⟦U+001B⟧]52;c;x 2")
    }

    @Test("Tab, Enter and typing skip, sort and filter")
    func keyboard() throws {
        let found = try Browser.look(at: fullDocument(names: ["plain"])).keyboard
        #expect(found.first == "Skip to the metrics" && found.target == "#content")
        let names = try #require(found.before).sorted()
        #expect(found.descending == names.reversed() && found.descendingSaid == "descending")
        #expect(found.ascending == names && found.ascendingSaid == "ascending")
        #expect(found.outline == "solid", "focus is seen")
        #expect(found.filtered == [found.before?.last].compactMap(\.self) && found.articles == 1)
    }

    @Test("No window is too narrow, and axe objects to nothing, light or dark")
    func accessibility() throws {
        let found = try Browser.look(
            at: fullDocument(names: ["plain", "a name of one long word, Donaudampfschifffahrtsgesellschaft"]))
        for (width, excess) in found.overflow { #expect(excess <= 0, "\(width) pixels") }
        guard let objections = found.axe else {
            print("SKIPPED: axe, since scripts/install_axe.sh was not run")
            return
        }
        for one in objections {
            Issue.record("\(one.rule) (\(one.width), dark: \(one.dark)): \(one.help) \(one.where)")
        }
    }

    @Test(
        "Two hundred metrics with ten thousand values open at once, and the rest of the page follows, also without the script"
    )
    func speed() throws {
        var document = fullDocument(names: ["plain"])
        guard case .shown(var findings) = document.metrics[0].outcome else {
            Issue.record("the first metric is shown")
            return
        }
        (findings.alarms, findings.fit) = ([], [])
        findings.chart.bars = (0..<50).map { bar("value \($0)", 0.01) }
        findings.comparison?.result = .differences(
            BarChart(scale: .shareDifference, bars: (0..<50).map { bar("value \($0)", 0.01) }))
        document.metrics = (0..<200).map { place in
            var metric = document.metrics[0]
            (metric.name, metric.outcome) = ("metric_\(place)", .shown(findings))
            return metric
        }
        let found = try Browser.look(at: document, "--quick")
        #expect(found.faults == [] && found.figures.count == 200)
        #expect(found.figures.allSatisfy { $0.rows.count == 100 } && found.rowsWithoutScript == 20_000)
        let late = try #require(found.late)
        #expect(late.isThere && late.sorted == "descending" && late.wait > 0 && late.left == 0, "\(late)")
        // How soon is measured where nothing else runs: docs/report.md. That there is less to wait for holds everywhere.
        #expect(found.milliseconds < found.wholeAfter, "\(found.milliseconds) ms")
    }
}
