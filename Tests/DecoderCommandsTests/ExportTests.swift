import Estimation
import Foundation
import GRDB
import MetricDefinitions
import TestSupport
import Testing

@testable import DecoderCommands

@Suite("An export has the figures of dither estimate, with their intervals")
struct ExportTests {
    private func estimate(_ fixture: ExportFixture, _ request: EstimateRequest) throws -> [[String: Any]] {
        let json = try estimated(request, from: fixture.store, metrics: fixture.metrics).rendered(as: .json)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        return try #require(object["rows"] as? [[String: Any]])
    }

    @Test("digit by digit: of values, buckets, quantiles and means")
    func sameFigures() throws {
        let fixture = try ExportFixture()
        let rows = try #require(try fixture.document().parsedJSON()["rows"] as? [[String: Any]])
        #expect(rows.count == 2 + 4 + 5 + 1)
        func compare(_ rows: [[String: Any]], _ expected: [[String: Any]], _ keys: [(String, String)]) {
            #expect(rows.count == expected.count)
            for (row, other) in zip(rows, expected) {
                for (key, otherKey) in keys {
                    #expect(row[key] as? NSObject == other[otherKey] as? NSObject, "\(key)")
                }
            }
        }
        let share = [
            ("value", "value"), ("estimate", "frequency"), ("low", "frequency_low"), ("high", "frequency_high"),
            ("p_value", "p_value"), ("detected", "detected"),
        ]
        let number = [("value", "value"), ("estimate", "estimate"), ("low", "low"), ("high", "high")]
        compare(
            rows.filter { $0["kind"] as? String == "frequency" },
            try estimate(fixture, EstimateRequest(metric: "departed_late")), share)
        compare(
            rows.filter { $0["kind"] as? String == "bucket" },
            try estimate(fixture, EstimateRequest(metric: "air_time")), share)
        compare(
            rows.filter { $0["kind"] as? String == "quantile" },
            try estimate(fixture, EstimateRequest(metric: "air_time", numbers: .quantiles)), number)
        compare(
            rows.filter { $0["kind"] as? String == "mean" },
            try estimate(fixture, EstimateRequest(metric: "air_time", numbers: .mean)),
            number + [("standard_error", "standard_error")])
        let late = try #require(rows.first)
        let counted = try #require(try estimate(fixture, EstimateRequest(metric: "departed_late")).first)
        let error = try #require(late["standard_error"] as? Double), count = try #require(late["reports"] as? Int)
        #expect(abs(error * Double(count) - (try #require(counted["standard_error"] as? Double))) < 0.01)
        #expect(count == 3399 && late["first_day"] as? String == "2026-06-01")
        #expect(late["last_day"] as? String == "2026-06-03" && late["alarm"] as? Bool == false)
        let bucket = try #require(rows.first { $0["kind"] as? String == "bucket" })
        #expect(bucket["bucket_low"] as? Double == -10 && bucket["bucket_high"] as? Double == 0)
        #expect(rows.compactMap { $0["level"] as? Double } == [0.05, 0.25, 0.5, 0.75, 0.95])
    }

    @Test("Below the gate there is the reason and no figure, not even the number of reports, in every format")
    func gate() throws {
        let fixture = try ExportFixture(), document = try fixture.document(byPeriod: true)
        let records = try document.records()
        let withheld = records.filter { $0[6] == "withheld" }
        #expect(withheld.map { [$0[0], $0[4]] } == [["departed_late", "2026-06-02"], ["quiet", ""]])
        #expect(withheld.allSatisfy { $0[7..<20].allSatisfy(\.isEmpty) && $0[20].contains("minimum_reports") })
        let object = try document.parsedJSON()
        let reasons = try #require(object["withheld"] as? [[String: Any]])
        #expect(reasons.map { $0["metric"] as? String } == ["departed_late", "quiet"])
        #expect(reasons[0]["day"] as? String == "2026-06-02" && reasons[1]["day"] is NSNull)
        let path = fixture.store.file("out.sqlite")
        try ExportDatabase(document: document).write(to: path)
        let database = try DatabaseQueue(path: path)
        let rows = try database.read { database in
            try Row.fetchAll(database, sql: "SELECT metric, day, kind FROM withheld ORDER BY id")
                .map { row -> [String?] in [row[0], row[1], row[2]] }
        }
        #expect(rows == [["departed_late", "2026-06-02", "withheld"], ["quiet", nil, "withheld"]])
        let kept = try database.read { database in
            try Int.fetchAll(database, sql: "SELECT DISTINCT reports FROM estimate ORDER BY reports")
        }
        #expect(kept == [1200, 6000])
        let texts = [
            records.joined().joined(separator: " "), document.json.rendered, OpenMetricsText(document).text,
        ]
        for text in texts {
            let numbers = Set(text.split { !"0123456789.".contains($0) })
            #expect(numbers.isDisjoint(with: ["999", "987"]) && text.contains("minimum_reports"))
        }
    }

    @Test("What no single metric is to blame for ends the command, and another registry's parameters fail their metric")
    func failures() throws {
        let fixture = try ExportFixture()
        try fixture.store.execute("UPDATE definition SET hash = zeroblob(32) WHERE metric = 1")
        let document = try fixture.document()
        #expect(document.metrics.map(\.status) == ["failed", "shown", "withheld"])
        let failed = try #require(try document.records().first { $0[6] == "failed" })
        #expect(failed[0] == "departed_late" && failed[20].contains("differ between the registry"))
        let error = try #require(throws: CommandError.self) {
            try MetricSurvey.conclude("x", document.metrics.map(\.outcome))
        }
        #expect(error.status == .validationFailed)
        try fixture.store.execute("PRAGMA application_id = 7")
        #expect(throws: CommandError.self) { try fixture.document() }
    }

    @Test("CSV keeps hostile texts as texts, and no spreadsheet takes one for a formula")
    func hostileTexts() throws {
        let (fixture, candidates) = try ExportFixture.texts()
        let document = try fixture.document(candidates: [candidates])
        let values = try document.records().dropFirst().map { $0[7] }
        #expect(values.dropLast() == ExportFixture.hostile.map { $0.hasPrefix("=") ? "'" + $0 : $0 }[...])
        #expect(values.last == "(none)")
        let rows = try #require(try document.parsedJSON()["rows"] as? [[String: Any]])
        #expect(rows.map { $0["value"] as? String } == ExportFixture.hostile + [nil])
    }

    @Test("Rows of several parts stand in their order, whatever is empty")
    func concatenation() {
        let rows = ConcatenatedRows([(0, "a"), (2, "b"), (0, "c"), (1, "d"), (3, "e"), (0, "f")])
        #expect((0..<rows.count).map { "\(rows[$0].part)\(rows[$0].row)" } == ["b0", "b1", "d0", "e0", "e1", "e2"])
        #expect(ConcatenatedRows<Int>([]).count == 0)
    }
}
