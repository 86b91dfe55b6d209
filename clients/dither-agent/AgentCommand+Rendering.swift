internal import LocalPrivacy
internal import ReportFormat
internal import TelemetryAgent

extension AgentCommand {
    static func render(_ status: AgentStatus) -> ResultTable {
        var rows: [[ResultTable.Cell]] = [
            [.text("telemetry"), .text(status.consent.isOn ? "on" : "off")],
            [.text("decided"), .text(status.consent.description)],
        ]
        if let day = status.firstPeriod { rows.append([.text("first period"), .text(day.description)]) }
        if let problem = status.secretProblem {
            rows.append([.text("secret"), .text(name(of: problem, replacedOn: status.secretReplacedOn))])
        }
        if let day = status.unconfirmedDay {
            rows.append([.text("calendar"), .text("jumped ahead to \(day), which nothing has confirmed so far")])
        }
        rows += [
            [.text("reports waiting"), .number(String(status.waiting))],
            [.text("reports acknowledged"), .number(String(status.acknowledged))],
            [.text("reports refused"), .number(String(status.rejected))],
            [.text("reports too old to send"), .number(String(status.expired))],
            [.text("reports dropped from a full queue"), .number(String(status.overflowed))],
            [.text("reports of retired metrics"), .number(String(status.retired))],
            [.text("clipped values"), .number(String(status.clipped))],
            [.text("failed uploads in a row"), .number(String(status.failures))],
        ]
        if let sequence = status.registrySequence {
            rows.append([.text("signed metric set"), .number(String(sequence))])
        }
        if let failure = status.lastFailure {
            rows.append([.text("last upload failed"), .text(failure.description)])
        }
        if let moment = status.nextBundle { rows.append([.text("next bundle"), .text(Self.utc(moment))]) }
        if let moment = status.nextAttempt { rows.append([.text("next upload after"), .text(Self.utc(moment))]) }
        return ResultTable(schema: "dither-agent.status/1", columns: ["what", "state"], rows: rows)
    }

    static func render(_ lines: [BudgetLine]) -> ResultTable {
        ResultTable(
            schema: "dither-agent.budget/1",
            columns: [
                "metric", "version", "epsilon", "reports", "epsilon_spent", "distinct_values", "first_period",
                "last_period", "retired",
            ],
            rows: lines.map { line in
                [
                    .text(line.metric), .number(String(line.version)), .number(nats(line.epsilonThousandths)),
                    .number(String(line.reports)), line.spentThousandths.map { .number(nats($0)) } ?? .nothing,
                    line.distinctValues.map { .number(String($0)) } ?? .nothing,
                    .text(line.firstPeriod.description), .text(line.lastPeriod.description),
                    .truth(line.isRetired),
                ]
            })
    }

    static func render(_ reports: [WaitingReport]) -> ResultTable {
        ResultTable(
            schema: "dither-agent.show/1",
            columns: ["metric", "period", "stage", "noisy_response", "payload"],
            rows: reports.map { report in
                [
                    .text(report.metric), .text(report.period.description), .text(name(of: report.stage)),
                    report.response.map { .text($0) } ?? .nothing, .text(report.payload),
                ]
            })
    }

    static func render(_ report: FlushReport) -> ResultTable {
        let rejected = report.rejected.values.reduce(0, +)
        return ResultTable(
            schema: "dither-agent.flush/1",
            columns: ["acknowledged", "rejected", "waiting", "next_attempt"],
            rows: [
                [
                    .number(String(report.acknowledged)), .number(String(rejected)),
                    .number(String(report.waiting)),
                    (report.nextAttempt ?? report.nextBundle).map { .text(utc($0)) } ?? .nothing,
                ]
            ])
    }

    private static func name(of problem: SecretProblem, replacedOn day: UTCDay?) -> String {
        let what =
            switch problem {
            case .missing: "missing"
            case .damaged: "damaged"
            case .madeElsewhere: "made on another machine"
            }
        return what + (day.map { "; a new one is made on \($0)" } ?? "; nothing is reported until `off`, then `on`")
    }

    private static func name(of stage: WaitingReport.Stage) -> String {
        switch stage {
        case .open: "open"
        case .queued: "queued"
        case .unacknowledged: "unacknowledged"
        }
    }

    static func nats(_ thousandths: Int) -> String {
        guard let budget = try? PrivacyBudget(thousandths: thousandths) else { return String(thousandths) + "e-3" }
        return budget.description
    }

    /// A moment as `YYYY-MM-DDThh:mm:ssZ`.
    static func utc(_ seconds: Int64) -> String {
        let day = UTCDay(containing: seconds)
        let second = Int(seconds - day.startInSeconds)
        func pair(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        return "\(day)T\(pair(second / 3600)):\(pair(second / 60 % 60)):\(pair(second % 60))Z"
    }
}
