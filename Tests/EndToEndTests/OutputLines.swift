import Foundation
import TestSupport
import Testing

/// A line of a shell that writes a result, for each of the formats, in the folder of ``Playground``.
struct OutputLine: Sendable, CustomTestStringConvertible {
    /// The name of the golden files.
    var name: String
    /// The schema that the result names as JSON.
    var schema: String
    /// The line. FORMAT stands for the format, URL for a collector. What differs with the noise, the keys, the machine and the
    /// day is written as one of the values that it can have.
    var line: String
    /// What the command can write, in the order in which it is run.
    var formats: [String]

    init(_ name: String, _ schema: String, _ line: String, formats: [String] = ["table", "csv", "json"]) {
        (self.name, self.schema, self.formats) = (name, schema, formats)
        self.line = line.contains("FORMAT") ? line : line + " --format FORMAT"
    }

    var testDescription: String { line }

    /// Lines with every schema of docs/schemas and every command that takes --format.
    static let all: [OutputLine] = estimates + plans + rappor + registry + simulations + collector + agent

    static func estimate(_ metric: String) -> String {
        "dither estimate --registry metrics.yaml --store reports.db --metric \(metric)"
    }

    private static let estimates = [
        OutputLine("estimate-boolean", "dither.estimate/1", estimate("departed_late")),
        OutputLine("estimate-rappor", "dither.estimate/1", estimate("destination")),
        OutputLine(
            "estimate-category", "dither.estimate/1",
            estimate("carrier --with denoised,consistent,adjusted --sum low_cost=B6,'(none)'")),
        OutputLine("estimate-number", "dither.estimate/1", estimate("air_time")),
        OutputLine("estimate-mean", "dither.estimate/1", estimate("air_time --show mean")),
        OutputLine("estimate-quantiles", "dither.estimate/1", estimate("air_time --show quantiles")),
        OutputLine(
            "estimate-periods", "dither.estimate/1",
            estimate(
                "departed_late --by period --false-devices 1% --interval population --simultaneous --correction fdr")),
        OutputLine(
            "estimate-gated", "dither.estimate/1",
            "sed 's/minimum_reports: 100 /minimum_reports: 99999 /' metrics.yaml > gated.yaml; "
                + estimate("departed_late --format FORMAT").replacing("metrics.yaml", with: "gated.yaml")
                + " || [ $? -eq 3 ]"),
        OutputLine(
            "compare", "dither.compare/1",
            "dither compare --registry metrics.yaml --store east.sqlite --metric carrier --versus-store west.sqlite "
                + "--sum low_cost=B6,WN --correction holm"),
        OutputLine(
            "compare-days", "dither.compare/1",
            "dither compare --registry metrics.yaml --store reports.db --metric departed_late "
                + "--from 2026-06-01 --to 2026-06-07 --versus-from 2026-06-08 --versus-to 2026-06-14"),
        OutputLine(
            "associate", "dither.associate/1",
            "dither associate --registry metrics.yaml --store reports.db --metric route"),
        OutputLine(
            "export", "dither.export/1",
            "dither export --registry metrics.yaml --store reports.db --format FORMAT" + anyDay,
            formats: ["csv", "json", "openmetrics"]),
        OutputLine(
            "export-periods", "dither.export/1",
            "dither export --registry metrics.yaml --store reports.db --metric departed_late --by period --format FORMAT"
                + anyDay,
            formats: ["csv", "json"]),
    ]

    /// An export says when it was made.
    private static let anyDay = #" | sed 's/"made_on": "[0-9-]*"/"made_on": "2026-06-15"/'"#

    private static let plans = [
        OutputLine("plan-errors", "dither.plan/1", "dither plan --devices 1e4,1e5 --epsilon 1,2 --domain 16"),
        OutputLine("plan-devices", "dither.plan/1", "dither plan --target 5 --epsilon 1 --domain 0..1440"),
        OutputLine("audit-proofs", "dither.audit/1", "dither audit --registry metrics.yaml --proof-only"),
        OutputLine(
            "audit", "dither.audit/1",
            "dither audit --registry metrics.yaml --metric departed_late --trials 1000 --format FORMAT | "
                + #"sed -E 's/0\.[0-9]{3}([^0-9]|$)/0.600\1/g; s/most [0-9.]+ st/most 1.0 st/; s/item [01] against item [01],[a-z ]+/item 0 against item 1/; s/run of [0-9]+/run of 140/'"#
        ),
        OutputLine("study", "dither.study/1", "dither study R1 --format FORMAT || [ $? -eq 4 ]"),
        OutputLine(
            "study-histogram", "dither.study-histogram/1",
            "dither study --mechanism geometric --n 1000 --eps .5"),
        OutputLine("study-list", "dither.study-list/1", "dither study --list"),
    ]

    private static let rappor = [
        OutputLine(
            "rappor-decode", "dither.rappor-decode/1",
            "dither rappor decode --params params.csv --counts counts.csv --map map.csv"),
        OutputLine(
            "rappor-decode-few", "dither.rappor-decode/1",
            "for i in 1 2 3 4 5 6 7 8; do echo 3,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1; done > few.csv; "
                + "dither rappor decode --params params.csv --counts few.csv --map map.csv --format FORMAT || [ $? -eq 3 ]"
        ),
        OutputLine("rappor-families", "dither.rappor-families/1", "dither rappor regtest --list"),
        OutputLine(
            "rappor-privacy", "dither.rappor-privacy/1", "dither rappor privacy --params params.csv --reports 1000000"),
        OutputLine(
            "rappor-regtest", "dither.rappor-regtest/1",
            "dither rappor regtest --family demo_zipf1_1M --seeds 1 --baselines --format FORMAT | "
                // The processor's seconds are the thirteenth column.
                + #"sed -E 's/("cpu_seconds": )[0-9.]+/\11.0000/; s/^((demo_[^ ,]+[ ,]+)([^ ,]+[ ,]+){11})[0-9.]+/\11.0000/'"#
        ),
    ]

    private static let registry = [
        OutputLine(
            "registry-check", "dither.registry-check/1",
            "sed 's/epsilon: 1.0$/epsilon: 1.0005/' metrics.yaml > broken.yaml; "
                + "dither registry check broken.yaml --format FORMAT || [ $? -eq 4 ]"),
        OutputLine("registry-check-sound", "dither.registry-check/1", "dither registry check metrics.yaml"),
        OutputLine("registry-explain", "dither.registry-explain/1", "dither registry explain metrics.yaml"),
        OutputLine("registry-explain-pair", "dither.registry-explain/1", "dither registry explain metrics.set home"),
        OutputLine(
            "registry-verify", "dither.registry-verify/1",
            "rm -f k.key k.pub; dither registry keygen -o k.key --public k.pub > key.txt; "
                + "dither registry sign metrics.set --key k.key --sequence 1 -o metrics.signed; "
                + "dither registry verify metrics.signed --public-key k.pub --format FORMAT | "
                + "sed -E 's/[0-9a-f]{64}/\(String(repeating: "0", count: 64))/'"),
    ]

    private static func simulate(_ metric: String, _ values: String) -> String {
        "dither simulate --registry metrics.yaml --metric \(metric) --values \(values)"
    }

    private static let simulations = [
        OutputLine("simulate", "dither.simulate/1", simulate("departed_late", "values.csv --seed 7")),
        OutputLine("simulate-rappor", "dither.simulate/1", simulate("destination", "destinations.csv --seed 7")),
        OutputLine(
            "simulate-posting", "dither.simulate-posting/1",
            simulate("departed_late", "values.csv --to URL --format FORMAT")
                + " | sed -E 's/[0-9]+[.][0-9]+/1.000/g; s/  +/  /g; s/(retries\": |[ ,]0[ ,]+)[0-9]+/\\10/'"),
    ]

    private static let settings =
        "printf 'metrics: metrics.set\\nstore: served.db\\nlisten: 127.0.0.1:0\\n' > c.yaml; dither-collector config "

    private static let collector = [
        OutputLine("collector-config-show", "dither-collector.config/1", settings + "show --config c.yaml"),
        OutputLine("collector-config-check", "dither-collector.config/1", settings + "check --config c.yaml"),
        OutputLine(
            "collector-doctor", "dither-collector.doctor/1",
            "dither-collector doctor --store reports.db --format FORMAT | "
                + #"sed -E '/file system|space/d; s/[0-9]+ MiB/1 MiB/; s/20[0-9-]{8}/2026-06-01/'"#),
        OutputLine(
            "collector-counters", "dither-collector.inspect-counters/1", inspect("counters")),
        OutputLine("collector-days", "dither-collector.inspect-days/1", inspect("days")),
        OutputLine("collector-file", "dither-collector.inspect-file/1", inspect("file")),
        OutputLine("collector-metrics", "dither-collector.inspect-metrics/1", inspect("metrics")),
        OutputLine(
            "collector-verify", "dither-collector.verify/1",
            "cp reports.db damaged.db; python3 -c \"import sqlite3; c = sqlite3.connect('damaged.db'); "
                + "c.execute('UPDATE chunk SET checksum = zeroblob(32)'); c.commit()\"; "
                + "dither-collector verify --store damaged.db --format FORMAT || [ $? -eq 8 ]"),
        OutputLine(
            "collector-tokens", "dither-collector.token-list/1",
            "rm -f tokens; dither-collector token new --tokens tokens --role ingest --name fleet --daily-quota 5000 > t; "
                + "dither-collector token new --tokens tokens --role read --name ops > t; "
                + "dither-collector token revoke --tokens tokens --name ops; dither-collector token list --tokens tokens"
        ),
    ]

    private static func inspect(_ view: String) -> String {
        "dither-collector inspect --store reports.db --show \(view)"
    }
}
