import Foundation
import LocalPrivacy
import Mechanisms
import MetricDefinitions
import TestSupport
import Testing

@testable import RegistryCompiler

@Suite("The page for users")
struct PrivacyPageTests {
    private func page(_ metrics: [MetricDefinition], project: String = "flights") throws -> String {
        PrivacyPage(try testMetricSet(project: project, metrics: metrics)).markdown
    }

    private var allKinds: [MetricDefinition] {
        get throws {
            [
                try booleanMetric(), try categoryMetric(), try memoizedMetric(), try rapporMetric(),
                try basicRapporMetric(), try sketchMetric(), try meanMetric(),
            ]
        }
    }

    @Test("Asks every question, with its values, its numbers and its end")
    func metrics() throws {
        let metrics = try allKinds, page = try page(metrics)
        for metric in metrics {
            #expect(page.contains("### `\(metric.name)`\n") && page.contains("**Question:** \(metric.summary)\n"))
            #expect(page.contains("A device stops \(metric.periodCap) days after its enrolment"))
            #expect(page.contains("holds it at most \(metric.mechanism.loss.posteriorPercent) % after"))
            #expect(page.contains("| `\(metric.name)` | \(metric.mechanism.epsilon) | \(metric.lifetimeBudget) | "))
        }
        #expect(page.contains("one of these 4: AA, B6, DL, UA.") && page.contains("a number from 0 to 720"))
        #expect(page.contains("answers 7 questions"))
        #expect(page.contains("the ceiling is 16.000") && page.contains("the ceiling is 1000.000"))
        #expect(page.components(separatedBy: "**Not hidden:**").count == 2, "the cohort of RAPPOR")
    }

    @Test("Says what no noise covers, how to turn it off, and that what was sent cannot be recalled")
    func promises() throws {
        let page = try page([try booleanMetric()])
        for words in [
            "IP address", "TLS", "installed", "telemetry is on", "whole group", "host program", "memory", "secret",
            "adds up", "access log", "lies", "`dither-agent off`", "`DO_NOT_TRACK=1`", "`DITHER_DISABLED=1`",
            "`/etc/dither/opt-out`", "cannot be taken back", "no name, number or key", "answers one question",
        ] { #expect(page.contains(words), "\(words)") }
    }

    @Test("Promises that something is erased of the first way to turn it off alone")
    func erasure() throws {
        let page = try page([try booleanMetric()])
        let section = try #require(page.components(separatedBy: "## How to turn it off\n").last)
            .components(separatedBy: "\n## ")[0]
        #expect(section.contains("Only the first way erases: the device's secret, all reports that wait"))
        #expect(section.contains("They erase nothing: the secret and the reports that wait stay"))
        #expect(!section.contains("erased"), "whatever the way")
    }

    @Test("Is the same for the registry and for its compiled set, and has no line that ends in a blank")
    func deterministic() throws {
        let set = try testMetricSet(metrics: try allKinds)
        let page = PrivacyPage(set).markdown
        #expect(PrivacyPage(try MetricSet(decoding: try set.encoded())).markdown == page)
        #expect(page.hasSuffix(".\n") && !page.contains(" \n") && !page.contains("\n\n\n"))
    }

    @Test("Shows texts of the registry as they are, whatever markup they hold")
    func escaping() throws {
        let hostile = "<script>alert(1)</script> [x](http://e) *b* _i_ `c` | # ![i](j) &lt; \\ ~~s~~ $x$"
        let metric = try categoryMetric(categories: ["<b>", "a|b", "*", "`"])
        var fields = MetricDefinition.Fields()
        (fields.identifier, fields.version, fields.name, fields.summary) = (2, 1, "m", hostile)
        (fields.domain, fields.lifetime, fields.whenAbsent) = (metric.domain, metric.lifetime, metric.whenAbsent)
        (fields.minimumReports, fields.owner, fields.expiry) = (1, hostile, .never(reason: hostile))
        let page = try page([try MetricDefinition(fields, mechanism: metric.mechanism)], project: "<i>|`")
        let shown =
            "&lt;script&gt;alert(1)&lt;/script&gt; \\[x\\](http://e) \\*b\\* \\_i\\_ \\`c\\` \\| \\# \\!\\[i\\](j) &amp;lt; "
            + "\\\\ \\~\\~s\\~\\~ \\$x\\$"
        #expect(page.contains("**Question:** \(shown)\n") && page.contains("Questions go to \(shown)."))
        #expect(page.contains("The metric does not expire: \(shown)"))
        #expect(page.contains("one of these 4: &lt;b&gt;, a\\|b, \\*, \\`."))
        #expect(page.hasPrefix("# What &lt;i&gt;\\|\\` reports"))
        // The only HTML is our own comment.
        #expect(page.components(separatedBy: "<").count == 2 && !page.contains("\u{202E}"))
    }

    @Test("Says of all reports what they add up to, of kept answers by what stays the same")
    func lifetimes() throws {
        let set = try testMetricSet(metrics: [try booleanMetric(), try memoizedMetric()])
        let page = PrivacyPage(set)
        let (fresh, kept) = (page.questions[0].allReports, page.questions[1].allReports)
        // 120 reports of ε 1; ε∞ 2, of three values 6; and 365 reports of the fresh stage alone.
        #expect(fresh.map(\.epsilon) == ["120.000"] && fresh.map(\.posterior) == ["100.0"])
        #expect(kept.prefix(2).map(\.epsilon) == ["2.000", "6.000"])
        #expect(kept.map(\.posterior) == ["88.1", "99.8", "100.0"])
        #expect(page.sums.day.epsilon == "2.000" && page.sums.lifetime.epsilon == "126.000" && page.sums.days == 365)
        #expect(page.questions.map(\.lifetime.days) == ["120 days", "365 days"])
        // An answer of yes or no at ε 1 is true with probability e / (1 + e).
        #expect(page.markdown.contains("Of 100 such reports about 73 tell the truth and the others lie"))
    }

    @Test("Differs from another page from the line on that is named")
    func staleness() throws {
        let page = GeneratedPage(PrivacyPage(try testMetricSet()).markdown)
        #expect(page.firstDifference(from: page.text.utf8) == nil)
        #expect(page.firstDifference(from: (page.text + "\n").utf8) == page.text.components(separatedBy: "\n").count)
        #expect(page.firstDifference(from: "".utf8) == 1)
        var lines = page.text.components(separatedBy: "\n")
        lines[6] += "!"
        #expect(page.firstDifference(from: lines.joined(separator: "\n").utf8) == 7)
    }
}
