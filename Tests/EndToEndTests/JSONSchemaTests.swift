import Foundation
import TestSupport
import Testing

@Suite("What commands write as JSON says its schema, and fits it")
struct JSONSchemaTests {
    /// Lines that write JSON, and the schemas that they have to have between them: those of docs/schemas, each at least once.
    private static let lines: [(schema: String, line: String)] = [
        (
            "dither.associate/1",
            "dither associate --registry metrics.yaml --store reports.db --metric route --format json"
        ),
        ("dither.audit/1", "dither audit --registry metrics.yaml --proof-only --format json"),
        (
            "dither.audit/1",
            "dither audit --registry metrics.yaml --metric departed_late --trials 1000 --format json || true"
        ),
        (
            "dither.compare/1",
            "dither compare --registry metrics.yaml --store east.sqlite --metric carrier --versus-store west.sqlite "
                + "--sum low_cost=B6,WN --correction holm --format json"
        ),
        ("dither.estimate/1", estimate("departed_late")), ("dither.estimate/1", estimate("destination")),
        ("dither.estimate/1", estimate("carrier --with denoised,consistent,adjusted --sum low_cost=B6,'(none)'")),
        ("dither.estimate/1", estimate("air_time")), ("dither.estimate/1", estimate("air_time --show mean")),
        ("dither.estimate/1", estimate("air_time --show quantiles")),
        (
            "dither.estimate/1",
            estimate(
                "departed_late --by period --false-devices 1% --interval population --simultaneous --correction fdr")
        ),
        (
            "dither.estimate/1",
            "sed 's/minimum_reports: 100 /minimum_reports: 99999 /' metrics.yaml > gated.yaml; "
                + estimate("departed_late").replacing("metrics.yaml", with: "gated.yaml") + " || [ $? -eq 3 ]"
        ),
        ("dither.export/1", "dither export --registry metrics.yaml --store reports.db --format json"),
        ("dither.export/1", "dither export --registry metrics.yaml --store reports.db --by period --format json"),
        ("dither.plan/1", "dither plan --devices 1e4,1e5 --epsilon 1,2 --domain 16 --format json"),
        ("dither.plan/1", "dither plan --target 5 --epsilon 1 --domain 0..1440 --format json"),
        (
            "dither.rappor-decode/1",
            "dither rappor decode --params params.csv --counts counts.csv --map map.csv --format json"
        ),
        (
            "dither.rappor-decode/1",
            "for i in 1 2 3 4 5 6 7 8; do echo 3,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1; done > few.csv; "
                + "dither rappor decode --params params.csv --counts few.csv --map map.csv --format json || [ $? -eq 3 ]"
        ),
        ("dither.rappor-families/1", "dither rappor regtest --list --format json"),
        ("dither.rappor-privacy/1", "dither rappor privacy --params params.csv --reports 1000000 --format json"),
        (
            "dither.rappor-regtest/1",
            "dither rappor regtest --family demo_zipf1_1M --seeds 1 --baselines --format json"
        ),
        ("dither.registry-check/1", "dither registry check broken.yaml --format json || [ $? -eq 4 ]"),
        ("dither.registry-explain/1", "dither registry explain metrics.yaml --format json"),
        ("dither.registry-explain/1", "dither registry explain metrics.set home --format json"),
        (
            "dither.registry-verify/1",
            "dither registry keygen -o k.key --public k.pub > key.txt; "
                + "dither registry sign metrics.set --key k.key --sequence 1 -o metrics.signed; "
                + "dither registry verify metrics.signed --public-key k.pub --format json"
        ),
        ("dither.simulate/1", simulate("departed_late", "values.csv")),
        ("dither.simulate/1", simulate("destination", "destinations.csv")),
        ("dither.simulate-posting/1", simulate("departed_late", "values.csv --to URL").replacing("--seed 7", with: "")),
        ("dither.study/1", "dither study R1 --format json || [ $? -eq 4 ]"),
        ("dither.study-histogram/1", "dither study --mechanism geometric --n 1000 --eps .5 --format json"),
        ("dither.study-list/1", "dither study --list --format json"),
        (
            "dither-collector.config/1",
            "printf 'metrics: metrics.set\\nstore: served.db\\nlisten: 127.0.0.1:0\\n' > c.yaml; "
                + "dither-collector config show --config c.yaml --format json"
        ),
        (
            "dither-collector.config/1",
            "printf 'metrics: metrics.set\\nstore: served.db\\nlisten: 127.0.0.1:0\\n' > c.yaml; "
                + "dither-collector config check --config c.yaml --format json"
        ),
        ("dither-collector.doctor/1", "dither-collector doctor --store reports.db --format json"),
        ("dither-collector.inspect-counters/1", inspect("counters")),
        ("dither-collector.inspect-days/1", inspect("days")), ("dither-collector.inspect-file/1", inspect("file")),
        ("dither-collector.inspect-metrics/1", inspect("metrics")),
        (
            "dither-collector.verify/1",
            "python3 -c \"import sqlite3; c = sqlite3.connect('reports.db'); "
                + "c.execute('UPDATE chunk SET checksum = zeroblob(32)'); c.commit()\"; "
                + "dither-collector verify --store reports.db --format json || [ $? -eq 8 ]"
        ),
    ]

    private static func estimate(_ metric: String) -> String {
        "dither estimate --registry metrics.yaml --store reports.db --metric \(metric) --format json"
    }

    private static func simulate(_ metric: String, _ values: String) -> String {
        "dither simulate --registry metrics.yaml --metric \(metric) --values \(values) --seed 7 --format json"
    }

    private static func inspect(_ view: String) -> String {
        "dither-collector inspect --store collected.db --show \(view) --format json"
    }

    private func check(_ arguments: [String]) throws -> Outcome {
        let script = Fixtures.packageRoot.appending(path: "scripts/check_json.py").path(percentEncoded: false)
        return try run("/usr/bin/python3", [script] + arguments)
    }

    @Test("every command and view, in a fresh run")
    func freshRuns() throws {
        let shell = Shell(workspace: try Playground.copy())
        let broken = try String(contentsOfFile: shell.workspace.file("metrics.yaml"), encoding: .utf8)
        _ = try shell.workspace.write("broken.yaml", broken.replacing("epsilon: 1.0\n", with: "epsilon: 1.0005\n"))
        let collector = try RunningCollector(
            metricSet: shell.workspace.file("metrics.set"), store: shell.workspace.file("collected.db"))
        let posted = try run(
            "dither",
            [
                "simulate", "--registry", shell.workspace.file("metrics.set"), "--metric", "carrier", "--values",
                try shell.workspace.write("carriers.csv", "value,count\nAA,20\n"), "--to", collector.url,
            ])
        #expect(posted.status == 0, "\(posted.complaint)")
        var files: [String] = []
        for (position, (schema, line)) in Self.lines.enumerated() {
            let outcome = try shell.run(line.replacing("URL", with: collector.url))
            #expect(outcome.status == 0, "\(line): \(outcome.complaint)")
            #expect(outcome.output.contains("\"\(schema)\""), "\(line)\n\(outcome.output.prefix(300))")
            files.append(try shell.workspace.write("\(position).json", outcome.output))
        }
        let checked = try check(files)
        #expect(checked.status == 0, "\(checked.output)\(checked.complaint)")
        #expect(collector.stop() == 0)
    }

    @Test("No schema is without a command, and no command that takes --format json without a line here")
    func allSchemas() throws {
        let listed = try check(["--list"])
        #expect(Set(listed.output.split(separator: "\n").map(String.init)) == Set(Self.lines.map(\.schema)))
        for page in HelpPage.all where page.path[0] != "dither-agent" {
            guard page.text.contains("--format <format>"), page.text.contains("json") else { continue }
            #expect(Self.lines.contains { $0.line.contains(page.testDescription + " ") }, "\(page.testDescription)")
        }
    }

    @Test(
        "A member that is missing, superfluous, of another type or there twice does not fit, nor does an unknown schema"
    )
    func faults() throws {
        let shell = Shell(workspace: try Playground.copy())
        let sound = try shell.run(Self.estimate("departed_late")).output
        for (position, fault) in [
            sound.replacing("dither.estimate/1", with: "dither.estimate/2"),
            sound.replacing("\"confidence\": 0.95,", with: ""), sound.replacing("\"value\"", with: "\"worth\""),
            sound.replacing("\"version\": 1,", with: "\"version\": \"1\","),
            sound.replacing("\"version\": 1,", with: "\"version\": 1, \"version\": 1,"),
            sound.replacing("\"detected\": true", with: "\"detected\": 1"),
            sound.replacing("\"reports\": ", with: "\"reports\": -"),
        ].enumerated() {
            #expect(fault != sound)
            let outcome = try check([try shell.workspace.write("\(position).json", fault)])
            #expect(outcome.status == 1, "\(position)")
        }
        #expect(try check([try shell.workspace.write("sound.json", sound)]).status == 0)
    }

    @Test("every recorded output")
    func recordedOutputs() throws {
        let outcome = try check([])
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.complaint)")
    }
}
