import Foundation
import TestSupport
import Testing

/// Runs lines of a shell where the files are that they name, and our programs before all others.
struct Shell {
    let workspace: Workspace

    private var environment: [String: String] {
        ["PATH": Executables.folder + ":/usr/bin:/bin", "HOME": workspace.path]
    }

    func run(_ line: String) throws -> Outcome {
        try EndToEndTests.run(
            "/bin/bash", ["-c", "set -euo pipefail; cd '\(workspace.path)'; \(line)"], environment: environment)
    }

    /// Starts a server, waits for the line that says where it listens, and has it finish.
    func serve(_ line: String) throws -> Outcome {
        let process = Process(), output = Pipe(), complaint = Pipe()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = ["-c", "cd '\(workspace.path)'; exec \(line)"]
        process.environment = environment
        (process.standardOutput, process.standardError) = (output, complaint)
        try process.run()
        let words = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        if words.contains("http") { process.terminate() }
        let complaints = String(decoding: try complaint.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return Outcome(status: process.terminationStatus, output: words, complaint: complaints)
    }
}

@Suite("Every command's help has examples, and they run")
struct ExampleTests {
    /// What the examples name and a test's folder has elsewhere: folders of the system, ports, other machines.
    private static let places: [(String, String)] = [
        ("/backup/", "backup/"), ("/etc/dither/", "etc/"), ("/var/lib/dither/", "var/"),
        ("*/10 * * * * ", ""), ("systemctl reload dither-collector", "true"), ("--state DIR", "--state state"),
        (" 0.0.0.0:443", " 127.0.0.1:0"), ("--listen 127.0.0.1:8080", "--listen 127.0.0.1:0"),
        ("127.0.0.1:9001", "127.0.0.1:0"), ("--port 8080", "--port 0"),
    ]

    /// What would take minutes in a debug build, made small: fewer devices, runs or experiments by the same options.
    private static let reductions: [(String, String)] = [
        ("--devices 1000000", "--devices 5000"), (" --trials 100000", ""),
        ("dither audit", "dither audit --metric departed_late --trials 2000"),
        ("--heavy --seeds 80 --baselines", "--family demo_zipf1_1M --seeds 1"),
        ("--seeds 80 --baselines", "--family demo_zipf1_1M --seeds 1"),
        ("--family demo_zipf1_1M --family typ_exp_1M", "--family demo_zipf1_1M --seeds 1"),
        ("dither study P1 P2", "dither study R1"), ("--markdown > headlines.md", "--markdown R1 > headlines.md"),
        ("--n 10000,50000,200000 --eps .5,.1,.05", "--n 10000 --eps .5"),
        ("regtest --family demo_zipf1_1M", "regtest --family demo_zipf1_1M --seeds 1"),
    ]

    /// What has to be there, or must not be there so far, before a page's examples.
    private static let preparations: [String: String] = [
        "dither associate": "cp two_variables.csv reports.csv",
        "dither rappor": "cp cohorts.csv reports.csv",
        "dither rappor sum-bits": "cp cohorts.csv reports.csv",
        "dither demo": demo,
        "dither registry": "dither registry keygen -o flights.key",
        "dither registry check": "mkdir ci; dither registry check metrics.yaml --update --lock ci/metrics.lock",
        "dither registry compile": "mkdir ci; dither registry check metrics.yaml --update --lock ci/metrics.lock",
        "dither registry generate": "mkdir -p Sources/Airline",
        "dither registry rotate": "for k in a c; do dither registry keygen -o $k.key --public $k.pub; done; rm c.key",
        "dither registry sign": """
        for k in flights b; do dither registry keygen -o $k.key --public $k.pub; done
        dither registry rotate --key flights.key --to b.pub -o keys.chain
        """,
        "dither registry verify": """
        for k in flights new; do dither registry keygen -o $k.key --public $k.pub; done
        cp flights.pub old.pub
        dither registry sign metrics.yaml --key flights.key --sequence 8 -o metrics.signed
        """,
        "dither rappor regtest": "mkdir docs; cp '\(page("docs/rappor.md"))' docs",
        "dither study": "gzip -dc '\(page("clients/examples/flights/flights.csv.gz"))' | sed -n 1,3000p > flights.csv",
        "dither-collector backup": "mkdir backup; cp reports.db backup/latest.db; chmod 700 backup",
        "dither-collector config": settings,
        "dither-collector config check": settings,
        "dither-collector config show": settings,
        "dither-collector doctor": "mkdir -m 700 var; cp reports.db var; \(certificate)",
        "dither-collector restore": "mkdir backup; mv reports.db backup",
        "dither-collector serve": settings + "\n" + certificate,
        "dither-collector token revoke": tokens, "dither-collector token list": tokens,
        "dither-collector verify": "mkdir backup; cp reports.db backup",
        "dither-agent": "cp metrics.set set; mkdir -p .local/state",
    ]

    private static let settings = """
        mkdir -p etc
        printf 'metrics: metrics.set\\nstore: served.db\\nlisten: 127.0.0.1:0\\n' > collector.yaml
        sed "s|: metrics.set|: $PWD/metrics.set|; s|: served.db|: $PWD/etc/served.db|" collector.yaml > etc/collector.yaml
        """

    private static let certificate = """
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=127.0.0.1 -days 90 \\
            -keyout key.pem -out chain.pem 2> openssl.txt
        chmod 600 key.pem
        """

    private static let tokens =
        "dither-collector token new --tokens tokens --role ingest --name fleet-2026 > fleet.token"

    private static let demo = """
        mkdir -p clients/examples/flights .build/demo .build/release
        cp '\(page("clients/examples/flights/airports.csv"))' '\(page("clients/examples/flights/routes.csv"))' clients/examples/flights
        sed 's/rows: 65536/rows: 256/' '\(page("clients/examples/flights/metrics.yaml"))' > clients/examples/flights/metrics.yaml
        gzip -dc '\(page("clients/examples/flights/flights.csv.gz"))' | sed -n 1,2001p > .build/demo/flights.csv
        ln -s "$(command -v dither-collector)" .build/release/dither-collector
        """

    private static func page(_ path: String) -> String {
        Fixtures.packageRoot.appending(path: path).path(percentEncoded: false)
    }

    @Test(
        "The programs list their commands themselves",
        arguments: [("dither", 25), ("dither-collector", 15), ("dither-agent", 1)])
    func enumeration(program: String, least: Int) {
        let pages = HelpPage.all.filter { $0.path[0] == program }
        #expect(pages.count >= least, "\(pages.map(\.testDescription))")
        #expect(pages.allSatisfy { !$0.text.isEmpty })
    }

    @Test("in a folder with the files that they name, with status 0", arguments: HelpPage.all)
    func examples(page: HelpPage) throws {
        try #require(!page.examples.isEmpty, "\(page.testDescription) --help has no EXAMPLES")
        let shell = Shell(workspace: try Playground.copy())
        if let preparation = Self.preparations[page.testDescription] {
            let outcome = try shell.run(preparation)
            try #require(outcome.status == 0, "\(outcome.complaint)")
        }
        var collector: RunningCollector?
        for example in page.examples {
            #expect(example.contains(page.path[0]), "an example is one of this command")
            var line = example
            for (text, other) in Self.places + Self.reductions { line = line.replacing(text, with: other) }
            if line.contains("postgres://") {
                let url = try PostgresServer.shared.get().makeDatabase()
                line = line.replacing(try Regex("postgres://[^ ]*"), with: "'\(url)'")
            }
            if line.contains("http://127.0.0.1:8080") || line.contains("https://telemetry.example") {
                collector =
                    try collector
                    ?? RunningCollector(
                        metricSet: shell.workspace.file("metrics.set"), store: shell.workspace.file("collected.db"))
                for url in ["http://127.0.0.1:8080", "https://telemetry.example"] {
                    line = line.replacing(url, with: collector?.url ?? "")
                }
            }
            let isServer = ["dither-collector serve", "dither dashboard"].contains { line.contains($0) }
            let outcome = try isServer ? shell.serve(line) : shell.run(line)
            #expect(outcome.status == 0, "\(line)\n\(outcome.output.suffix(500))\n\(outcome.complaint)")
        }
        if let collector { #expect(collector.stop() == 0) }
    }
}
