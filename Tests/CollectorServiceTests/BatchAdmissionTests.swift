import CollectorService
import MetricDefinitions
import ReportFormat
import TestSupport
import Testing

@Suite("Admission of reports") struct BatchAdmissionTests {
    /// One report beside an expectation: what is wrong with it, if anything.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var change: @Sendable (inout ReportRecord) -> Void
        var expected: RejectionCode?
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "nothing", change: { _ in }, expected: nil),
        Case(name: "another metric", change: { $0.metric = 99 }, expected: .unknownMetric),
        Case(name: "metric 0", change: { $0.metric = 0 }, expected: .unknownMetric),
        Case(
            name: "another definition", change: { $0.fingerprint = Fingerprint(value: $0.fingerprint.value ^ 1) },
            expected: .parametersMismatch),
        Case(name: "31 days ago", change: { $0.period = testDay.advanced(by: -31) }, expected: nil),
        Case(name: "32 days ago", change: { $0.period = testDay.advanced(by: -32) }, expected: .tooLate),
        Case(name: "tomorrow", change: { $0.period = testDay.advanced(by: 1) }, expected: nil),
        Case(name: "the day after tomorrow", change: { $0.period = testDay.advanced(by: 2) }, expected: .tooEarly),
        Case(name: "no such category", change: { $0.payload = [2] }, expected: .malformed),
        Case(name: "two bytes", change: { $0.payload = [1, 0] }, expected: .malformed),
        Case(
            name: "wrong in every way: the first reason counts",
            change: { report in
                (report.metric, report.payload, report.period) = (99, [9], testDay.advanced(by: 9))
            }, expected: .unknownMetric),
    ]

    @Test("A report is stored unless it breaks a rule, and then the rule is named", arguments: cases)
    func everyRule(_ example: Case) throws {
        let metricSet = try testMetricSet()
        var record = try report(metricSet)
        example.change(&record)
        let batch = try Batch(identifier: try batchIdentifier(1), reports: [record])
        let verdict = BatchAdmission(metricSet).verdict(on: batch, today: testDay)
        #expect(verdict.rejected == example.expected.map { [Rejection(index: 0, code: $0)] } ?? [])
        #expect(verdict.admitted.count == (example.expected == nil ? 1 : 0))
    }

    @Test("A metric's last day is admitted and the day after is expired, whenever they arrive")
    func expiry() throws {
        let lastDay = testDay.advanced(by: -1)
        let metricSet = try testMetricSet(metrics: [try booleanMetric(expiry: .lastDay(lastDay))])
        let records = [try report(metricSet, day: lastDay), try report(metricSet, day: testDay)]
        let batch = try Batch(identifier: try batchIdentifier(1), reports: records)
        let verdict = BatchAdmission(metricSet).verdict(on: batch, today: testDay)
        #expect(verdict.rejected == [Rejection(index: 1, code: .metricExpired)])
        #expect(verdict.admitted.map(\.group.day) == [lastDay])
    }

    @Test("Of several reports of one metric and period in a batch, the first sound one is stored and no other")
    func oneReportPerMetricAndPeriod() throws {
        let metricSet = try testMetricSet()
        let records = [
            try report(metricSet, payload: [7]), try report(metricSet, payload: [0]),
            try report(metricSet, payload: [1]), try report(metricSet, day: testDay.advanced(by: -1)),
            try report(metricSet, metric: 2, payload: [4]), try report(metricSet, payload: [0]),
        ]
        let batch = try Batch(identifier: try batchIdentifier(1), reports: records)
        let verdict = BatchAdmission(metricSet).verdict(on: batch, today: testDay)
        #expect(
            verdict.rejected == [
                Rejection(index: 0, code: .malformed), Rejection(index: 2, code: .duplicateReport),
                Rejection(index: 5, code: .duplicateReport),
            ])
        #expect(verdict.admitted.map(\.payload) == [[0], [1], [4]])
    }

    @Test("What is stored names metric, version and day of the report, and its payload as it came")
    func storedFields() throws {
        let metricSet = try testMetricSet(metrics: [try booleanMetric(identifier: 5, version: 3)])
        let day = testDay.advanced(by: -3)
        let batch = try Batch(
            identifier: try batchIdentifier(1), reports: [try report(metricSet, metric: 5, day: day, payload: [0])])
        let verdict = BatchAdmission(metricSet).verdict(on: batch, today: testDay)
        #expect(
            verdict.admitted == [
                AdmittedReport(group: ReportGroup(metric: 5, version: 3, day: day), payload: [0])
            ])
    }

    @Test("An identifier is kept until no period that its batch can hold is admitted")
    func identifierOutlivesItsReports() throws {
        let admitted = AdmittedBatch(try batchIdentifier(1), reports: [], arrivingOn: testDay)
        let metricSet = try testMetricSet()
        let admission = BatchAdmission(metricSet)
        let latest = testDay.advanced(by: WireLimits.daysAhead)
        let batch = try simpleBatch(metricSet, number: 1, day: latest)
        #expect(admission.verdict(on: batch, today: testDay).rejected.isEmpty)
        let firstDayForgotten = admitted.forgetAfter.advanced(by: 1)
        #expect(
            admission.verdict(on: batch, today: firstDayForgotten).rejected == [Rejection(index: 0, code: .tooLate)])
        let lastDayAdmitted = latest.advanced(by: WireLimits.daysBack)
        #expect(admission.verdict(on: batch, today: lastDayAdmitted).rejected.isEmpty)
        #expect(lastDayAdmitted < admitted.forgetAfter)
    }
}
