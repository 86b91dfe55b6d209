import Foundation
import MetricDefinitions
import TestSupport
import Testing

/// What scripts/browser/check_dashboard.py has found.
private struct Findings: Decodable {
    struct Metric: Decodable {
        struct Row: Decodable {
            var name, value, low, high: String
        }

        var name: String
        var rows: [Row]
    }

    struct Linked: Decodable {
        struct Row: Decodable {
            /// No event has none.
            var value: String?
            var frequency, frequencyLow, frequencyHigh: Double
        }

        var name: String
        var rows: [Row]?
    }

    struct Plain: Decodable {
        var figures: Bool
        var links, refreshes: Int
    }

    struct Idle: Decodable {
        var before: String
        var after: String?
        var place: Double
    }

    struct Busy: Decodable {
        var offer: String?
        var keepsFocus, keepsEdition, shown: Bool
    }

    var address, cookies: String
    var shown: [Metric]
    var linked: [Linked]
    var elements: [String]
    var plain: Plain
    var idle: Idle
    var busy: Busy
    var faults: [String]
    var axe: [String]?
    var ended: String?
    var stillShown: Int
}

private let isBrowserInstalled = ["chromium", "chromium-browser", "google-chrome"].contains { name in
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
}

@Suite(
    "A dashboard in a browser",
    .enabled(if: isBrowserInstalled, "SKIPPED: no chromium here; scripts/setup.sh installs it"))
struct DashboardBrowserTests {
    @Test(
        "shows what its files say, asks nobody else, exchanges itself when nobody is at it, and says when it is left alone"
    )
    func browser() throws {
        let names = ["<script>alert(1)</script>", "=HYPERLINK(\"http://x.example\")", "plain"]
        let scene = try DashboardScene(
            [
                try categoryMetric(identifier: 2, categories: names, minimumReports: 100),
                try categoryMetric(identifier: 3, name: "other", categories: names, minimumReports: 100),
            ], project: "<img src=x onerror=alert(2)>")
        let values = "\(names[0]),400\nplain,300"
        for metric in ["carrier", "other"] { try scene.report(metric, values, days: 2) }
        let file = try scene.workspace.write("more.csv", "value,count\nplain,200\n")
        let dashboard = try RunningDashboard(scene.options + ["--refresh", "1"])
        let change = [
            Executables.path("dither"), "simulate", "--registry", scene.registry, "--metric", "carrier", "--values",
            file,
            "--to", scene.collector.url,
        ].joined(separator: " ")
        let outcome = try run(
            "/usr/bin/env",
            [
                "python3", Fixtures.packageRoot.appending(path: "scripts/browser/check_dashboard.py").path,
                dashboard.url, change, String(dashboard.identifier),
            ])
        try #require(outcome.status == 0, "\(outcome.complaint)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let found = try decoder.decode(Findings.self, from: Data(outcome.output.utf8))
        #expect(found.faults == [])
        #expect(!found.address.contains(dashboard.token) && found.cookies.isEmpty, "no script reads the cookie")
        #expect(!found.elements.contains("img") && !found.elements.contains("noscript"))
        for metric in found.shown {
            let rows = try #require(found.linked.first { $0.name == metric.name }?.rows)
            #expect(rows.count == 4)
            for row in rows {
                let shown = try #require(metric.rows.first { $0.name == row.value ?? "(none)" })
                for (text, figure) in [
                    (shown.value, row.frequency), (shown.low, row.frequencyLow), (shown.high, row.frequencyHigh),
                ] { #expect(abs((Double(text) ?? .nan) - figure) <= 5e-9, "\(metric.name) \(shown.name)") }
            }
        }
        #expect(found.shown.map(\.name) == ["carrier", "other"])
        #expect(found.plain.figures && found.plain.links == 12 && found.plain.refreshes == 1)
        #expect(found.idle.before == "1" && found.idle.after.map { $0 > "1" } == true && abs(found.idle.place) < 40)
        #expect(found.busy.offer == "There are newer figures. Show them")
        #expect(found.busy.keepsFocus && found.busy.keepsEdition && found.busy.shown)
        #expect(found.ended?.contains("may be old") == true && found.stillShown == 2)
        guard let objections = found.axe else {
            print("SKIPPED: axe, since scripts/install_axe.sh was not run")
            return
        }
        #expect(objections == [])
    }
}
