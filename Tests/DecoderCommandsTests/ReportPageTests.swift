import Estimation
import Foundation
import MetricDefinitions
import RegistryCompiler
import ReportFormat
import Reports
import TestSupport
import Testing

@testable import DecoderCommands

@Suite("A page about a store says what dither estimate and dither compare say")
struct ReportPageTests {
    private func document(
        of metrics: [MetricDefinition], in store: StoreFixture,
        _ change: (inout ReportRequest) throws -> Void = { _ in }
    ) throws -> ReportDocument {
        let set = try testMetricSet(metrics: metrics)
        let file = store.file("metrics.set")
        try Data(set.encoded()).write(to: URL(filePath: file))
        let source = try RegistrySource.load(path: file, today: testDay(30), expiry: .note)
        var request = ReportRequest(
            days: try DayRange(nil, nil, options: ("", "")), confidence: .standard, valueLimit: 1000)
        try change(&request)
        var builder = ReportBuilder(request: request, source: source, registry: file, store: store.path)
        builder.metrics = source.set.metrics
        return try builder.document()
    }

    private func findings(_ document: ReportDocument) throws -> MetricFindings {
        let metric = try #require(document.metrics.first)
        guard case .shown(let findings) = metric.outcome else {
            Issue.record("\(metric.outcome)")
            throw CommandError(.insufficientData, "nothing is shown")
        }
        return findings
    }

    private func frequencies(_ result: EstimateResult, group: Int = 0) -> [FrequencyEstimate] {
        guard case .frequencies(let estimates) = result.groups[group].estimates?.figures else { return [] }
        return estimates
    }

    @Test("Bars, days, differences and their intervals are those of the other commands, digit by digit")
    func sameFigures() throws {
        let metric = try booleanMetric()
        let store = try storeOfReports(
            of: metric, sealed: [(1, [800, 400]), (2, [700, 300]), (3, [500, 700]), (4, [600, 400])])
        let findings = try findings(try document(of: [metric], in: store))
        let pooled = try estimated(EstimateRequest(metric: "departed_late"), from: store, metrics: [metric])
        let all = frequencies(pooled)
        #expect(findings.reportCount == 4400 && findings.dayCount == 4)
        #expect(findings.chart.bars.map(\.name) == ["true", "false"])
        for (bar, estimate) in zip(findings.chart.bars, [all[1], all[0]]) {
            #expect(bar.estimate == estimate.frequency)
            #expect((bar.low...bar.high) == estimate.interval)
        }
        let days = try estimated(
            EstimateRequest(metric: "departed_late", byPeriod: true), from: store, metrics: [metric])
        let series = try #require(findings.series.first)
        #expect(series.name == "true" && series.points.map(\.day).first == "2026-06-01")
        for (position, point) in series.points.enumerated() {
            #expect(point.bar?.estimate == frequencies(days, group: position)[1].frequency)
        }
        var choices = EstimateChoices()
        choices.needsOrigins = true
        func half(_ first: Int, _ last: Int) throws -> EstimateResult {
            try estimated(
                EstimateRequest(
                    metric: "departed_late", from: testDay(first), to: testDay(last), choices: choices),
                from: store, metrics: [metric])
        }
        let comparison = try GroupComparison(try half(3, 4), minus: try half(1, 2))
        guard case .differences(let chart) = findings.comparison?.result else {
            Issue.record("there is no comparison")
            return
        }
        #expect(findings.comparison?.later == "2026-06-03 to 2026-06-04")
        #expect(Set(chart.bars.map(\.estimate)) == Set(comparison.rows.map(\.difference.difference)))
        #expect(Set(chart.bars.map(\.low)) == Set(comparison.rows.map(\.difference.interval.lowerBound)))
    }

    @Test("The share of noise is what the variances of both intervals say")
    func errorSplit() throws {
        let metric = try booleanMetric()
        let store = try storeOfReports(of: metric, sealed: [(1, [800, 400])])
        let split = try #require(try findings(try document(of: [metric], in: store)).errorSplit)
        func error(_ interval: IntervalKind) throws -> FrequencyEstimate {
            var choices = EstimateChoices()
            choices.interval = interval
            return frequencies(
                try estimated(
                    EstimateRequest(metric: "departed_late", choices: choices), from: store, metrics: [metric]))[1]
        }
        let (sample, population) = (try error(.sample), try error(.population))
        let ratio = sample.standardError / population.standardError
        #expect(
            split.name == "true"
                && split.noiseShare == sample.standardError * sample.standardError
                    / (population.standardError * population.standardError)
                && abs(split.noiseShare - ratio * ratio) < 1e-12)
        #expect((split.population.low...split.population.high) == population.interval)
    }

    @Test("A mean stands on its range, with the mean of each day")
    func means() throws {
        let metric = try numberMetric()
        let store = try storeOfReports(of: metric, sealed: [(1, [800, 400]), (2, [700, 500])])
        let findings = try findings(try document(of: [metric], in: store))
        #expect(findings.chart.range == -10...30 && findings.chart.scale == .number)
        #expect(findings.series.count == 1 && findings.series[0].points.count == 2)
        #expect(findings.errorSplit == nil)
    }

    @Test("Below the release gate there is the reason, without the number of reports")
    func gate() throws {
        let metric = try booleanMetric()
        let store = try storeOfReports(of: metric, sealed: [(1, [600, 399])])
        let page = try document(of: [metric], in: store).html()
        #expect(page.contains("fewer than 1000 reports") && !page.contains("999"))
    }

    @Test("A text without candidates, and a metric without reports, have their reasons on the page")
    func reasons() throws {
        let late = try booleanMetric()
        let store = try storeOfReports(of: late, sealed: [(1, [800, 400])])
        let page = try document(of: [late, try sketchMetric()], in: store).html()
        #expect(page.contains("is a string, and no report tells which values there are"))
        #expect(page.contains("1 shown"))
    }

    @Test("A registry with other parameters than the reports' is no figure, and an error on the page")
    func otherParameters() throws {
        let metric = try booleanMetric()
        let store = try storeOfReports(of: metric, sealed: [(1, [800, 400])])
        try store.execute("UPDATE definition SET hash = zeroblob(32)")
        let page = try document(of: [metric], in: store).html()
        #expect(page.contains("Could not be estimated.") && !page.contains("class=\"bars\""))
    }

    @Test("A store that is none ends the command")
    func noStore() throws {
        let metric = try booleanMetric()
        let store = try storeOfReports(of: metric, sealed: [(1, [800, 400])])
        try store.execute("PRAGMA application_id = 7")
        #expect(throws: CommandError.self) { try document(of: [metric], in: store) }
    }

    @Test("Two times are read, and the last days are taken where none are named")
    func times() throws {
        let pair = try TimePair(option: "2026-06-08..2026-06-14=2026-06-01..2026-06-07")
        #expect(pair.later.words == "2026-06-08 to 2026-06-14" && pair.earlier.words == "2026-06-01 to 2026-06-07")
        #expect(try TimePair(option: "2026-06-02=2026-06-01").later.words == "2026-06-02")
        for text in ["", "2026-06-01", "a=b", "2026-06-01..2026-06-03=2026-06-03", "2026-06-01.2026-06-02=2026-05-01"] {
            #expect(throws: (any Error).self, "\(text)") { try TimePair(option: text) }
        }
        #expect(TimePair(halving: [testDay(1)]) == nil)
        let month = try #require(TimePair(halving: (1...30).map(testDay)))
        #expect(month.later.words == "2026-06-24 to 2026-06-30" && month.earlier.words == "2026-06-17 to 2026-06-23")
        #expect(try #require(TimePair(halving: (1...3).map(testDay))).earlier.words == "2026-06-02")
    }
}
