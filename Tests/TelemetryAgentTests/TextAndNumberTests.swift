import Foundation
import Mechanisms
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@testable import TelemetryAgent

@Suite("Texts and numbers on a device")
struct TextAndNumberTests {
    private let clock = ManualClock()
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func agent(_ metrics: MetricDefinition...) throws -> Agent {
        var configuration = Agent.Configuration(
            metricSet: try testMetricSet(metrics: metrics), endpoint: try Endpoint("http://127.0.0.1:9"),
            stateFolder: folder.file("state"), environment: [:], clock: clock)
        configuration.machineOptOutFile = "/nonexistent/opt-out"
        let agent = Agent(configuration)
        try agent.setConsent(true)
        return agent
    }

    @Test("Texts of up to 254 bytes are taken, the empty one too; a longer one is refused without being repeated")
    func textLengths() throws {
        let agent = try agent(try rapporMetric(), try sketchMetric())
        for name in ["destination", "word"] {
            for text in ["", "x", String(repeating: "x", count: 254), String(repeating: "é", count: 127)] {
                try agent.record(.text(text), for: name)
            }
            let canary = "CANARY_9f3a"
            for text in [canary + String(repeating: "x", count: 244), canary + String(repeating: "é", count: 122)] {
                do {
                    try agent.record(.text(text), for: name)
                    Issue.record("a text of 255 bytes was accepted")
                } catch {
                    #expect(error == .value(metric: name, .textTooLong))
                    #expect(!"\(error)".contains(canary) && !String(reflecting: error).contains(canary))
                }
            }
            for value in [MetricValue.number(1), .boolean(true), .category("x")] {
                #expect(throws: AgentError.value(metric: name, .wrongType(expected: "string"))) {
                    try agent.record(value, for: name)
                }
            }
        }
        let reports = try agent.waitingReports()
        #expect(reports.map(\.metric) == ["destination", "word"] && reports.allSatisfy { $0.response == nil })
        // A cohort or row takes two bytes, the bits 32.
        #expect(reports.allSatisfy { $0.payload.count == 2 * 34 || $0.payload.count == 2 * 33 })
    }

    @Test("Numbers that are not finite are refused, and what is no number has another type")
    func numbersThatAreNone() throws {
        let agent = try agent(try meanMetric())
        for number in [Double.nan, .signalingNaN, .infinity, -.infinity] {
            #expect(throws: AgentError.value(metric: "air_time", .notANumber)) {
                try agent.record(.number(number), for: "air_time")
            }
        }
        for value in [MetricValue.text("1"), .boolean(true), .category("1")] {
            #expect(throws: AgentError.value(metric: "air_time", .wrongType(expected: "number"))) {
                try agent.record(value, for: "air_time")
            }
        }
        #expect(try agent.status().clipped == 0)
        #expect(try agent.waitingReports().isEmpty)
    }

    @Test("What a shell writes is a number exactly if it is finite")
    func numbersOfAShell() throws {
        let domain = try meanMetric().domain
        for (text, number) in [("-5", -5), ("12.5", 12.5), ("0", 0), ("-0.25", -0.25), ("1e3", 1000)]
            as [(String, Double)]
        {
            #expect(try domain.value(parsing: text) == .number(number))
        }
        for text in ["", "nan", "inf", "-inf", "infinity", "twelve", "1,5", " 1", "1 ", "--1", "1e999"] {
            #expect(throws: MetricValueError.notANumber, "\(text)") { try domain.value(parsing: text) }
        }
    }

    @Test("A number outside its range counts as the nearer end, and is counted with the record, durably")
    func clipping() throws {
        let metric = try meanMetric(low: -10, high: 10, epsilonThousandths: 1000)
        let inside = try metric.domain.input(for: .number(10))
        #expect(try metric.domain.input(for: .number(1e300)).input == inside.input && !inside.isClipped)
        let first = try agent(metric)
        for number in [-10.0, 10, 0, -0.0] { try first.record(.number(number), for: "air_time") }
        #expect(try first.status().clipped == 0)
        for number in [10.000001, -11, 1e300] { try first.record(.number(number), for: "air_time") }
        #expect(try first.status().clipped == 3)
        #expect(try agent(metric).status().clipped == 3)
        clock.advance(days: 1)
        _ = try first.flush(closingPeriod: true)
        #expect(
            throws: AgentError.notReporting(metric: "air_time", .periodClosed(UTCDay(containing: noon + daySeconds)))
        ) {
            try first.record(.number(99), for: "air_time")
        }
        #expect(try first.status().clipped == 3, "an event that was not recorded was counted")
        try first.setConsent(false)
        #expect(try first.status().clipped == 0, "what is known of values outlived consent")
    }

    @Test("A clipped value's report is that of the end, and names no item")
    func clippedReport() throws {
        let metric = try meanMetric(low: -10, high: 10, epsilonThousandths: 8000)
        let test = try TestDevice(.memory, try testMetricSet(metrics: [metric]))
        try test.enrol()
        let domain = metric.domain
        var ones = [0, 0]
        for index in 0..<100 {
            let number: Double = index.isMultiple(of: 2) ? -1e9 : 1e9
            let seconds = noon + Int64(index) * daySeconds
            try test.record(try domain.input(for: .number(number)).input, metric, at: seconds)
            try test.close(at: seconds + daySeconds)
            ones[index % 2] += Int(try #require(try test.queued().last).payload[0])
        }
        // At ε = 8 a report is of the other end with probability 3.4e-4: six of fifty have probability 2e-14.
        #expect(ones[0] <= 5 && ones[1] >= 45, "\(ones)")
        let agent = try agent(metric)
        try agent.record(.number(1e9), for: "air_time")
        let report = try #require(try agent.waitingReports().first)
        #expect(report.response == nil && ["00", "01"].contains(report.payload))
    }
}
