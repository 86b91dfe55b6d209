import Foundation
import Reports

/// A document with one metric of these bars, and everything else that a metric can have.
func document(
    of bars: [Bar] = [bar("ORD", 0.052), bar("ATL", 0.0495)], _ change: (inout MetricFindings) -> Void = { _ in }
)
    -> ReportDocument
{
    var findings = MetricFindings(
        reportCount: 336_776, dayCount: 2, firstDay: "2026-06-01", lastDay: "2026-06-02",
        chart: BarChart(scale: .share, bars: bars))
    change(&findings)
    return document(with: .shown(findings))
}

/// A document with one metric.
func document(
    with outcome: ReportedMetric.Outcome, name: String = "destination", question: String = "To which airport?",
    project: String = "flights", endedOn: String? = nil
) -> ReportDocument {
    let metric = ReportedMetric(
        name: name, question: question, owner: "ops@airline.example", mechanism: "rappor, memoized", epsilon: "2.044",
        endedOn: endedOn,
        guarantee: Guarantee(
            posterior: "88.6", permanent: (posterior: "98.1", epsilon: "4.395"),
            sentences: ["Each report is at most e^ε times as likely."]),
        outcome: outcome)
    return ReportDocument(
        project: project, madeOn: "2026-06-30", confidence: 0.95, epsilonPerDay: "2.044", metrics: [metric])
}

/// A bar with an interval of so much to either side.
func bar(
    _ name: String, _ estimate: Double, give: Double = 0.005, standing: Bar.Standing = .detected
) -> Bar {
    Bar(
        name: name, estimate: estimate, low: estimate - give, high: estimate + give,
        standing: standing)
}

/// What stands between all pairs of these marks.
func parts(of page: String, from start: String, to end: String) -> [String] {
    page.components(separatedBy: start).dropFirst().map { $0.components(separatedBy: end)[0] }
}
