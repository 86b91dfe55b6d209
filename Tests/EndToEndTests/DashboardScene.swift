import Foundation
import MetricDefinitions
import TestSupport
import Testing

/// What nobody may take for anything but text.
let hostileNames = [
    "<script>alert(1)</script>", "=HYPERLINK(\"http://x.example\")", "\u{1B}]52;c;x", "a\u{202E}b", "\"><img src=x>",
]

/// A registry, a collector that has reports, and the options that name both.
struct DashboardScene {
    let workspace: Workspace
    let collector: RunningCollector
    let registry: String

    /// Of a metric `word` the candidates are hostile.
    let options: [String]

    init(_ metrics: [MetricDefinition]? = nil, project: String = "flights") throws {
        workspace = try Workspace()
        registry = workspace.file("metrics.set")
        let set = try testMetricSet(project: project, metrics: try metrics ?? [try booleanMetric(minimumReports: 100)])
        try Data(set.encoded()).write(to: URL(filePath: registry))
        let quoted = hostileNames.map { "\"\($0.replacing("\"", with: "\"\""))\",1\n" }
        _ = try workspace.write("words.csv", "word,rank\n" + quoted.joined() + "plain,2\n")
        collector = try RunningCollector(metricSet: registry, store: workspace.file("r.db"))
        let candidates = "word=\(workspace.file("words.csv")):word"
        options =
            ["--registry", registry, "--store", collector.store]
            + (set.metric(named: "word") == nil ? [] : ["--candidates", candidates])
    }

    /// Lets simulated devices report to the collector on so many days, the last being today.
    func report(_ metric: String = "departed_late", _ values: String = "true,120\nfalse,180", days: Int) throws {
        let file = try workspace.write("values-\(UUID().uuidString).csv", "value,count\n\(values)\n")
        let outcome = try run(
            "dither",
            [
                "simulate", "--registry", registry, "--metric", metric, "--values", file, "--periods", String(days),
                "--to", collector.url, "--connections", "4",
            ])
        try #require(outcome.status == 0, "\(outcome.complaint)")
    }
}
