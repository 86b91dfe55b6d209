internal import Estimation
internal import Foundation
internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat

extension ExportDocument {
    /// The whole document, its rows made as they are written.
    var json: JSONOutput {
        .document(
            .export,
            [
                ("project", .cell(.text(project))),
                ("made_on", .cell(.text(madeOn.description))),
                ("confidence", .cell(.digits(String(format: "%.15g", confidence.probability)))),
                ("by", byPeriod ? .cell(.text(EstimateGrouping.period.rawValue)) : .cell(.null)),
                ("metrics", .array(metrics.map(\.json))), ("rows", rows(for: .programs).json),
                (
                    "withheld",
                    .array(metrics.flatMap { metric in metric.omissions.map { $0.json(of: metric.definition) } })
                ),
            ])
    }
}

extension ExportedMetric {
    /// Whether there are figures: `shown`, or the kind of its omission.
    var status: String {
        switch outcome {
        case .shown: "shown"
        case .withheld: ExportOmission.Kind.withheld.rawValue
        case .failed: ExportOmission.Kind.failed.rawValue
        }
    }

    fileprivate var json: JSONOutput {
        .object(
            [("metric", .cell(.text(definition.name)))] + definition.versionMembers + [
                ("type", .cell(.text(definition.domain.typeName))), ("question", .cell(.text(definition.summary))),
                ("owner", .cell(.text(definition.owner))),
                ("minimum_reports", .cell(.integer(definition.minimumReports))), ("status", .cell(.text(status))),
                ("notes", .array(notes.map { .cell(.text($0)) })),
            ])
    }
}

extension ExportOmission {
    fileprivate func json(of definition: MetricDefinition) -> JSONOutput {
        .object([
            ("metric", .cell(.text(definition.name))), ("version", .cell(.integer(Int(definition.version)))),
            ("day", day.map { .cell(.text($0.description)) } ?? .cell(.null)),
            ("kind", .cell(.text(kind.rawValue))), ("reason", .cell(.text(reason))),
        ])
    }
}
