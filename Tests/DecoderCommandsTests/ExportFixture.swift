import Estimation
import Foundation
import LocalPrivacy
import Mechanisms
import MetricDefinitions
import RegistryCompiler
import TestSupport
import Testing

@testable import DecoderCommands

/// A store with metrics of three types, one of them below its gate on one day, and a fourth below it on all.
struct ExportFixture {
    /// Names that would be more than text, were they not escaped, and two that would be one, were they escaped carelessly.
    static let hostile = [
        "JFK", "=HYPERLINK(\"http://x\")", "<script>alert(1)</script>", "a\"} 1\n# EOF\n\\", "x\u{1B}]52;c;aGk=\u{7}",
        "a\u{202E}b", "a⟦U+202E⟧b", "nul\u{0}end", "(none)",
    ]

    let store: StoreFixture
    let metrics: [MetricDefinition]
    let registry: String

    init() throws {
        let late = try booleanMetric(), quiet = try booleanMetric(identifier: 9, name: "quiet", minimumReports: 5000)
        let air = try numberMetric(
            mechanism: SquareWave.make(
                declared: MechanismDeclaration(
                    epsilon: try Epsilon(thousandths: 2000), domain: .range, reportsAbsence: false,
                    parameters: ["buckets": DeclaredNumber(4)])))
        metrics = [late, air, quiet]
        store = try StoreFixture()
        for metric in metrics { try store.add(definition: metric) }
        try store.seal(payloads([800, 400]), of: late, day: testDay(1))
        try store.seal(payloads([600, 399]), of: late, day: testDay(2))
        try store.seal(payloads([500, 700]), of: late, day: testDay(3))
        try store.seal(payloads([600, 387]), of: quiet, day: testDay(1))
        let range = try #require(NumberRange(low: -10, high: 30))
        let places = (0..<6000).map { MechanismInput.place(range.place(of: Double($0 % 3) * 10)) }
        try store.add(try seededPayloads(of: air, about: places, seed: 0x0E5E_0909), of: air, day: testDay(1))
        registry = store.file("metrics.set")
        try Data(try testMetricSet(metrics: metrics).encoded()).write(to: URL(filePath: registry))
    }

    /// A store about one metric of texts, with hostile candidates; each of the first values is held equally often.
    static func texts(_ names: [String] = hostile) throws -> (ExportFixture, candidates: String) {
        let metric = try sketchMetric()
        let fixture = try ExportFixture(metric, inputs: names.flatMap { inputs([$0: 300]) })
        let file = fixture.store.file("names.csv")
        let cells = names.map { "\"" + $0.replacingOccurrences(of: "\"", with: "\"\"") + "\"\n" }
        try Data(("name\n" + cells.joined()).utf8).write(to: URL(filePath: file))
        return (fixture, "destination=\(file):name")
    }

    private init(_ metric: MetricDefinition, inputs: [MechanismInput]) throws {
        metrics = [metric]
        store = try StoreFixture()
        try store.add(definition: metric)
        try store.add(try seededPayloads(of: metric, about: inputs, seed: 0x0E5E_0910), of: metric, day: testDay(1))
        registry = store.file("metrics.set")
        try Data(try testMetricSet(metrics: metrics).encoded()).write(to: URL(filePath: registry))
    }

    func document(byPeriod: Bool = false, candidates: [String] = []) throws -> ExportDocument {
        let survey = MetricSurvey(
            source: try RegistrySource.load(path: registry, today: testDay(30), expiry: .note), registry: registry,
            store: store.path, confidence: .standard, candidates: try MetricSurvey.candidates(options: candidates))
        let request = ExportRequest(
            days: try DayRange(nil, nil, options: ("", "")), confidence: .standard, byPeriod: byPeriod)
        return try survey.document(of: survey.metrics(named: []), request)
    }
}

extension ExportDocument {
    /// The CSV, record by record, read by the reader of candidates' files.
    func records() throws -> [[String]] {
        var text = ""
        rowsWithReasons.writeCSV { text += $0 }
        let file = try TemporaryFile(text)
        var csv = try CSVFile(path: file.path), records = [csv.header]
        while let row = try csv.nextRow() { records.append(row.map { String($0) }) }
        return records
    }

    func parsedJSON() throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(json.rendered.utf8)) as? [String: Any])
    }
}
