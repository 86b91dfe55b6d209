internal import ReportFormat
internal import TelemetryAgent

extension AgentCommand {
    /// The journal, decoded: a row for each report that was sent and for each other event.
    static func renderLog(of agent: Agent) throws(AgentError) -> ResultTable {
        let entries = try agent.journal()
        let answers = BatchAnswers(entries)
        var rows: [[ResultTable.Cell]] = []
        for entry in entries {
            switch entry.event {
            case .sent(let batch, let body):
                for (position, report) in try agent.reports(ofBatch: body).enumerated() {
                    let status = answers.status(of: position, in: batch)
                    rows.append(row(entry, "report", status, batch: batch, report))
                }
            case .answered(let batch, let answer): rows.append(row(entry, "attempt", words(answer), batch: batch))
            case .consentGiven: rows.append(row(entry, "consent", "given"))
            case .trimmed: rows.append(row(nil, "dropped", "entries before this were too old or too many"))
            case .metricRetired(let metric):
                rows.append(row(entry, "metric retired", "metric \(metric), by the collector"))
            case .registryAccepted(let sequence, let digest):
                rows.append(row(entry, "metric set", "number \(sequence) taken, SHA-256 \(hexadecimal(digest))"))
            case .registryRefused(let reason): rows.append(row(entry, "metric set", "refused: \(reason)"))
            }
        }
        return ResultTable(
            schema: "dither-agent.log/1",
            columns: [
                "moment", "event", "batch", "metric", "period", "noisy_response", "payload", "epsilon", "epsilon_spent",
                "status",
            ], rows: rows)
    }

    private static func row(
        _ entry: JournalEntry?, _ event: String, _ status: String, batch: BatchIdentifier? = nil,
        _ report: SentReport? = nil
    ) -> [ResultTable.Cell] {
        [
            entry.map { .text(utc($0.seconds)) } ?? .nothing, .text(event),
            batch.map { .text($0.description) } ?? .nothing,
        ] + cells(of: report) + [.text(status)]
    }

    /// Metric, period, response, payload and ε of a report.
    private static func cells(of report: SentReport?) -> [ResultTable.Cell] {
        guard let report else { return [ResultTable.Cell](repeating: .nothing, count: 6) }
        return [
            .text(report.metric), .text(report.period.description), report.response.map { .text($0) } ?? .nothing,
            .text(report.payload), report.epsilonThousandths.map { .number(nats($0)) } ?? .nothing,
            report.spentThousandths.map { .number(nats($0)) } ?? .nothing,
        ]
    }

    private static func words(_ answer: JournalAnswer) -> String {
        switch answer {
        case .delivered(let status, let refused):
            "acknowledged (HTTP \(status))" + (refused.isEmpty ? "" : ", \(refused.count) refused")
        case .refused(let status, let token): "refused: \(token) (HTTP \(status))"
        case .replaced(let status): "goes on in other batches (HTTP \(status))"
        case .failed(let failure): failure.description
        }
    }

    /// The next bundle, one row for each report.
    static func render(_ bundle: NextBundle) -> ResultTable {
        ResultTable(
            schema: "dither-agent.dry-run/1",
            columns: ["batch", "metric", "period", "noisy_response", "payload", "epsilon", "epsilon_spent"],
            rows: bundle.reports.map { report in
                [bundle.batch.map { .text($0.description) } ?? .nothing] + cells(of: report)
            })
    }

    /// What the next bundle is, in a sentence or two.
    static func summary(of bundle: NextBundle, hasEndpoint: Bool) -> String {
        let place = hasEndpoint ? " to \(bundle.url)" : ""
        let moment = bundle.moment.map { ", not before \(utc($0))" } ?? ""
        var text =
            bundle.reports.isEmpty
            ? "nothing waits to be sent."
            : "a flush would post these \(bundle.reports.count) reports\(place) in \(bundle.byteCount) bytes\(moment); "
                + "nothing was sent."
        if !bundle.reports.isEmpty, bundle.batch == nil { text += " Batch and order are drawn when it is sent." }
        if bundle.periodsToClose > 0 {
            text += " It would first close \(bundle.periodsToClose) days that are over and add their reports."
        }
        return text
    }
}

/// What came of each batch in the end.
private struct BatchAnswers {
    private var last: [BatchIdentifier: JournalAnswer] = [:]

    init(_ entries: [JournalEntry]) {
        for entry in entries {
            if case .answered(let batch, let answer) = entry.event { last[batch] = answer }
        }
    }

    func status(of position: Int, in batch: BatchIdentifier) -> String {
        switch last[batch] {
        case nil, .failed: "not acknowledged"
        case .delivered(_, let refused):
            refused.first { $0.index == position }.map { "refused: \($0.code)" } ?? "acknowledged"
        case .refused(_, let token): "refused: \(token)"
        case .replaced: "sent again in another batch"
        }
    }
}
