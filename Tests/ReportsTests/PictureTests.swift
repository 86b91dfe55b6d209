import Foundation
import TestSupport
import Testing

@testable import Reports

@Suite("A picture is one SVG file that shows what was estimated")
struct PictureTests {
    static let hostile = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "]]>", "&amp;", "\u{1B}]52;c;x\u{7}",
        "a\u{202E}b",
        "\u{FFFE}\u{FFFF}\u{0}", "=HYPERLINK(\"http://x\")", "漢字", "👩‍👧", "e\u{301}", "",
        String(repeating: "long ", count: 60),
    ]

    static var chart: BarChart {
        BarChart(
            scale: .share,
            bars: hostile.enumerated().map { place, name in
                let estimate = 0.1 + 0.2 - 0.05 * Double(place)
                return bar(name, estimate, give: 0.02, standing: place % 3 == 0 ? .notDetected : .detected)
            })
    }

    static func picture(_ chart: BarChart = chart) -> String {
        BarPicture(
            title: "carrier", lines: ["Which carrier flew?"], chart: chart, percent: "95 %",
            unit: "share of the reports",
            notes: ["50 of 1100 values are shown"]
        ).svg
    }

    static var series: String {
        let series = hostile.map { name in
            DaySeries(
                name: name, scale: .share,
                points: (0..<5).map { day in
                    .init(
                        index: day, day: "2026-06-0\(day + 1)",
                        bar: day == 2 ? nil : bar(name, 0.1 + 0.01 * Double(day)))
                })
        }
        return SeriesPicture(title: "carrier", lines: [], series: series, percent: "95 %", unit: "share of the reports")
            .svg
    }

    @Test("It is XML, names nothing to load or run, and has a title and a description for those who do not see it")
    func selfContained() throws {
        for svg in [Self.picture(), Self.series, ErrorPictureTests.picture] {
            let parsed = try #require(ParsedPicture(svg))
            let root = try #require(parsed.elements.first)
            #expect(root.name == "svg" && root.attributes["role"] == "img")
            let labels = root.attributes["aria-labelledby"]?.split(separator: " ").map(String.init) ?? []
            #expect(labels == ["title", "description"])
            for (name, label) in [("title", "title"), ("desc", "description")] {
                let element = try #require(parsed.elements.first { $0.attributes["id"] == label })
                #expect(element.name == name && !element.text.isEmpty)
            }
            let kinds = Set(parsed.elements.map(\.name))
            #expect(
                kinds.isSubset(of: ["svg", "title", "desc", "style", "rect", "g", "text", "path", "circle"]), "\(kinds)"
            )
            for element in parsed.elements {
                for (name, value) in element.attributes where name != "xmlns" && !name.hasPrefix("data-") {
                    #expect(
                        !name.hasPrefix("on") && !name.contains("href") && name != "style" && !value.contains("url("))
                }
            }
            let style = try #require(parsed.elements("style").first).text
            #expect(
                !style.contains("url(") && !style.contains("@import") && style.contains("prefers-color-scheme: dark"))
        }
    }

    @Test("Each row carries its figures in all their digits, and hostile names are text")
    func figures() throws {
        let parsed = try #require(ParsedPicture(Self.picture()))
        let rows = parsed.elements("g", "row")
        #expect(rows.count == Self.chart.bars.count)
        for (row, bar) in zip(rows, Self.chart.bars) {
            #expect(row.attributes["data-value"] == "\(bar.estimate)" && row.attributes["data-low"] == "\(bar.low)")
            #expect(row.attributes["data-high"] == "\(bar.high)")
            #expect(row.attributes["data-standing"] == (bar.standing == .detected ? "detected" : "not detected"))
        }
        #expect(rows[0].attributes["data-name"] == "<script>alert(1)</script>")
        #expect(
            rows[4].attributes["data-name"] == "⟦U+001B⟧]52;c;x⟦U+0007⟧"
                && rows[5].attributes["data-name"] == "a⟦U+202E⟧b")
        #expect(rows[6].attributes["data-name"] == "⟦U+FFFE⟧⟦U+FFFF⟧⟦U+0000⟧")
        let bars = parsed.elements("svg", "bar").count
        #expect(
            bars == rows.count
                && parsed.elements("path", "h").count == 1
                    + rows.count { $0.attributes["data-standing"] == "not detected" }
        )
        #expect(parsed.elements("text").contains { $0.text == "50 of 1100 values are shown" })
    }

    @Test("Days carry theirs, and a withheld day has none")
    func days() throws {
        let parsed = try #require(ParsedPicture(Self.series))
        let points = parsed.elements("circle", "point").prefix(4)
        #expect(points.map { $0.attributes["data-day"] } == ["2026-06-01", "2026-06-02", "2026-06-04", "2026-06-05"])
        #expect(points.map { $0.attributes["data-value"].flatMap(Double.init) } == [0.1, 0.11, 0.13, 0.14])
        // A gap breaks the line.
        #expect(parsed.elements("path", "line").count == 2 * Self.hostile.count)
    }

    @Test("Days that have no reports break the line and the band as withheld ones do")
    func missingDays() throws {
        let bar = Bar(name: "", estimate: 0.1, low: 0.05, high: 0.15)
        let points = [1, 2, 40].map { DaySeries.Point(index: $0, day: "day \($0)", bar: bar) }
        let picture = SeriesPicture(
            title: "t", lines: [], series: [DaySeries(name: "a", scale: .share, points: points)], percent: "95 %",
            unit: "share of the reports")
        let parsed = try #require(ParsedPicture(picture.svg))
        #expect(parsed.elements("path", "line").count == 2)
        #expect(parsed.elements("path", "band").count == 2)
    }

    @Test("The labels of large numbers have room left of the panel")
    func largeLabels() throws {
        let bar = Bar(name: "", estimate: 2_052_619, low: 967_684, high: 9_000_000)
        let series = DaySeries(name: "a", scale: .number, points: [.init(index: 1, day: "day", bar: bar)])
        let parsed = try #require(
            ParsedPicture(
                SeriesPicture(title: "t", lines: [], series: [series], percent: "95 %", unit: "units").svg))
        let labels = parsed.elements("text", "y")
        #expect(labels.count == 3)
        for label in labels {
            let right = try #require(label.attributes["x"].flatMap(Double.init))
            // A digit is at least 5.5 units wide, and the longest label has nine characters.
            #expect(right >= 9 * 5.5)
        }
    }

    @Test("The colours are those of a page, light and dark")
    func colours() {
        for (name, kinds) in [
            "--bar": ["b", "band"], "--whisker": ["w", "line"], "--hollow": ["h"], "--ink": ["text"],
            "--card": ["card"],
            "--muted": ["muted"], "--rule": ["grid"],
        ] {
            let page = parts(of: PageStyle.source.description, from: "\(name): ", to: ";")
            let picture = PictureStyle.source.description
            #expect(page.count >= 2)
            for colour in page.prefix(2) { #expect(picture.contains(colour), "\(name) of \(kinds): \(colour)") }
        }
    }
}

@Suite("A picture of errors")
struct ErrorPictureTests {
    static var picture: String {
        let mark = ErrorChart.Mark(words: "At <1>, 100 & more", devices: 100, epsilon: 1, error: 0.1, isGuided: true)
        let curves = [0.5, 1, 2].map { epsilon in
            ErrorChart.Curve(
                label: "ε \(epsilon)", isAsked: epsilon == 1,
                points: [10, 100, 1000].map { ($0, 1 / (epsilon * $0.squareRoot())) })
        }
        let chart = ErrorChart(quantity: .devices, curves: curves, marks: [mark])
        let other = ErrorChart(
            quantity: .epsilon,
            curves: [
                ErrorChart.Curve(
                    label: "100", isAsked: true, points: [(0.1, nil), (0.5, 0.2), (1, 0.1), (2, .nan), (4, 0.02)])
            ], marks: [mark])
        return ErrorPicture(
            title: "errors", lines: ["A sentence."], charts: [chart, other], scale: .share, errorTitle: "error",
            legend: ["Blue is asked."]
        ).svg
    }

    @Test("Marks carry what was asked for, in both charts, on curves that are named at their ends")
    func marks() throws {
        let parsed = try #require(ParsedPicture(Self.picture))
        let marks = parsed.elements("circle", "mark")
        #expect(marks.count == 2 && marks.allSatisfy { $0.attributes["data-devices"] == "100.0" })
        #expect(marks.allSatisfy { $0.attributes["data-epsilon"] == "1.0" && $0.attributes["data-value"] == "0.1" })
        let texts = parsed.elements("text").map(\.text)
        for label in ["ε 0.5", "ε 1.0", "ε 2.0", "A sentence.", "10 %", "1,000", "devices", "ε of a report"] {
            #expect(texts.contains(label), "\(label)")
        }
        // The mark lies where its curve does.
        let asked = try #require(parsed.elements("path", "asked").first?.attributes["d"])
        let place = "\(marks[0].attributes["cx"] ?? "") \(marks[0].attributes["cy"] ?? "")"
        #expect(asked.contains("L\(place)"), "\(asked) \(place)")
        // What is not known breaks a curve.
        #expect(parsed.elements("path", "asked").last?.attributes["d"]?.filter { $0 == "M" }.count == 2)
    }

    @Test("Ticks are round figures, and not more than there is room for")
    func ticks() {
        #expect(Ticks.linear(-0.02...0.387, limit: 5) == [0, 0.1, 0.2, 0.30000000000000004])
        #expect(Ticks.linear(0...720, limit: 8) == [0, 100, 200, 300, 400, 500, 600, 700])
        #expect(Ticks.logarithmic(0.1...8, limit: 8) == [0.1, 0.2, 0.5, 1, 2, 5])
        #expect(Ticks.logarithmic(1000...1e6, limit: 5) == [1000, 10_000, 100_000, 1_000_000])
        #expect(Ticks.logarithmic(1...1e10, limit: 5).count <= 6)
        for range in [0.0...0, 1e-300...2e-300, -1e300...1e300, 1e15...(1e15 + 1)] {
            #expect(Ticks.linear(range, limit: 6).count <= 8, "\(range)")
        }
        for range in [1e-300...1e300, 1e-299...1, 3...3] {
            let rounded = Ticks.rounded(max(range.lowerBound, 1e-300)...range.upperBound, decades: 1)
            #expect(rounded.lowerBound <= range.upperBound && rounded.upperBound >= range.upperBound)
        }
    }
}
