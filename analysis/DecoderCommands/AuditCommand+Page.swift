internal import Auditing
internal import Foundation
internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions

/// A metric and its audit.
struct AuditedMetric {
    let definition: MetricDefinition
    let audit: MetricAudit

    init(_ definition: MetricDefinition, _ audit: MetricAudit) { (self.definition, self.audit) = (definition, audit) }

    var mechanismName: String {
        let name = type(of: definition.mechanism).identifier
        return definition.isMemoized ? "\(name), memoized" : name
    }

    /// The values that the mechanism tells apart.
    var domainWords: String {
        Self.words(definition.mechanism.configuration.domain)
    }

    private static func words(_ domain: InputDomain) -> String {
        switch domain {
        case .items(let count): "\(count) values"
        case .text: "texts"
        case .range: "numbers"
        case .pair(let first, let second): "\(words(first)) with \(words(second))"
        }
    }
}

/// The result of an audit as text, CSV or JSON.
struct AuditPage {
    private let metrics: [AuditedMetric]
    private let trialCount: Int?
    private let showsAllChecks: Bool

    /// A page about these metrics; without trials there was only the proof.
    init(_ metrics: [AuditedMetric], trialCount: Int?, showsAllChecks: Bool) {
        (self.metrics, self.trialCount, self.showsAllChecks) = (metrics, trialCount, showsAllChecks)
    }

    func rendered(as format: OutputFormat) -> String {
        switch format {
        case .table: text
        case .csv: (showsAllChecks ? checkTable(metrics) : table).rendered(as: .csv)
        case .json: json.rendered + "\n"
        }
    }

    private var text: String {
        var blocks = [sentence + "\n", table.rendered(as: .table)]
        let checks = checkTable(metrics)
        if !checks.rows.isEmpty { blocks.append(checks.rendered(as: .table)) }
        return blocks.joined(separator: "\n")
    }

    private var sentence: String {
        func names(_ verdict: AuditVerdict) -> [String] {
            metrics.filter { $0.audit.verdict == verdict }.map(\.definition.name)
        }
        let (failed, warned) = (names(.failed), names(.warned))
        let effort =
            trialCount.map { "Proven, and attacked with \($0) reports about each input" } ?? "Proven without attacks"
        let subject = metrics.count == 1 ? "the metric" : "all \(metrics.count) metrics"
        guard failed.isEmpty else { return "\(effort): \(failed.joined(separator: ", ")) FAILED." }
        guard warned.isEmpty else {
            return "\(effort): \(subject) passed, with warnings about \(warned.joined(separator: ", "))."
        }
        return "\(effort): \(subject) passed; no metric loses more than it declares."
    }

    private static let columns = [
        "metric", "mechanism", "domain", "epsilon", "proven", "how", "shown", "verdict",
    ]

    private var table: Table {
        var table = Table(columns: Self.columns)
        for metric in metrics { table.append(cells(of: metric)) }
        return table
    }

    private func cells(of metric: AuditedMetric) -> [Cell] {
        let audit = metric.audit
        return [
            .text(metric.definition.name), .text(metric.mechanismName), .text(metric.domainWords),
            .thousandths(audit.epsilon.thousandths), audit.provenLoss.map { .digits($0.description) } ?? .null,
            audit.proofMethod.map { .text($0.rawValue) } ?? .null,
            // A lower bound is rounded down.
            audit.shownLoss.map { .decimal(($0 * 1000).rounded(.down) / 1000, digits: 3) } ?? .null,
            .text(audit.verdict.rawValue),
        ]
    }

    private func checkTable(_ metrics: [AuditedMetric]) -> Table {
        var table = Table(columns: ["metric", "check", "verdict", "finding"])
        for metric in metrics {
            for finding in metric.audit.findings where showsAllChecks || finding.verdict != .passed {
                table.append([
                    .text(metric.definition.name), .text(finding.check.rawValue), .text(finding.verdict.rawValue),
                    .text(finding.text),
                ])
            }
        }
        return table
    }

    private var json: JSONOutput {
        let elements = metrics.map { metric -> JSONOutput in
            let mechanism = metric.definition.mechanism
            var members = zip(Self.columns, cells(of: metric)).map { ($0, JSONOutput.cell($1)) }
            if let memoized = mechanism as? any LongitudinalRandomizer {
                members += [
                    ("epsilon_permanent", .cell(.thousandths(memoized.permanentEpsilon.thousandths))),
                    ("fresh_loss_per_report", .cell(.digits(memoized.instantaneousLoss.description))),
                ]
            }
            let checks = metric.audit.findings.map { finding in
                JSONOutput.object([
                    ("check", .cell(.text(finding.check.rawValue))),
                    ("verdict", .cell(.text(finding.verdict.rawValue))), ("finding", .cell(.text(finding.text))),
                ])
            }
            return .object(members + [("checks", .array(checks))])
        }
        return .document(
            .audit,
            [
                ("summary", .cell(.text(sentence))), ("trials", trialCount.map { .cell(.integer($0)) } ?? .cell(.null)),
                ("false_alarm_rate", .cell(.digits("1e-6"))), ("metrics", .array(elements)),
            ])
    }
}
