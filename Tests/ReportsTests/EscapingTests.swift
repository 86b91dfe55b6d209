import Foundation
import Reports
import Testing

@Suite("Untrusted text stays text")
struct EscapingTests {
    private static let hostile = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "&lt;b&gt;",
        "]]><!--", "</title></style></script>", "=HYPERLINK(\"http://evil.example\")", "\u{1B}]52;c;cm0=\u{07}",
        "user\u{202E}gnp.exe", "a\u{200B}b", "a\u{E0041}b", "javascript:alert(1)", "\u{0}\n\r\t",
    ]

    @Test("Markup is written as references, and what nobody sees by its number")
    func escaping() {
        #expect(escaped("<a href='x'>\"&\"</a>") == "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/a&gt;")
        #expect(escaped("user\u{202E}gnp.exe") == "user⟦U+202E⟧gnp.exe")
        #expect(escaped("\u{1B}]52;c\u{07}") == "⟦U+001B⟧]52;c⟦U+0007⟧")
        #expect(escaped("a\u{200B}b\u{E0041}") == "a⟦U+200B⟧b⟦U+E0041⟧")
        #expect(escaped("São Tomé 👩‍👧 שלום") == "São Tomé 👩‍👧 שלום")
    }

    @Test("Wherever a name or a sentence goes, a page has the elements that it has without it", arguments: hostile)
    func everywhere(text: String) throws {
        func page(_ text: String) throws -> String {
            var findings = MetricFindings(
                reportCount: 5000, dayCount: 2, firstDay: text, lastDay: text + "1",
                chart: BarChart(scale: .share, bars: [bar(text, 0.2), bar("b" + text, 0.1, standing: .notDetected)]))
            findings.quantiles = [bar(text, 0.5)]
            findings.series = [
                DaySeries(
                    name: text, scale: .share,
                    points: [
                        .init(index: 1, day: text, bar: bar(text, 0.2)), .init(index: 2, day: text + "1", bar: nil),
                    ])
            ]
            findings.comparison = TimeComparison(later: text, earlier: text, result: .withheld(text))
            findings.errorSplit = ErrorSplit(name: text, noiseShare: 0.9, population: bar(text, 0.2))
            findings.fit = [FitRemark(isWarning: true, sentence: text)]
            (findings.alarms, findings.testNames) = ([text], [text])
            (findings.advice, findings.notes) = ([text], [text])
            var page = document(
                with: .shown(findings), name: text, question: text, project: text, endedOn: text)
            page.metrics[0].owner = text
            page.metrics[0].guarantee.sentences = [text]
            page.metrics.append(document(with: .failed(text)).metrics[0])
            page.madeOn = text
            return try page.html()
        }
        let (plain, hostile) = (try page("plain"), try page(text))
        func tags(_ page: String) -> [String] {
            parts(of: page, from: "<", to: ">").map { String($0.prefix { !" \n".contains($0) }) }
        }
        #expect(tags(hostile) == tags(plain))
        let body = try #require(
            hostile.components(separatedBy: "</style>").last?.components(separatedBy: "<script>").first)
        #expect(!body.contains(text) || escaped(text) == text)
        #expect(body.contains(escaped(text)))
        for scalar in body.unicodeScalars where scalar != "\n" {
            #expect(scalar.value >= 32 && ![0x202E, 0x200B, 0x7F].contains(scalar.value))
        }
    }
}
