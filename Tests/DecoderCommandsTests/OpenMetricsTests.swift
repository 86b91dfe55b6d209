import Foundation
import ReportFormat
import TestSupport
import Testing

@testable import DecoderCommands

/// The parser of OpenMetrics 1.0 that Prometheus' own client for Python has, of Debian's python3-prometheus-client.
enum OpenMetricsReader {
    static var isInstalled: Bool {
        FileManager.default.fileExists(atPath: "/usr/lib/python3/dist-packages/prometheus_client/openmetrics/parser.py")
    }

    private static let program = """
        import json, sys
        from prometheus_client.openmetrics.parser import text_string_to_metric_families as parsed
        text = sys.stdin.buffer.read().decode()
        print(json.dumps([[f.name, f.unit, f.type, [[s.name, s.labels, s.value, s.timestamp and float(s.timestamp)]
            for s in f.samples]] for f in parsed(text)]))
        """

    struct Sample {
        let family: String, unit: String, labels: [String: String], value: Double, second: Double?
    }

    /// The samples; throws what the parser says of a text that is none.
    static func samples(_ text: String) throws -> [Sample] {
        let (status, output) = try tool("/usr/bin/python3", ["-c", program], input: text)
        guard status == 0 else { throw CommandError(.validationFailed, output) }
        let families = try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[Any]])
        let samples = try families.flatMap { family in
            try #require(family[3] as? [[Any]]).map { sample in
                Sample(
                    family: try #require(family[0] as? String), unit: try #require(family[1] as? String),
                    labels: try #require(sample[1] as? [String: String]), value: try #require(sample[2] as? Double),
                    second: sample[3] as? Double)
            }
        }
        // Of a series that is there twice the parser reads one.
        guard samples.count == text.split(separator: "\n").count(where: { !$0.hasPrefix("#") }) else {
            throw CommandError(.validationFailed, "a series is there twice")
        }
        return samples
    }

    static func tool(_ path: String, _ arguments: [String], input: String) throws -> (Int32, String) {
        let process = Process()
        let file = try TemporaryFile(input), output = Pipe()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: URL(filePath: file.path))
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }
}

@Suite("An export as OpenMetrics is what the format's parser reads", .enabled(if: OpenMetricsReader.isInstalled))
struct OpenMetricsTests {
    @Test("The parser refuses what a fault would write")
    func faults() throws {
        for text in [
            "# TYPE a gauge\na 1\n", "# TYPE a gauge\na{b=\"c\"d\"} 1\n# EOF\n",
            "# TYPE a gauge\n# UNIT a ratio\na 1\n# EOF\n",
            "# TYPE a gauge\na{b=\"c\"} 1\na{b=\"c\"} 2\n# EOF\n",
            "# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\na 2\n# EOF\n",
            "# TYPE a gauge\na 1 20\na 1 10\n# EOF\n", "# TYPE a gauge\na 1\n# EOF\na 2\n",
        ] { #expect(throws: CommandError.self, "\(text)") { try OpenMetricsReader.samples(text) } }
        #expect(try OpenMetricsReader.samples("# TYPE a gauge\na 1\n# EOF\n").count == 1)
    }

    @Test("Every figure of the table is a sample, with its interval, under its unit")
    func figures() throws {
        let fixture = try ExportFixture(), document = try fixture.document()
        let samples = try OpenMetricsReader.samples(OpenMetricsText(document).text)
        let rows = try #require(try document.parsedJSON()["rows"] as? [[String: Any]])
        let names = ["frequency": "frequency", "bucket": "bucket_frequency", "quantile": "quantile", "mean": "mean"]
        for (key, suffix) in [
            ("estimate", ""), ("low", "_low"), ("high", "_high"), ("standard_error", "_standard_error"),
        ] {
            for row in rows {
                guard let value = row[key] as? Double else { continue }
                let kind = try #require(row["kind"] as? String)
                let unit = ["frequency", "bucket"].contains(kind) ? "ratio" : ""
                let family = "dither_" + (names[kind] ?? "") + suffix + (unit.isEmpty ? "" : "_\(unit)")
                #expect(
                    samples.contains { sample in
                        sample.family == family && sample.unit == unit && sample.value == value && sample.second == nil
                            && sample.labels["metric"] == row["metric"] as? String
                    }, "\(family) \(value)")
            }
        }
        let withheld = samples.filter { $0.family == "dither_withheld" }
        #expect(withheld.map { $0.labels["metric"] } == ["quiet"])
    }

    @Test("With periods, the samples of a series stand together, each with the time at which its day begins")
    func times() throws {
        let samples = try OpenMetricsReader.samples(OpenMetricsText(try ExportFixture().document(byPeriod: true)).text)
        let late = samples.filter { $0.family == "dither_frequency_ratio" && $0.labels["value"] == "true" }
        #expect(late.map(\.second) == [1, 3].map { Double(testDay($0).startInSeconds) })
        #expect(samples.allSatisfy { $0.second != nil }, "promtool backfills only what has times")
    }

    @Test("Hostile texts are labels and no more, and no two texts are one label")
    func hostileTexts() throws {
        let (fixture, candidates) = try ExportFixture.texts()
        let text = OpenMetricsText(try fixture.document(candidates: [candidates])).text
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 32 && $0 != "\u{202E}" })
        let samples = try OpenMetricsReader.samples(text).filter { $0.family == "dither_frequency_ratio" }
        #expect(samples.count == ExportFixture.hostile.count + 1)
        let values = samples.map { $0.labels["value"] }
        #expect(values.contains("<script>alert(1)</script>") && values.contains("a\"} 1\n# EOF\n\\"))
        #expect(values.contains("a⟦U+202E⟧b") && values.contains("a⟦U+27E6⟧U+202E⟧b"))
        #expect(samples.filter { $0.labels["value"] == "(none)" }.map { $0.labels["no_event"] } == [nil, "true"])
    }

    @Test("A metric has no more series than was allowed: those detected first, and it says how many are missing")
    func cardinality() throws {
        let (fixture, candidates) = try ExportFixture.texts((0..<40).map { "value \($0)" })
        let document = try fixture.document(candidates: [candidates])
        let samples = try OpenMetricsReader.samples(OpenMetricsText(document, valueLimit: 7).text)
        let shown = samples.filter { $0.family == "dither_frequency_ratio" }
        #expect(shown.count == 7)
        let rows = try #require(try document.parsedJSON()["rows"] as? [[String: Any]])
        let frequencies = rows.compactMap { $0["estimate"] as? Double }.sorted(by: >)
        #expect(Set(shown.map(\.value)) == Set(frequencies.prefix(7)))
        #expect(samples.first { $0.family == "dither_omitted_values" }?.value == 34)
    }

    @Test(
        "promtool has nothing to say against it either",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/promtool")))
    func promtool() throws {
        let (fixture, candidates) = try ExportFixture.texts()
        for document in [try ExportFixture().document(), try fixture.document(candidates: [candidates])] {
            let (status, words) = try OpenMetricsReader.tool(
                "/usr/bin/promtool", ["check", "metrics"], input: OpenMetricsText(document).text)
            #expect(status == 0 && words.isEmpty, "\(words)")
        }
        let days = try TemporaryFile(OpenMetricsText(try ExportFixture().document(byPeriod: true)).text)
        let blocks = fixture.store.file("blocks")
        let (status, words) = try OpenMetricsReader.tool(
            "/usr/bin/promtool", ["tsdb", "create-blocks-from", "openmetrics", days.path, blocks], input: "")
        #expect(status == 0 && words.contains("NUM SAMPLES"), "\(words)")
    }
}
