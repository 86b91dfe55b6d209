import Foundation
import Reports
import SecureRandomness
import Testing

@Suite("A page is one file that shows what was estimated")
struct PageTests {
    @Test("The policy allows the style and the script of the page by their digests, and nothing else")
    func contentPolicy() throws {
        let page = try document().html()
        let policy = try #require(parts(of: page, from: "Content-Security-Policy\" content=\"", to: "\"").first)
        let style = try #require(parts(of: page, from: "<style>", to: "</style>").first)
        let script = try #require(parts(of: page, from: "<script>", to: "</script>").first)
        func digest(_ text: String) throws -> String { Data(try SHA256.digest(Array(text.utf8))).base64EncodedString() }
        #expect(
            policy.replacing("&#39;", with: "'")
                == "default-src 'none'; style-src 'sha256-\(try digest(style))'; script-src 'sha256-\(try digest(script))'; "
                + "base-uri 'none'; form-action 'none'")
        // What a policy would have to allow besides: attributes with style or code.
        let body = try #require(page.components(separatedBy: "</style>").last)
        #expect(!body.contains(" style=") && !body.contains(" onclick="))
    }

    @Test("A page names no address to load from")
    func addresses() throws {
        let page = try document().html()
        for start in ["http:", "https:", "//", "src=", "url(", "@import"] { #expect(!page.contains(start), "\(start)") }
        #expect(parts(of: page, from: "href=\"", to: "\"").allSatisfy { $0.hasPrefix("#") })
    }

    @Test("Each row has its estimate and its interval, digit by digit for programs and rounded for people")
    func figures() throws {
        let exact = Bar(name: "true", estimate: 0.1 + 0.2, low: 0.29, high: 0.31, standing: .detected)
        let page = try document(of: [exact]).html()
        #expect(page.contains("data-value=\"0.30000000000000004\" data-low=\"0.29\" data-high=\"0.31\">30.0 %"))
        #expect(page.contains("<small>29.0 to 31.0 %</small>"))
    }

    @Test("Detected and not detected differ in words and in form")
    func standing() throws {
        let page = try document(of: [bar("ORD", 0.05), bar("XNA", -0.001, standing: .notDetected)]).html()
        let rows = parts(of: page, from: "<tr><th scope=\"row\"><bdi>", to: "</tr>")
        #expect(rows[0].contains("● yes") && rows[0].contains("class=\"b\""))
        #expect(rows[1].contains("○ not shown") && rows[1].contains("class=\"h\""))
        #expect(rows[1].contains("−0.10 %"))
    }

    @Test("Bars are as long as their figures on one scale")
    func geometry() throws {
        let page = try document(of: [bar("a", 0.2, give: 0.05), bar("b", 0.1, give: 0.05)]).html()
        // From 0 to 0.25.
        #expect(page.contains("d=\"M0 6H800V18H0z\"") && page.contains("d=\"M600 12H1000M600 8V16M1000 8V16\""))
        #expect(page.contains("d=\"M0 6H400V18H0z\""))
        #expect(page.contains("<span>0.0 %</span><span>25.0 %</span>"))
    }

    @Test("Differences have nothing in the middle, and a sign")
    func differences() throws {
        let page = try document { findings in
            var chart = BarChart(scale: .shareDifference, bars: [bar("a", 0.02, give: 0.02)])
            chart.omitted = (3, 1)
            findings.comparison = TimeComparison(
                later: "2026-06-02", earlier: "2026-06-01", result: .differences(chart))
        }.html()
        #expect(page.contains("+2.0 points") && page.contains("<small>0.0 to +4.0 points</small>"))
        #expect(page.contains("M500 6H750V18H500z"))
        #expect(page.contains("3 further differences are not shown, 1 of them detected. dither compare --format csv"))
    }

    @Test("Of many values twelve stand open, and the others wait below them")
    func longLists() throws {
        let page = try document(of: (0..<100).map { bar("value \($0)", 0.01) }).html()
        let pieces = page.components(separatedBy: "<details class=\"rest\">")
        #expect(pieces.count == 2)
        #expect(parts(of: pieces[0], from: "<bdi>value", to: "<").count == 13, "one in the overview")
        #expect(parts(of: pieces[1], from: "<bdi>value", to: "<").count == 88)
        #expect(pieces[1].hasPrefix("<summary>88 more values, 88 of them detected</summary>"))
    }

    @Test("What has no estimate has no bar, and a share without an interval says so")
    func gaps() throws {
        let page = try document(of: [Bar(name: "twin", estimate: .nan, low: -.infinity, high: .infinity)]) { findings in
            findings.chart.otherShare = 0.25
        }.html()
        #expect(page.contains("cannot be told from others") && page.contains(">–<"))
        #expect(page.contains("about 25.0 %") && page.contains("no interval"))
        let article = try #require(parts(of: page, from: "<article", to: "</article>").first)
        #expect(!article.contains("nan") && !article.contains("inf"))
    }

    @Test("A day below the release gate breaks the line and is named in the table")
    func days() throws {
        let page = try document { findings in
            findings.series = [
                DaySeries(
                    name: "ORD", scale: .share,
                    points: (1...5).map { day in
                        .init(index: day, day: "2026-06-0\(day)", bar: day == 3 ? nil : bar("ORD", 0.01 * Double(day)))
                    })
            ]
        }.html()
        #expect(parts(of: page, from: "class=\"line\"", to: ">").count == 2)
        #expect(parts(of: page, from: "class=\"point\"", to: ">").count == 4)
        #expect(parts(of: page, from: ">withheld<", to: "/").count == 1)
    }

    @Test("Below the release gate stands the reason, and no chart")
    func withheld() throws {
        let page = try document(with: .withheld("fewer than 1000 reports")).html()
        let article = try #require(parts(of: page, from: "<article", to: "</article>").first)
        #expect(article.contains("<strong>Nothing is shown. </strong>fewer than 1000 reports"))
        #expect(!article.contains("class=\"bars\"") && !article.contains("data-value"))
        #expect(article.contains("at most 88.6 %"), "the guarantee holds all the same")
        #expect(page.contains("○ withheld"))
    }

    @Test("An alarm stands in the overview and above the figures that nobody should trust")
    func alarms() throws {
        let page = try document { $0.alarms = ["ALARM: not all of these reports are honest."] }.html()
        #expect(page.contains("Reports that are not all honest"))
        let article = try #require(parts(of: page, from: "<article", to: "</article>").first)
        let alarm = try #require(article.range(of: "not all of these reports are honest"))
        let chart = try #require(article.range(of: "class=\"bars\""))
        #expect(alarm.lowerBound < chart.lowerBound)
    }

    @Test("Two hundred metrics with ten thousand values are under ten megabytes")
    func size() throws {
        var document = document(of: (0..<50).map { bar("value \($0)", 0.01) })
        document.metrics = Array(repeating: document.metrics[0], count: 200)
        let page = try document.html()
        #expect(page.utf8.count < 10_000_000, "\(page.utf8.count)")
        #expect(Set(parts(of: page, from: " id=\"", to: "\"")).count == parts(of: page, from: " id=\"", to: "\"").count)
    }
}
