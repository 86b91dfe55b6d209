import Foundation
import MetricDefinitions
import RegistryCompiler
import Reports
import TestSupport
import Testing

/// A page about metrics of every kind.
private func page(_ metrics: [MetricDefinition]? = nil, project: String = "flights") throws -> PrivacyPage {
    let kinds = [
        try booleanMetric(), try categoryMetric(), try memoizedMetric(), try rapporMetric(), try basicRapporMetric(),
        try sketchMetric(), try meanMetric(),
    ]
    return PrivacyPage(try testMetricSet(project: project, metrics: metrics ?? kinds))
}

/// A page whose registry's texts are all this one.
private func page(saying text: String) throws -> PrivacyPage {
    let metric = try categoryMetric(categories: [text, text + "2"])
    var fields = MetricDefinition.Fields()
    (fields.identifier, fields.version, fields.name, fields.summary) = (2, 1, "m", text)
    (fields.domain, fields.lifetime, fields.whenAbsent) = (metric.domain, metric.lifetime, .value(.category(text)))
    (fields.minimumReports, fields.owner, fields.expiry) = (1, text, .never(reason: text))
    let plain = try categoryMetric(categories: [text, text + "2"], whenAbsent: .value(.category(text)))
    return try page([try MetricDefinition(fields, mechanism: plain.mechanism)], project: text)
}

extension PrivacyText {
    /// The words as a reader sees them.
    fileprivate var plain: String {
        pieces.map { piece in
            switch piece {
            case .words(let words), .code(let words): words
            }
        }.joined()
    }
}

@Suite("The page for users in HTML")
struct PrivacyMarkupTests {
    @Test("Says every sentence that the page in Markdown says")
    func sentences() throws {
        let page = try page()
        let text = try page.html().components(separatedBy: "</head>")[1]
            .replacing(#/<[^>]*>/#, with: "").replacing("&#39;", with: "'").replacing("&quot;", with: "\"")
        func sentences(_ section: PrivacyPage.Section) -> [String] {
            section.blocks.flatMap { block in
                switch block {
                case .paragraph(let text): [text.plain]
                case .list(let items): items.map(\.words.plain)
                case .table(_, let rows): rows.flatMap { $0.map(\.plain) }
                }
            }
        }
        var all =
            page.opening.map(\.plain) + [page.sums.words.plain]
            + ([page.introduction] + page.sections).flatMap(sentences)
        for question in page.questions {
            all += [question.question, question.oneReport.words.plain] + question.allReports.map(\.words.plain)
            all +=
                (question.collection + question.limits).map(\.words.plain) + question.open.map(\.plain)
                + question.claims
        }
        #expect(all.count > 100)
        for sentence in all { #expect(text.contains(sentence), "\(sentence)") }
        for question in page.questions {
            #expect(text.contains("50 % → at most \(question.oneReport.posterior) %"))
            #expect(text.contains("≤ \(question.oneReport.posterior) %"))
        }
    }

    @Test("Allows its own style and nothing else, and holds no script and no address to load from")
    func policy() throws {
        let html = try page().html()
        let policy = try #require(parts(of: html, from: "Content-Security-Policy\" content=\"", to: "\"").first)
        #expect(
            policy.wholeMatch(
                of:
                    #/default-src &#39;none&#39;; style-src &#39;sha256-[A-Za-z0-9+/]{43}=&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;/#
            ) != nil)
        for start in ["<script", " style=", "src=\"", "url(", "@import", "http:", "https:"] {
            #expect(!html.components(separatedBy: "</style>")[1].contains(start), "\(start)")
        }
        #expect(html.contains("<meta name=\"generator\" content=\"dither registry explain FILE --html\">"))
        #expect(parts(of: html, from: "href=\"", to: "\"").allSatisfy { $0.hasPrefix("#") })
    }

    @Test("Is the same for the registry and for its compiled set")
    func deterministic() throws {
        let set = try testMetricSet(metrics: [try booleanMetric(), try rapporMetric()])
        #expect(try PrivacyPage(set).html() == PrivacyPage(try MetricSet(decoding: try set.encoded())).html())
    }

    @Test(
        "Shows texts of a registry as text, whatever they hold",
        arguments: [
            "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
            "</title></style></script>", "]]><!--", "=HYPERLINK(\"x\")", "&lt;b&gt;", "javascript:alert(1)",
        ])
    func hostile(text: String) throws {
        let (plain, hostile) = (try page(saying: "plain").html(), try page(saying: text).html())
        func tags(_ page: String) -> [String] {
            parts(of: page, from: "<", to: ">").map { String($0.prefix { !" \n".contains($0) }) }
        }
        #expect(tags(hostile) == tags(plain))
        let body = try #require(hostile.components(separatedBy: "</style>").last)
        #expect((!body.contains(text) || escaped(text) == text) && body.contains(escaped(text)))
    }
}

extension BrowserTests {
    @Test("The page for users says nothing to the console, asks for nothing, and can be walked through by landmarks")
    func privacyPage() throws {
        let page = try page(), found = try Browser.look(at: try page.html())
        #expect(found.faults == [])
        #expect(!["script", "img", "style", "link", "form", "input"].contains { found.elements.contains($0) })
        #expect(found.keyboard.first == "Skip to the content" && found.keyboard.target == "#content")
        let structure = found.structure
        #expect(
            structure.landmarks == ["banner", "main", page.introduction.title, "All questions together"]
                + page.questions.map(\.question) + page.sections.map(\.title) + ["contentinfo"])
        #expect(structure.headings.first == 1 && structure.headings.count { $0 == 1 } == 1)
        #expect(
            zip(structure.headings, structure.headings.dropFirst()).allSatisfy { $1 <= $0 + 1 }, "no level is left out")
        #expect(structure.faults == [])
        // The first link, one to each question, and the claims of each.
        #expect(structure.focusable == 1 + 2 * page.questions.count)
        for (width, excess) in found.overflow { #expect(excess <= 0, "\(width) pixels") }
        guard let objections = found.axe else {
            print("SKIPPED: axe, since scripts/install_axe.sh was not run")
            return
        }
        for one in objections {
            Issue.record("\(one.rule) (\(one.width), dark: \(one.dark)): \(one.help) \(one.where)")
        }
    }

    @Test("In a browser the page for users has hostile texts as they are and no element more")
    func hostilePrivacyPage() throws {
        let text = "<img src=x onerror=alert(1)><script>alert(1)</script>"
        let (plain, hostile) = (try page(saying: "plain"), try page(saying: text))
        let found = try Browser.look(at: try hostile.html(), ["--quick"])
        #expect(found.faults == [])
        #expect(found.elements == (try Browser.look(at: try plain.html(), ["--quick"])).elements)
        #expect(found.structure.landmarks.contains(text))
    }
}
