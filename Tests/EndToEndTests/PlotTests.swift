import Foundation
import TestSupport
import Testing

@Suite("Pictures of figures")
struct PlotTests {
    private func json(_ outcome: Outcome) throws -> [String: Any] {
        #expect(outcome.status == 0, "\(outcome.complaint)")
        return try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    }

    private func picture(_ path: String) throws -> ParsedPicture {
        try #require(ParsedPicture(try String(contentsOfFile: path, encoding: .utf8)))
    }

    /// Whether a picture's number is one of JSON, which has some digits fewer.
    private func isSame(_ number: Double, _ other: Any?) -> Bool {
        guard let other = other as? Double else { return false }
        return abs(number - other) <= 6e-8 * max(1, abs(other))
    }

    @Test("Bars carry the numbers of JSON, in the order of its rows, with their names")
    func estimate() throws {
        let store = try DrawingStore(), path = store.workspace.file("out.svg")
        let outcome = try run(
            "dither", store.arguments("estimate", "--metric carrier --sum both=AA,B6 --format json --plot \(path)"))
        let members = try json(outcome)
        let rows =
            (try #require(members["rows"] as? [[String: Any]])) + (try #require(members["sums"] as? [[String: Any]]))
        let bars = try picture(path).elements("g", "row")
        #expect(rows.count == DrawingStore.names.count + 2 && bars.count == rows.count)
        for (bar, row) in zip(bars, rows) {
            #expect(isSame(bar.number("data-value"), row["frequency"]), "\(bar) \(row)")
            #expect(
                isSame(bar.number("data-low"), row["frequency_low"])
                    && isSame(bar.number("data-high"), row["frequency_high"]))
            #expect(bar.attributes["data-standing"] == (row["detected"] as? Bool == true ? "detected" : "not detected"))
            let name = (row["value"] ?? row["sum"]) as? String ?? "(none)"
            #expect(bar.attributes["data-name"] == name)
        }
    }

    @Test("Days carry the numbers of JSON, and withheld ones are not there")
    func days() throws {
        let store = try DrawingStore(), path = store.workspace.file("out.svg")
        let outcome = try run(
            "dither", store.arguments("estimate", "--metric air_time --by period --format json --plot \(path)"))
        let periods = try #require(try json(outcome)["periods"] as? [[String: Any]])
        let shown = periods.filter { $0["withheld"] == nil }
        let points = try picture(path).elements("circle", "point")
        #expect(periods.count == 5 && shown.count == 4 && points.count == 4)
        for (point, period) in zip(points, shown) {
            let row = try #require((period["rows"] as? [[String: Any]])?.first)
            #expect(point.attributes["data-day"] == period["period"] as? String)
            // Of a mean JSON has three digits of the error beyond its first.
            for (name, key) in [("data-value", "estimate"), ("data-low", "low"), ("data-high", "high")] {
                #expect(abs(point.number(name) - (row[key] as? Double ?? .nan)) < 1e-3, "\(point) \(row)")
            }
        }
    }

    @Test("Below the release gate nothing is written, and a picture that is there stays")
    func gate() throws {
        let store = try DrawingStore(), path = store.workspace.file("out.svg")
        let words = "--metric carrier --from 2026-06-03 --to 2026-06-03 --plot \(path)"
        for content in [nil, "old"] {
            if let content { _ = try store.workspace.write("out.svg", content) }
            let outcome = try run("dither", store.arguments("estimate", words))
            #expect(outcome.status == 3 && outcome.complaint.contains("minimum_reports"))
            let found = FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
            #expect(found == content)
        }
        let comparison = try run(
            "dither", store.arguments("compare", words + " --versus-to 2026-06-02"))
        #expect(comparison.status == 3)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
    }

    @Test("What is read is not replaced, also by another name, and what cannot be written is named")
    func inputs() throws {
        let store = try DrawingStore(), link = store.workspace.file("link.svg")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: store.registry)
        let log = store.store + "-wal"
        try Data().write(to: URL(filePath: log))
        for path in [store.store, store.registry, link, log] {
            let outcome = try run("dither", store.arguments("estimate", "--metric carrier --plot \(path)"))
            #expect(
                outcome.status == 2 && outcome.complaint.contains("itself. Name another file") && outcome.output.isEmpty
            )
        }
        let nowhere = try run("dither", store.arguments("estimate", "--metric carrier --plot DIR/none/out.svg"))
        #expect(nowhere.status == 1 && nowhere.complaint.contains("none/out.svg"))
        #expect(nowhere.complaint.contains("No such file or directory. Make its folder first"))
        let folder = try run("dither", store.arguments("estimate", "--metric carrier --plot DIR"))
        #expect(folder.status == 1 && folder.complaint.contains("Is a directory. Name a file in it"))
    }

    @Test("A link stays, and what it leads to is replaced")
    func links() throws {
        let store = try DrawingStore(), target = store.workspace.file("target.svg")
        let link = store.workspace.file("link.svg")
        try Data("old".utf8).write(to: URL(filePath: target))
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
        let outcome = try run("dither", store.arguments("estimate", "--metric carrier --plot \(link)"))
        #expect(outcome.status == 0, "\(outcome.complaint)")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == target)
        #expect(try !picture(target).elements("g", "row").isEmpty)
    }

    @Test("A comparison's bars are its differences")
    func compare() throws {
        let store = try DrawingStore(), path = store.workspace.file("out.svg")
        let outcome = try run(
            "dither",
            store.arguments(
                "compare",
                "--metric carrier --from 2026-06-04 --versus-to 2026-06-02 --format json --plot \(path)"))
        let rows = try #require(try json(outcome)["rows"] as? [[String: Any]])
        let bars = try picture(path).elements("g", "row")
        #expect(rows.count == bars.count)
        for (bar, row) in zip(bars, rows) {
            #expect(abs(bar.number("data-value") - (row["difference"] as? Double ?? .nan)) < 1e-5)
            #expect(abs(bar.number("data-high") - (row["high"] as? Double ?? .nan)) < 1e-5)
        }
    }

    @Test("A plan's points are its rows, and the picture says the sentence of the table")
    func plan() throws {
        let workspace = try Workspace(), path = workspace.file("plan.svg")
        let words = [
            "--devices", "10000,100000", "--epsilon", "1,2", "--mechanism", "randomized_response", "--plot", path,
        ]
        let outcome = try run("dither", ["plan"] + words + ["--format", "json"])
        #expect(outcome.status == 0, "\(outcome.complaint)")
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
        let parsed = try picture(path)
        let marks = parsed.elements("circle", "mark")
        #expect(rows.count == 4 && marks.count == 8)
        for (mark, row) in zip(marks, rows + rows) {
            #expect(mark.number("data-devices") == row["devices"] as? Double)
            #expect(mark.number("data-epsilon") == row["epsilon"] as? Double)
            #expect(abs(mark.number("data-value") / (row["error"] as? Double ?? .nan) - 1) < 1e-5)
        }
        let table = try run("dither", ["plan"] + words)
        let sentence = try #require(table.output.split(separator: "\n").first { $0.hasPrefix("With 10,000 devices") })
        let lines = parsed.elements("text").map(\.text).joined(separator: " ")
        #expect(lines.contains(sentence) && lines.contains("ε 1") && lines.contains("100,000"))
        let unattained = try run(
            "dither",
            ["plan", "--devices", "10", "--target", "0.0001%", "--mechanism", "randomized_response"] + ["--plot", path])
        #expect(unattained.status == 3)
        #expect(try picture(path).elements("circle", "mark").count == 8, "the old one stays")
    }

    @Test("A study's points are what was measured, and it says so in a sentence")
    func study() throws {
        let workspace = try Workspace(), path = workspace.file("study.svg")
        let words = ["study", "--mechanism", "geometric", "--n", "10000", "--eps", "0.5,1", "--plot", path]
        let outcome = try run("dither", words + ["--format", "json"])
        #expect(outcome.status == 0, "\(outcome.complaint)")
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
        let parsed = try picture(path), marks = parsed.elements("circle", "mark")
        #expect(rows.count == 2 && marks.count == 4)
        for (mark, row) in zip(marks, rows + rows) {
            for (name, key) in [
                ("data-value", "mean_percent"), ("data-low", "low_percent"), ("data-high", "high_percent"),
            ] { #expect(abs(100 * mark.number(name) / (row[key] as? Double ?? .nan) - 1) < 1e-3) }
        }
        let table = try run("dither", words)
        let sentence = try #require(table.output.split(separator: "\n").first)
        #expect(sentence.hasPrefix("At ε 0.5, 10,000 people"))
        #expect(parsed.elements("text").map(\.text).joined(separator: " ").contains(sentence))
        let refused = try run("dither", ["study", "P1", "--plot", path])
        #expect(refused.status == 2 && refused.complaint.contains("--plot draws errors"))
    }
}
