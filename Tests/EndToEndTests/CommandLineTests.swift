import Foundation
import GRDB
import TestSupport
import Testing

/// What a golden file holds. With `DITHER_WRITE_GOLDENS=1` in the environment, writes what it should hold.
func golden(_ path: String, or actual: String) throws -> String {
    let url = Fixtures.url(path)
    if ProcessInfo.processInfo.environment["DITHER_WRITE_GOLDENS"] == "1" {
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(actual.utf8).write(to: url)
    }
    return String(decoding: try Data(contentsOf: url), as: UTF8.self)
}

/// A command line, and what it prints with which status, word for word.
struct CommandLine: Sendable, CustomTestStringConvertible {
    /// The name of the golden file.
    var name: String
    /// The program and its words; `DIR` stands for the test's own folder.
    var words: [String]

    init(_ name: String, _ line: String) { (self.name, words) = (name, line.split(separator: " ").map(String.init)) }

    var testDescription: String { words.joined(separator: " ") }

    /// Runs the line in a folder and gives what a reader of the golden file should see.
    func transcript(in workspace: Workspace) throws -> String {
        let arguments = words.dropFirst().map { $0.replacing("DIR", with: workspace.path) }
        let outcome = try run(words[0], Array(arguments))
        let text = """
            $ \(words.joined(separator: " "))
            status \(outcome.status)
            -- stdout
            \(outcome.output)-- stderr
            \(outcome.complaint)
            """
        return text.replacing(workspace.path, with: "DIR")
    }

    /// Compares with the golden file.
    func check(in workspace: Workspace) throws {
        let actual = try transcript(in: workspace)
        #expect(try actual == golden("command-lines/\(name).txt", or: actual), "\(name)")
    }
}

@Suite("What the commands say")
struct CommandLineTests {
    @Test(
        "Every command's help and version",
        arguments: [
            CommandLine("help-dither", "dither --help"),
            CommandLine("help-registry", "dither registry --help"),
            CommandLine("help-registry-check", "dither registry check --help"),
            CommandLine("help-registry-explain", "dither registry explain --help"),
            CommandLine("help-registry-compile", "dither registry compile --help"),
            CommandLine("help-registry-generate", "dither registry generate --help"),
            CommandLine("help-registry-keygen", "dither registry keygen --help"),
            CommandLine("help-registry-sign", "dither registry sign --help"),
            CommandLine("help-registry-rotate", "dither registry rotate --help"),
            CommandLine("help-registry-verify", "dither registry verify --help"),
            CommandLine("help-estimate", "dither estimate --help"),
            CommandLine("help-compare", "dither compare --help"),
            CommandLine("help-report", "dither report --help"),
            CommandLine("help-dashboard", "dither dashboard --help"),
            CommandLine("help-export", "dither export --help"),
            CommandLine("help-associate", "dither associate --help"),
            CommandLine("help-plan", "dither plan --help"),
            CommandLine(
                "plan", "dither plan --devices 100000 --epsilon 1,2 --domain 2 --mechanism randomized_response"),
            CommandLine("usage-plan", "dither plan --devices 1000"),
            CommandLine("unattained-plan", "dither plan --devices 1000 --target 0.000001 --domain 16"),
            CommandLine("help-audit", "dither audit --help"),
            CommandLine("help-study", "dither study --help"),
            CommandLine("help-rappor", "dither rappor --help"),
            CommandLine("help-rappor-sum-bits", "dither rappor sum-bits --help"),
            CommandLine("help-rappor-hash-candidates", "dither rappor hash-candidates --help"),
            CommandLine("help-rappor-decode", "dither rappor decode --help"),
            CommandLine("help-rappor-privacy", "dither rappor privacy --help"),
            CommandLine("help-rappor-regtest", "dither rappor regtest --help"),
            CommandLine("help-simulate", "dither simulate --help"),
            CommandLine("help-demo", "dither demo --help"),
            CommandLine("help-agent", "dither-agent --help"),
            CommandLine("help-collector", "dither-collector --help"),
            CommandLine("help-collector-serve", "dither-collector serve --help"),
            CommandLine("help-collector-config", "dither-collector config --help"),
            CommandLine("help-collector-config-check", "dither-collector config check --help"),
            CommandLine("help-collector-config-show", "dither-collector config show --help"),
            CommandLine("help-collector-token", "dither-collector token --help"),
            CommandLine("help-collector-token-new", "dither-collector token new --help"),
            CommandLine("help-collector-token-list", "dither-collector token list --help"),
            CommandLine("help-collector-token-revoke", "dither-collector token revoke --help"),
            CommandLine("help-collector-backup", "dither-collector backup --help"),
            CommandLine("help-collector-restore", "dither-collector restore --help"),
            CommandLine("help-collector-verify", "dither-collector verify --help"),
            CommandLine("help-collector-inspect", "dither-collector inspect --help"),
            CommandLine("help-collector-purge", "dither-collector purge --help"),
            CommandLine("help-collector-migrate", "dither-collector migrate --help"),
            CommandLine("help-collector-doctor", "dither-collector doctor --help"),
            CommandLine("version-dither", "dither --version"),
            CommandLine("version-agent", "dither-agent --version"),
            CommandLine("version-collector", "dither-collector --version"),
        ])
    func help(line: CommandLine) throws { try line.check(in: try Workspace()) }

    @Test(
        "A wrong flag, a missing argument, a missing or unfit file",
        arguments: [
            CommandLine("usage-dither", "dither --wat"),
            CommandLine("usage-check", "dither registry check DIR/metrics.yaml --wat"),
            CommandLine("usage-check-nothing", "dither registry check"),
            CommandLine("usage-explain", "dither registry explain"),
            CommandLine("usage-explain-check", "dither registry explain DIR/metrics.set --check DIR/PRIVACY.md"),
            CommandLine("usage-explain-pages", "dither registry explain DIR/metrics.set --html --markdown"),
            CommandLine("usage-explain-output", "dither registry explain DIR/metrics.set -o DIR/PRIVACY.html"),
            CommandLine(
                "usage-explain-onto-itself", "dither registry explain DIR/metrics.yaml --html -o DIR/metrics.yaml"),
            CommandLine(
                "usage-generate-onto-itself", "dither registry generate c DIR/metrics.yaml -o DIR/metrics.yaml"),
            CommandLine(
                "usage-report-onto-store",
                "dither report --registry DIR/metrics.yaml --store DIR/metrics.set -o DIR/metrics.set"),
            CommandLine("stale-explain", "dither registry explain DIR/metrics.set --markdown --check DIR/metrics.yaml"),
            CommandLine("usage-generate", "dither registry generate rust DIR/metrics.set"),
            CommandLine("usage-generate-prefix", "dither registry generate c DIR/metrics.set --prefix dither"),
            CommandLine("usage-verify", "dither registry verify DIR/metrics.set"),
            CommandLine("usage-verify-key", "dither registry verify DIR/metrics.set --public-key 7a"),
            CommandLine("missing-sign", "dither registry sign DIR/metrics.set --key DIR/none --sequence 1 -o DIR/x"),
            CommandLine(
                "unfit-verify",
                "dither registry verify DIR/metrics.set --public-key "
                    + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
            CommandLine(
                "missing-collector-signed",
                "dither-collector serve --metrics DIR/metrics.set --signed-metrics DIR/none --store DIR/r.db "
                    + "--listen 127.0.0.1:0"),
            CommandLine("usage-compile", "dither registry compile DIR/metrics.yaml"),
            CommandLine("usage-compile-onto-itself", "dither registry compile DIR/metrics.yaml -o DIR/metrics.yaml"),
            CommandLine("usage-estimate", "dither estimate --registry DIR/metrics.yaml"),
            CommandLine(
                "usage-estimate-confidence",
                "dither estimate --registry DIR/metrics.set --store DIR/r.db --metric departed_late --confidence 1.5"),
            CommandLine(
                "usage-estimate-date",
                "dither estimate --registry DIR/metrics.set --store DIR/r.db --metric departed_late --from 2026-02-30"),
            CommandLine(
                "usage-estimate-with",
                "dither estimate --registry DIR/metrics.set --store DIR/r.db --metric departed_late --with nice"),
            CommandLine(
                "usage-compare", "dither compare --registry DIR/metrics.set --store DIR/r.db --metric departed_late"),
            CommandLine("usage-report", "dither report --registry DIR/metrics.set --store DIR/r.db"),
            CommandLine(
                "usage-report-compare",
                "dither report --registry DIR/metrics.set --store DIR/r.db -o DIR/r.html --compare 2026-06-01"),
            CommandLine(
                "usage-report-candidates",
                "dither report --registry DIR/metrics.set --store DIR/r.db -o DIR/r.html --candidates airports.csv"),
            CommandLine(
                "unknown-metric-report",
                "dither report --registry DIR/metrics.set --store DIR/r.db -o DIR/r.html --metric arrived_late"),
            CommandLine(
                "usage-export-candidates",
                "dither export --registry DIR/metrics.set --store DIR/r.db --metric departed_late "
                    + "--candidates destination=DIR/airports.csv:code"),
            CommandLine(
                "usage-report-candidates-twice",
                "dither report --registry DIR/metrics.set --store DIR/r.db -o DIR/r.html --candidates destination=a.csv "
                    + "--candidates destination=b.csv"),
            CommandLine(
                "missing-report-store",
                "dither report --registry DIR/metrics.set --store DIR/none.db -o DIR/r.html"),
            CommandLine(
                "usage-dashboard-listen",
                "dither dashboard --registry DIR/metrics.set --store DIR/r.db --listen 0.0.0.0:8080"),
            CommandLine(
                "usage-dashboard-port",
                "dither dashboard --registry DIR/metrics.set --store DIR/r.db --port 8080 --listen 127.0.0.1:8080"),
            CommandLine(
                "usage-dashboard-refresh",
                "dither dashboard --registry DIR/metrics.set --store DIR/r.db --refresh 0"),
            CommandLine(
                "missing-dashboard-store", "dither dashboard --registry DIR/metrics.set --store DIR/none.db"),
            CommandLine("usage-export", "dither export --registry DIR/metrics.set --store DIR/r.db --format sqlite"),
            CommandLine(
                "usage-export-values", "dither export --registry DIR/metrics.set --store DIR/r.db --values 5"),
            CommandLine(
                "usage-export-format",
                "dither export --registry DIR/metrics.set --store DIR/r.db --format parquet"),
            CommandLine("missing-export-store", "dither export --registry DIR/metrics.set --store DIR/none.db"),
            CommandLine("usage-regtest", "dither rappor regtest --family demo"),
            CommandLine("missing-regtest", "dither rappor regtest --seeds 1 --update DIR/missing.md"),
            CommandLine("usage-associate", "dither associate --metric route"),
            CommandLine("usage-associate-reports", "dither associate --reports r --params p --metric route"),
            CommandLine("unfit-associate", "dither associate --reports DIR/metrics.yaml --params DIR/metrics.yaml"),
            CommandLine(
                "no-pair-associate",
                "dither associate --registry DIR/metrics.set --store DIR/r.db --metric departed_late"),
            CommandLine("usage-study", "dither study R9"),
            CommandLine("usage-study-events", "dither study W1"),
            CommandLine("usage-study-histogram", "dither study --mechanism geometric --n 0 --eps 1"),
            CommandLine("missing-study", "dither study R1 --events DIR/none"),
            CommandLine("usage-rappor-decode", "dither rappor decode --params p --counts c --output-dir DIR"),
            CommandLine("usage-rappor-alpha", "dither rappor privacy --params p --alpha 5"),
            CommandLine("missing-rappor", "dither rappor sum-bits --params DIR/none"),
            CommandLine("unfit-rappor", "dither rappor privacy --params DIR/metrics.yaml"),
            CommandLine("usage-demo", "dither demo --registry r --events e --collector c --wat"),
            CommandLine(
                "usage-collector",
                "dither-collector serve --metrics m --store s --listen 127.0.0.1:0 --wat"),
            CommandLine("usage-collector-nothing", "dither-collector serve"),
            CommandLine(
                "config-check",
                "dither-collector config check --config DIR/collector.yaml --metrics DIR/metrics.set --format json"),
            CommandLine(
                "config-show", "dither-collector config show --config DIR/collector.yaml --health-listen [::1]:9001"),
            CommandLine(
                "unfit-config-check",
                "dither-collector config check --config DIR/collector.yaml --metrics DIR/none --format json "
                    + "--tls-certificate DIR/none.pem --tls-key DIR/none.key"),
            CommandLine("unfit-config", "dither-collector serve --config DIR/unfit-collector.yaml"),
            CommandLine("missing-config", "dither-collector serve --config DIR/none.yaml"),
            CommandLine(
                "usage-collector-listen",
                "dither-collector serve --metrics DIR/metrics.set --store DIR/r.db --listen nowhere"),
            CommandLine(
                "usage-token-name", "dither-collector token new --tokens DIR/tokens --role ingest --name Fleet"),
            CommandLine(
                "usage-token-quota",
                "dither-collector token new --tokens DIR/tokens --role read --name r --daily-quota 5"),
            CommandLine("missing-token-list", "dither-collector token list --tokens DIR/none"),
            CommandLine("unfit-token-list", "dither-collector token list --tokens DIR/metrics.yaml"),
            CommandLine(
                "usage-collector-retired",
                "dither-collector serve --metrics DIR/metrics.set --store DIR/r.db --listen 127.0.0.1:0 "
                    + "--retired-metrics 7,x"),
            CommandLine(
                "unfit-collector-retired",
                "dither-collector serve --metrics DIR/metrics.set --store DIR/r.db --listen 127.0.0.1:0 "
                    + "--retired-metrics 1"),
            CommandLine("usage-agent", "dither-agent --wat"),
            CommandLine("usage-agent-nothing", "dither-agent"),
            CommandLine("usage-agent-command", "dither-agent fly"),
            CommandLine("usage-agent-flags", "dither-agent status"),
            CommandLine("usage-agent-record", "dither-agent record departed_late"),
            CommandLine(
                "usage-agent-endpoint",
                "dither-agent --metrics DIR/metrics.set --endpoint http://x.example --state DIR/s status"),
            CommandLine("missing-check", "dither registry check DIR/none.yaml"),
            CommandLine("missing-explain", "dither registry explain DIR/none.yaml"),
            CommandLine("missing-compile", "dither registry compile DIR/none.yaml -o DIR/x"),
            CommandLine(
                "missing-estimate-registry",
                "dither estimate --registry DIR/none --store DIR/r.db --metric departed_late"),
            CommandLine(
                "missing-estimate-store",
                "dither estimate --registry DIR/metrics.set --store DIR/none.db --metric departed_late"),
            CommandLine(
                "missing-collector", "dither-collector serve --metrics DIR/none --store DIR/r.db --listen 127.0.0.1:0"),
            CommandLine(
                "missing-collector-certificate",
                "dither-collector serve --metrics DIR/metrics.set --store DIR/r.db --listen 127.0.0.1:0 "
                    + "--tls-certificate DIR/none.pem --tls-key DIR/none.key"),
            CommandLine(
                "missing-agent", "dither-agent --metrics DIR/none --endpoint https://x.example --state DIR/s status"),
            CommandLine("unknown-metric-explain", "dither registry explain DIR/metrics.set arrived_late"),
            CommandLine(
                "unknown-metric-estimate",
                "dither estimate --registry DIR/metrics.set --store DIR/r.db --metric arrived_late"),
            CommandLine(
                "unknown-metric-audit", "dither audit --registry DIR/metrics.set --metric arrived_late"),
            CommandLine("usage-audit-trials", "dither audit --registry DIR/metrics.set --trials 5"),
            CommandLine("missing-audit", "dither audit --registry DIR/none"),
            CommandLine("audit-proof", "dither audit --registry DIR/metrics.set --proof-only"),
            CommandLine("unfit-registry", "dither registry check DIR/unfit.yaml"),
            CommandLine(
                "unfit-store",
                "dither estimate --registry DIR/metrics.set --store DIR/metrics.yaml --metric departed_late"),
            CommandLine(
                "unfit-collector-set",
                "dither-collector serve --metrics DIR/metrics.yaml --store DIR/r.db --listen 127.0.0.1:0"),
            CommandLine(
                "unfit-collector-store",
                "dither-collector serve --metrics DIR/metrics.set --store DIR/metrics.yaml --listen 127.0.0.1:0"),
            CommandLine(
                "unfit-agent-set",
                "dither-agent --metrics DIR/metrics.yaml --endpoint https://x.example --state DIR/s status"),
            CommandLine(
                "agent-off",
                "dither-agent --metrics DIR/metrics.set --endpoint https://x.example --state DIR/s record departed_late true"
            ),
        ])
    func mistakes(line: CommandLine) throws {
        let workspace = try Workspace()
        try prepare(workspace)
        try line.check(in: workspace)
    }

    @Test(
        "What the commands say that look after a store: of one that version 1 wrote",
        arguments: [
            CommandLine("store-verify", "dither-collector verify --store DIR/first.db"),
            CommandLine("store-verify-csv", "dither-collector verify --store DIR/unsound.db --format csv"),
            CommandLine("store-verify-unsound", "dither-collector verify --store DIR/unsound.db"),
            CommandLine("store-verify-none", "dither-collector verify --store DIR/none.db"),
            CommandLine("store-verify-unfit", "dither-collector verify --store DIR/metrics.yaml"),
            CommandLine("store-inspect", "dither-collector inspect --store DIR/first.db"),
            CommandLine(
                "store-inspect-days", "dither-collector inspect --store DIR/first.db --show days --format json"),
            CommandLine("store-inspect-counters", "dither-collector inspect --store DIR/counted.db --show counters"),
            CommandLine("store-inspect-file", "dither-collector inspect --store DIR/first.db --show file --format csv"),
            CommandLine("store-backup", "dither-collector backup --store DIR/first.db -o DIR/copy.db"),
            CommandLine("store-backup-exists", "dither-collector backup --store DIR/first.db -o DIR/unsound.db"),
            CommandLine("store-backup-unsound", "dither-collector backup --store DIR/unsound.db -o DIR/copy.db"),
            CommandLine(
                "store-restore", "dither-collector restore --from DIR/first.db --store DIR/unsound.db --force"),
            CommandLine("store-restore-exists", "dither-collector restore --from DIR/first.db --store DIR/unsound.db"),
            CommandLine("store-migrate-dry", "dither-collector migrate --store DIR/first.db --dry-run"),
            CommandLine("store-migrate", "dither-collector migrate --store DIR/first.db"),
            CommandLine(
                "store-purge-dry",
                "dither-collector purge --store DIR/counted.db --metrics DIR/metrics.set --metric departed_late --dry-run"
            ),
            CommandLine(
                "store-purge", "dither-collector purge --store DIR/counted.db --metric 1 --before 2026-11-22"),
            CommandLine("store-purge-old", "dither-collector purge --store DIR/first.db --metric 1"),
            CommandLine("store-purge-unknown", "dither-collector purge --store DIR/counted.db --metric arrived_late"),
            CommandLine("usage-purge", "dither-collector purge --store DIR/counted.db --metric 1 --before today"),
            CommandLine("usage-backup", "dither-collector backup --store DIR/first.db"),
            CommandLine("usage-verify-database", "dither-collector verify --store postgres://db.example/reports"),
            CommandLine(
                "usage-restore-database",
                "dither-collector restore --from DIR/first.db --store postgresql://db.example/reports"),
            CommandLine(
                "usage-backup-database", "dither-collector backup --store DIR/first.db -o postgres://db.example/reports"
            ),
            CommandLine(
                "unknown-retention",
                "dither-collector serve --metrics DIR/metrics.set --store DIR/r.db --listen 127.0.0.1:0 "
                    + "--retention arrived_late=3"),
            CommandLine(
                "usage-retention",
                "dither-collector serve --metrics DIR/metrics.set --store DIR/r.db --listen 127.0.0.1:0 "
                    + "--retention departed_late=0"),
        ])
    func stores(line: CommandLine) throws {
        let workspace = try Workspace()
        try prepare(workspace)
        for name in ["first.db", "unsound.db", "counted.db"] {
            try Data(Fixtures.bytes("stores/version-1.db")).write(to: URL(filePath: workspace.file(name)))
        }
        let migrated = try run("dither-collector", ["migrate", "--store", workspace.file("counted.db")])
        try #require(migrated.status == 0, "\(migrated.complaint)")
        try DatabaseQueue(path: workspace.file("counted.db")).write { database in
            try database.execute(sql: "INSERT INTO counter VALUES (20779, 'batches', 60), (20779, 'reports', 240)")
        }
        try DatabaseQueue(path: workspace.file("unsound.db")).write { database in
            try database.execute(sql: "UPDATE chunk SET checksum = zeroblob(32), key = day")
        }
        try line.check(in: workspace)
    }

    @Test("A store that another collector or program has locked is named, with the status for trying again")
    func lockedStore() throws {
        let workspace = try Workspace()
        try prepare(workspace)
        let store = workspace.file("r.db")
        let collector = try RunningCollector(metricSet: workspace.file("metrics.set"), store: store)
        try CommandLine(
            "locked-collector", "dither-collector serve --metrics DIR/metrics.set --store DIR/r.db --listen 127.0.0.1:0"
        ).check(in: workspace)
        #expect(collector.stop() == 0)
        let queue = try DatabaseQueue(path: store)
        try queue.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
            try database.execute(sql: "BEGIN EXCLUSIVE")
            try database.execute(sql: "UPDATE definition SET hash = hash")
            try CommandLine(
                "locked-estimate",
                "dither estimate --registry DIR/metrics.set --store DIR/r.db --metric departed_late"
            ).check(in: workspace)
            try database.execute(sql: "ROLLBACK")
        }
    }

    private func prepare(_ workspace: Workspace) throws {
        let example = Fixtures.packageRoot.appending(path: "clients/examples/flights/metrics.yaml")
        let text = try String(contentsOf: example, encoding: .utf8)
        let registry = try workspace.write("metrics.yaml", text)
        _ = try workspace.write("unfit.yaml", text.replacing("epsilon: 1.0 ", with: "epsilon: 1.0005 "))
        // Relative paths, as the widths of a table follow from the lengths.
        _ = try workspace.write(
            "collector.yaml", "metrics: metrics.set\nstore: reports.db\nlisten: 127.0.0.1:0\nlog_format: json\n")
        _ = try workspace.write("unfit-collector.yaml", "stoer: reports.db\nlisten: nowhere\n")
        let outcome = try run("dither", ["registry", "compile", registry, "-o", workspace.file("metrics.set")])
        try #require(outcome.status == 0, "\(outcome.complaint)")
    }
}
