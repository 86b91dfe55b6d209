import CollectorService
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import MetricDefinitions
import ReportFormat
import StoreFormat
import TestSupport
import Testing

/// Runs a program with bytes on its standard input; gives its status and everything it says.
func runTool(_ path: String, _ arguments: [String], input: String = "") throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    let (inlet, outlet) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput, process.standardError) = (inlet, outlet, outlet)
    try process.run()
    try inlet.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try inlet.fileHandleForWriting.close()
    let text = String(decoding: try outlet.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
}

/// Prometheus's own checker, of the Debian package `prometheus`.
enum Promtool {
    static let path = "/usr/bin/promtool"
    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: path) }
}

extension CollectorUnderTest {
    /// What `/metrics` answers.
    func metricsPage(identity: TLSIdentity? = nil) async throws -> String {
        try await operations(identity: identity).test(.router) { client in
            let response = try await client.execute(uri: "/metrics", method: .get)
            #expect(response.status == .ok)
            return response.text
        }
    }
}

@Suite("The page of metrics") struct MetricsPageTests {
    /// A collector that took a batch twice, one with a report of no metric, and refused bytes that are none.
    private func loadedCollector() async throws -> CollectorUnderTest {
        let collector = try CollectorUnderTest()
        let sound = try simpleBatch(collector.metricSet, number: 1).encoded
        var stranger = try report(collector.metricSet)
        stranger.metric = 4_000_000
        let mixed = try Batch(
            identifier: try batchIdentifier(2), reports: [try report(collector.metricSet), stranger]
        ).encoded
        try await collector.uploads.test(.router) { client in
            for bytes in [sound, sound, mixed] {
                let response = try await client.upload(bytes)
                #expect(response.status == .ok)
            }
            let refused = try await client.upload([1, 2, 3])
            #expect(refused.isProblem(.malformedBatch))
        }
        return collector
    }

    @Test("Every batch, report, refusal and request is counted once, under its label")
    func counts() async throws {
        let page = try await loadedCollector().metricsPage()
        let lines = Set(page.split(separator: "\n").map(String.init))
        for line in [
            "dither_batches_total 3", "dither_batches_repeated_total 1",
            "dither_reports_received_total{result=\"accepted\"} 3",
            "dither_reports_received_total{result=\"rejected\"} 1",
            "dither_reports_rejected_total{code=\"unknown_metric\"} 1", "dither_reports_stored 2",
            "dither_reports_staged 2", "dither_requests_total{status=\"2xx\"} 3",
            "dither_requests_total{status=\"4xx\"} 1", "dither_requests_total{status=\"5xx\"} 0",
            "dither_requests_refused_total{code=\"malformed_batch\"} 1", "dither_requests_in_progress 0",
            "dither_ingest_request_size_bytes_count 4", "dither_commit_wait_seconds_count 3", "dither_ready 1",
        ] { #expect(lines.contains(line), "\(line)") }
    }

    @Test("Every code of a report and every token of a refusal has its line, and no label is anything else")
    func closedLabels() async throws {
        let collector = try await loadedCollector()
        let page = try await collector.metricsPage()
        for code in RejectionCode.allCases {
            #expect(page.contains("dither_reports_rejected_total{code=\"\(code.rawValue)\"} "))
        }
        for token in ProblemDetails.Token.allCases {
            #expect(page.contains("dither_requests_refused_total{code=\"\(token.rawValue)\"} "))
        }
        let allowed: Set<String> = ["result", "cause", "code", "status", "le", "metric", "version", "project", "hash"]
        let names = Set(page.matches(of: /[{,]([a-z]+)="/).map { String($0.output.1) })
        #expect(names.isSubset(of: allowed), "\(names.subtracting(allowed))")
        let metrics = Set(page.matches(of: /metric="([^"]*)"/).map { String($0.output.1) })
        #expect(metrics == Set(collector.metricSet.metrics.map(\.name)))
        #expect(!page.contains("127.0.0.1") && !page.contains("\"4000000\""))
    }

    @Test("The count of a metric tells of the day before yesterday alone, in hundreds")
    func settledCounts() async throws {
        let collector = try CollectorUnderTest()
        let name = try #require(collector.metricSet.metric(1)).name
        func stage(_ count: Int, daysAgo: Int, batch: Int) async throws {
            let group = ReportGroup(metric: 1, version: 1, day: testDay.advanced(by: -daysAgo))
            let reports = Array(repeating: AdmittedReport(group: group, payload: [1]), count: count)
            try await collector.store.store(
                AdmittedBatch(try batchIdentifier(batch), reports: reports, arrivingOn: testDay))
        }
        try await stage(950, daysAgo: 0, batch: 1)
        try await stage(199, daysAgo: 2, batch: 2)
        let line = "dither_metric_reports{metric=\"\(name)\"} "
        #expect(try await collector.metricsPage().contains(line + "100\n"))
        // Sealed reports count like staged ones.
        for group in collector.store.stagedGroups(before: testDay.advanced(by: -1)) {
            while try await collector.store.sealChunk(of: group) {}
        }
        try await stage(1, daysAgo: 2, batch: 3)
        #expect(try await collector.metricsPage().contains(line + "200\n"))
    }

    @Test("A collector whose store fails still answers, and says that it is not ready")
    func brokenStore() async throws {
        let collector = try CollectorUnderTest()
        try await collector.store.close()
        let page = try await collector.metricsPage()
        #expect(page.contains("dither_ready 0\n"))
        #expect(page.contains("dither_batches_total 0\n") && !page.contains("dither_reports_stored"))
    }

    @Test("promtool has nothing to say against the page", .enabled(if: Promtool.isInstalled))
    func promtool() async throws {
        let page = try await loadedCollector().metricsPage()
        let outcome = try runTool(Promtool.path, ["check", "metrics"], input: page)
        #expect(outcome.status == 0 && outcome.text.isEmpty, "\(outcome.text)")
        let faulty = try runTool(Promtool.path, ["check", "metrics"], input: "# TYPE a counter\na 1\n")
        #expect(faulty.status != 0, "promtool finds a planted fault")
    }

    @Test("The status is one JSON object with the numbers of the store")
    func status() async throws {
        let collector = try await loadedCollector()
        let text = try await collector.operations.test(.router) { client in
            try await client.execute(uri: "/v1/status", method: .get).text
        }
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["ready"] as? Bool == true)
        #expect(object["today"] as? String == testDay.description)
        let store = try #require(object["store"] as? [String: Any])
        #expect(store["reports"] as? Int == 2 && store["staged"] as? Int == 2)
    }
}
