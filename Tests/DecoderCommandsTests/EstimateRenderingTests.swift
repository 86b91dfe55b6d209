import DecoderCommands
import Foundation
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

/// The figures were computed by a script of its own with scipy, from p* = e^ε/(e^ε + k − 1), not by this package.
@Suite("Estimates are written as the manual says")
struct EstimateRenderingTests {
    @Test("CSV has the documented columns and counts sealed and staged reports together")
    func csv() throws {
        let metric = try booleanMetric()
        let store = try storeOfReports(
            of: metric, sealed: [(1, [500, 300]), (1, [90, 60])], staged: [(2, [10, 40])])
        let result = try estimated(EstimateRequest(metric: "departed_late"), from: store, metrics: [metric])
        #expect(
            result.rendered(as: .csv) == """
                value,count,standard_error,frequency,frequency_low,frequency_high,p_value,detected
                false,716.395,30.343,0.71639534,0.65692493,0.77586575,1.56029e-106,true
                true,283.605,30.343,0.28360466,0.22413425,0.34307507,1.88331e-19,true

                """)
    }

    @Test("by period, CSV starts with the period, and periods below the gate are left out and named apart")
    func csvByPeriod() throws {
        let metric = try booleanMetric()
        let store = try storeOfReports(of: metric, sealed: [(1, [600, 400]), (2, [599, 400]), (3, [606, 404])])
        let request = EstimateRequest(metric: "departed_late", byPeriod: true)
        let result = try estimated(request, from: store, metrics: [metric])
        #expect(
            result.rendered(as: .csv) == """
                period,value,count,standard_error,frequency,frequency_low,frequency_high,p_value,detected
                2026-06-01,false,716.395,30.343,0.71639534,0.65692493,0.77586575,1.56029e-106,true
                2026-06-01,true,283.605,30.343,0.28360466,0.22413425,0.34307507,1.88331e-19,true
                2026-06-03,false,723.559,30.494,0.71639534,0.65722007,0.77557061,1.40494e-107,true
                2026-06-03,true,286.441,30.494,0.28360466,0.22442939,0.34277993,1.25313e-19,true

                """)
        #expect(
            result.withheldReasons == [
                "departed_late of 2026-06-02: fewer than 1000 reports, the metric's minimum_reports, so nothing is shown"
            ])
    }

    @Test("a category has its row for no event, and commas and formulas in names are quoted")
    func categories() throws {
        let metric = try categoryMetric(categories: ["A, B", "=SUM(A1)", "say \"hi\"", "DL"])
        let store = try storeOfReports(of: metric, sealed: [(1, [500, 400, 200, 150, 150])])
        let result = try estimated(EstimateRequest(metric: "carrier"), from: store, metrics: [metric])
        #expect(
            result.rendered(as: .csv) == """
                value,count,standard_error,frequency,frequency_low,frequency_high,p_value,detected
                "A, B",672.169,25.922,0.48012101,0.44383138,0.51641063,3.47791e-170,true
                '=SUM(A1),493.911,24.253,0.35279328,0.31883908,0.38674747,5.50074e-101,true
                "say ""hi""\",137.393,20.514,0.09813782,0.06941870,0.12685693,1.03474e-11,true
                DL,48.264,19.467,0.03447395,0.00722028,0.06172763,0.00719943,true
                (none),48.264,19.467,0.03447395,0.00722028,0.06172763,0.00719943,true

                """)
    }

    @Test("JSON says what was estimated, how, and what a reader has to know")
    func json() throws {
        let metric = try booleanMetric()
        let store = try storeOfReports(of: metric, sealed: [(1, [500, 300])], staged: [(2, [100, 100])])
        let result = try estimated(EstimateRequest(metric: "departed_late"), from: store, metrics: [metric])
        #expect(
            result.rendered(as: .json) == """
                {
                  "schema": "dither.estimate/1",
                  "metric": "departed_late",
                  "version": 1,
                  "fingerprint": "\(metric.fingerprint)",
                  "mechanism": "randomized_response",
                  "memoized": false,
                  "epsilon": 1.000,
                  "realised_loss": 1.000000000,
                  "confidence": 0.95,
                  "from": "2026-06-01",
                  "to": "2026-06-02",
                  "minimum_reports": 1000,
                  "reports": 1000,
                  "alarm": {
                    "raised": false,
                    "p_value": 1,
                    "tests": [
                      "payloads"
                    ]
                  },
                  "influence_per_report": {
                    "raise": 1.58198,
                    "lower": 0.581977,
                    "is_bound": true
                  },
                  "rows": [
                    {
                      "value": false,
                      "count": 716.395,
                      "standard_error": 30.343,
                      "frequency": 0.71639534,
                      "frequency_low": 0.65692493,
                      "frequency_high": 0.77586575,
                      "p_value": 1.56029e-106,
                      "detected": true
                    },
                    {
                      "value": true,
                      "count": 283.605,
                      "standard_error": 30.343,
                      "frequency": 0.28360466,
                      "frequency_low": 0.22413425,
                      "frequency_high": 0.34307507,
                      "p_value": 1.88331e-19,
                      "detected": true
                    }
                  ],
                  "notes": [
                    "Intervals are for the devices that reported: they hold the error of the noise, not that of who reports.",
                    "A period without an event was reported as false.",
                    "Pooled over 2 days: a device counts once for each day that it reported."
                  ]
                }

                """)
    }

    @Test("JSON by period has one entry each, and of a withheld one only the reason and what is required")
    func jsonByPeriod() throws {
        let metric = try memoizedMetric(minimumReports: 100)
        let store = try storeOfReports(of: metric, sealed: [(1, [40, 30, 20, 9]), (2, [70, 30, 20, 10])])
        let request = EstimateRequest(metric: "home_airport", byPeriod: true)
        let text = try estimated(request, from: store, metrics: [metric]).rendered(as: .json)
        let root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(root["memoized"] as? Bool == true && root["epsilon_permanent"] as? Double == 2)
        #expect(root["reports"] == nil && root["rows"] == nil)
        let periods = try #require(root["periods"] as? [[String: Any]])
        #expect(periods.map { $0["period"] as? String } == ["2026-06-01", "2026-06-02"])
        #expect(Set(periods[0].keys) == ["period", "withheld"])
        let withheld = try #require(periods[0]["withheld"] as? [String: Any])
        #expect(withheld["reason"] as? String == "fewer than 100 reports, the metric's minimum_reports")
        #expect(withheld["required_reports"] as? Int == 100)
        let rows = try #require(periods[1]["rows"] as? [[String: Any]])
        #expect(periods[1]["reports"] as? Int == 130)
        #expect(rows.map { $0["value"] as? String } == ["EWR", "JFK", "LGA", nil])
        #expect(rows[3]["value"] is NSNull)
    }

    @Test("the table for people has a heading, the rows and the notes")
    func table() throws {
        let metric = try booleanMetric()
        let store = try storeOfReports(of: metric, sealed: [(1, [600, 400])])
        let result = try estimated(EstimateRequest(metric: "departed_late"), from: store, metrics: [metric])
        #expect(
            result.rendered(as: .table) == """
                departed_late, version 1: randomized_response, ε 1.000 a report; 1000 reports from 2026-06-01 to \
                2026-06-01; 95 % intervals

                value  count  standard_error  frequency  frequency_low  frequency_high    p_value  detected
                false  716.4            30.3   0.716395       0.656925        0.775866  1.56e-106  true
                true   283.6            30.3   0.283605       0.224134        0.343075   1.88e-19  true

                - Intervals are for the devices that reported: they hold the error of the noise, not that of who reports.
                - A period without an event was reported as false.

                """)
    }

    @Test("frequency times reports is the count in all its digits")
    func digits() throws {
        let metric = try categoryMetric(epsilonThousandths: 300)
        // As many as a chunk cannot hold take three.
        for (scale, chunkCount) in [(200, 1), (4321, 1), (20_001, 3)] {
            let chunk = (1, [3, 1, 1, 0, 1].map { $0 * scale / chunkCount })
            let store = try storeOfReports(of: metric, sealed: Array(repeating: chunk, count: chunkCount))
            let result = try estimated(EstimateRequest(metric: "carrier"), from: store, metrics: [metric])
            for line in result.rendered(as: .csv).split(separator: "\n").dropFirst() {
                let fields = line.split(separator: ",")
                let frequency = try #require(Double(fields[3])), count = try #require(Double(fields[1]))
                #expect(abs(frequency * Double(6 * scale) - count) <= 0.001)
            }
        }
    }
}
