import DecoderCommands
import Foundation
import MetricDefinitions
import RegistryCompiler
import TestSupport
import Testing

/// The figures were computed by a script of its own, from p = e^ε/(e^ε + 1) and Wald's interval.
@Suite("The mean of a number is written as the manual says")
struct MeanEstimateTests {
    @Test("CSV has one row in units of the range, from sealed and staged reports together")
    func csv() throws {
        let metric = try numberMetric()
        let store = try storeOfReports(
            of: metric, sealed: [(1, [600, 400]), (2, [200, 600])], staged: [(3, [100, 100])])
        let result = try estimated(EstimateRequest(metric: "air_time"), from: store, metrics: [metric])
        #expect(
            result.rendered(as: .csv) == """
                value,estimate,standard_error,low,high
                mean,14.3279,0.9629,12.4407,16.2152

                """)
    }

    @Test("by period, rows start with the period, and those below the gate are withheld")
    func byPeriod() throws {
        let metric = try numberMetric()
        let store = try storeOfReports(of: metric, sealed: [(1, [600, 400]), (2, [500, 499]), (3, [300, 700])])
        let request = EstimateRequest(metric: "air_time", byPeriod: true)
        let result = try estimated(request, from: store, metrics: [metric])
        #expect(
            result.rendered(as: .csv) == """
                period,value,estimate,standard_error,low,high
                2026-06-01,mean,1.344,1.341,-1.284,3.972
                2026-06-03,mean,27.312,1.254,24.853,29.770

                """)
        #expect(
            result.withheldReasons == [
                "air_time of 2026-06-02: fewer than 1000 reports, the metric's minimum_reports, so nothing is shown"
            ])
        let alone = try estimated(
            EstimateRequest(metric: "air_time", from: testDay(2), to: testDay(2)), from: store, metrics: [metric])
        #expect(!alone.hasReleasedGroup && !alone.rendered(as: .json).contains("rows"))
    }

    @Test("JSON and the table have the same row; the notes say what counts as the ends of the range")
    func formats() throws {
        let metric = try numberMetric()
        let store = try storeOfReports(of: metric, sealed: [(1, [900, 1100])])
        let result = try estimated(EstimateRequest(metric: "air_time"), from: store, metrics: [metric])
        let json = result.rendered(as: .json)
        #expect(
            json.contains(
                """
                  "reports": 2000,
                  "alarm": {
                    "raised": false,
                    "p_value": 1,
                    "tests": [
                      "payloads"
                    ]
                  },
                  "influence_per_report": {
                    "raise": 0.0194658,
                    "lower": 0.0237916,
                    "is_bound": true
                  },
                  "rows": [
                    {
                      "value": "mean",
                      "estimate": 14.3279,
                      "standard_error": 0.9629,
                      "low": 12.4407,
                      "high": 16.2152
                    }
                  ],
                """))
        #expect(try JSONSerialization.jsonObject(with: Data(json.utf8)) is [String: Any])
        #expect(
            result.rendered(as: .table) == """
                air_time, version 1: one_bit_mean, ε 1.000 a report; 2000 reports from 2026-06-01 to 2026-06-01; \
                95 % intervals

                value  estimate  standard_error    low   high
                mean      14.33            0.96  12.44  16.22

                - Intervals are for the devices that reported: they hold the error of the noise, not that of who reports.
                - A period without an event was not reported: the mean is over reports of events.
                - A number out of the range counts as its nearest end, -10 or 30.

                """)
    }

    @Test("candidates of a number are a usage error")
    func candidates() throws {
        let file = try TemporaryFile("value\n1\n")
        let list = try CandidateList(reading: try CandidateSource(option: file.path))
        let error = try #require(throws: CommandError.self) {
            try estimated(
                EstimateRequest(metric: "air_time"), from: try StoreFixture(), metrics: [try numberMetric()],
                candidates: list)
        }
        #expect(error.status == .usage && error.message.contains("air_time is a number"))
    }
}
