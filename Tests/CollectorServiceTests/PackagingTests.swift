import CollectorService
import Foundation
import ReportFormat
import TestSupport
import Testing

@Suite("What is packed with the collector") struct PackagingTests {
    private static let folder = Fixtures.packageRoot.appending(path: "collector/packaging")
    private static let nginx = "/usr/sbin/nginx"
    private static let caddy = "/usr/bin/caddy"

    private func text(_ name: String) throws -> String {
        try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
    }

    /// The families of the page, as its TYPE lines have them.
    private func families() async throws -> Set<String> {
        let collector = try CollectorUnderTest()
        let figures = collector.figures
        figures.countDayWork(of: testDay.index, isDone: true)
        let (certificate, key) = try TestCertificate.make(in: collector.folder, name: "server")
        let identity = try TLSIdentity(.init(certificatePath: certificate, keyPath: key))
        let page = try await collector.metricsPage(identity: identity)
        return Set(page.matches(of: #/# TYPE ([a-z_]+) /#).map { String($0.output.1) })
    }

    @Test(
        "Alerts, their tests and the dashboard name families that there are",
        arguments: [
            "prometheus-alerts.yml", "prometheus-alerts-test.yml", "grafana-dashboard.json",
        ])
    func names(file: String) async throws {
        let families = try await families()
        let named = Set(try text(file).matches(of: /\b(?:dither|process)_[a-z_]+/).map { String($0.output) })
        #expect(!named.isEmpty)
        let unknown = named.filter { name in
            let base = ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) }.map {
                String(name.dropLast($0.count))
            }
            return !families.contains(name) && !families.contains(base ?? name)
        }
        #expect(unknown.isEmpty, "\(unknown.sorted())")
    }

    @Test("The dashboard is JSON, and each of its panels asks something")
    func dashboard() throws {
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(try text("grafana-dashboard.json").utf8)) as? [String: Any])
        let panels = try #require(object["panels"] as? [[String: Any]])
        #expect(panels.count >= 8)
        for panel in panels {
            let targets = try #require(panel["targets"] as? [[String: Any]])
            #expect(targets.allSatisfy { ($0["expr"] as? String)?.isEmpty == false }, "\(panel["title"] ?? "")")
        }
    }

    @Test("promtool accepts the alert rules, and their tests pass", .enabled(if: Promtool.isInstalled))
    func alerts() throws {
        let rules = Self.folder.appending(path: "prometheus-alerts.yml").path
        let checked = try runTool(Promtool.path, ["check", "rules", rules])
        #expect(checked.status == 0, "\(checked.text)")
        let tests = Self.folder.appending(path: "prometheus-alerts-test.yml").path
        let tested = try runTool(Promtool.path, ["test", "rules", tests])
        #expect(tested.status == 0, "\(tested.text)")
    }

    @Test("Every alert has a section in the runbook")
    func runbook() throws {
        let runbook = try String(
            contentsOf: Fixtures.packageRoot.appending(path: "docs/operations.md"), encoding: .utf8)
        let alerts = try text("prometheus-alerts.yml").matches(of: /- alert: (\w+)/).map { String($0.output.1) }
        #expect(alerts.count >= 8)
        for alert in alerts { #expect(runbook.contains("### \(alert)\n"), "\(alert)") }
    }

    @Test("The proxies write no access log for batches, and hold no body back")
    func proxies() throws {
        let nginx = try text("nginx.conf")
        let location = try #require(nginx.firstMatch(of: /location = \/v1\/reports \{[^}]*\}/)).output
        for rule in ["access_log off;", "proxy_request_buffering off;", "proxy_intercept_errors off;"] {
            #expect(location.contains(rule), "\(rule)")
        }
        #expect(!nginx.contains("X-Forwarded-For $") && !nginx.contains("X-Real-IP $"))
        #expect(try text("Caddyfile").contains("log_skip /v1/*"))
    }

    @Test("Caddy accepts its sample", .enabled(if: FileManager.default.isExecutableFile(atPath: caddy)))
    func caddyAccepts() throws {
        let scratch = try ScratchFolder()
        // Debian 12 has 2.6, where the directive has its former name.
        let isFormer = try runTool(Self.caddy, ["version"]).text.firstMatch(of: /^v?2\.[0-7]\./) != nil
        let sample = try text("Caddyfile").replacing("log_skip", with: isFormer ? "skip_log" : "log_skip")
        for (content, isAccepted) in [
            (sample, true), (sample.replacing("respond 404", with: "no_such_directive"), false),
        ] {
            let path = try scratch.write(Array(content.utf8), to: "Caddyfile")
            let outcome = try runTool(Self.caddy, ["validate", "--adapter", "caddyfile", "--config", path])
            #expect((outcome.status == 0) == isAccepted, "\(outcome.text)")
        }
    }

    @Test("nginx accepts its sample", .enabled(if: FileManager.default.isExecutableFile(atPath: nginx)))
    func nginxAccepts() throws {
        let scratch = try ScratchFolder()
        let (certificate, key) = try TestCertificate.make(in: scratch, name: "server")
        let sample = try text("nginx.conf").replacing("/etc/dither/chain.pem", with: certificate)
            .replacing("/etc/dither/key.pem", with: key)
        let whole = try scratch.write(
            Array("error_log stderr;\npid \(scratch.file("pid"));\nevents {}\nhttp {\n\(sample)\n}\n".utf8),
            to: "nginx.conf")
        let outcome = try runTool(Self.nginx, ["-t", "-q", "-c", whole])
        #expect(outcome.status == 0, "\(outcome.text)")
    }
}
