internal import Glibc
internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat

/// What metrics ask, and what their reports can tell about one device, from the metric set alone. The numbers are those of
/// `dither registry explain`, which says more.
struct Explanation {
    var metrics: [MetricDefinition]

    /// One statement: a name and a value for programs, a sentence for people.
    private struct Fact {
        var name: String
        var value: ResultTable.Cell
        var sentence: String
    }

    /// A page of sentences as a table, else one row for each fact.
    func rendered(as format: OutputFormat) -> String {
        guard format == .table else {
            let rows = metrics.flatMap { metric in
                Self.facts(of: metric).map { fact -> [ResultTable.Cell] in
                    [.text(metric.name), .text(fact.name), fact.value, .text(fact.sentence)]
                }
            }
            return ResultTable(
                schema: "dither-agent.explain/1", columns: ["metric", "what", "value", "in_words"], rows: rows
            ).rendered(as: format)
        }
        return metrics.map { metric in
            ([metric.name] + Self.facts(of: metric).map { "  " + ResultTable.printable($0.sentence) })
                .joined(separator: "\n") + "\n"
        }.joined(separator: "\n")
    }

    private static func facts(of metric: MetricDefinition) -> [Fact] {
        question(of: metric) + guarantees(of: metric) + [
            Fact(
                name: "period_cap", value: .number(String(metric.periodCap)),
                sentence: "A device stops \(metric.periodCap) days after its enrolment, sent or not."),
            expiry(of: metric),
        ]
    }

    private static func question(of metric: MetricDefinition) -> [Fact] {
        let name = type(of: metric.mechanism).identifier
        return [
            Fact(name: "description", value: .text(metric.summary), sentence: metric.summary),
            Fact(
                name: "mechanism", value: .text(name),
                sentence: "Once a day the device sends one noisy report by \(name)"
                    + (metric.isMemoized
                        ? ", memoized: one answer per value is kept, and fresh noise is put on it in every report."
                        : ", with fresh noise in every report.")),
        ] + halves(of: metric) + [
            Fact(name: "when_absent", value: .text(absence(of: metric).0), sentence: absence(of: metric).1)
        ]
    }

    /// What the two values of a pair are.
    private static func halves(of metric: MetricDefinition) -> [Fact] {
        guard case .pair(let first, let second) = metric.domain, let pair = metric.mechanism as? any PairRandomizer
        else { return [] }
        func words(_ variable: MetricVariable, _ mechanism: any LocalRandomizer) -> String {
            "\(variable.name) by \(type(of: mechanism).identifier) with epsilon \(mechanism.epsilon)"
        }
        return [
            Fact(
                name: "paired", value: .text("\(first.name), \(second.name)"),
                sentence:
                    "These two are reported together, so that whoever reads the reports can ask how they go together: "
                    + words(first, pair.first) + ", " + words(second, pair.second) + ".")
        ]
    }

    private static func absence(of metric: MetricDefinition) -> (String, String) {
        switch metric.whenAbsent {
        case .none: ("none", "A day without an event is an answer of its own, with the same noise.")
        case .last: ("last", "A day without an event repeats the last kept answer.")
        case .skip: ("skip", "A day without an event sends nothing: on which days something happened is public.")
        case .value(let value):
            ("value: \(value.text)", "A day without an event counts as \(value.text), with the same noise.")
        }
    }

    private static func guarantees(of metric: MetricDefinition) -> [Fact] {
        let loss = metric.mechanism.loss
        var facts = [
            Fact(
                name: "epsilon", value: .number(metric.mechanism.epsilon.description),
                sentence: "Epsilon of one report is \(metric.mechanism.epsilon)."),
            Fact(
                name: "posterior_percent", value: .number(percent(loss)),
                sentence: "Someone who held an answer 50:50 ends at most at \(percent(loss)) % after one report."),
        ]
        guard let memoized = metric.mechanism as? any LongitudinalRandomizer,
            case .memoized(let reports, let declaredValues) = metric.lifetime
        else {
            let sum = AgentCommand.nats(metric.periodCap * metric.mechanism.epsilon.thousandths)
            facts.append(
                Fact(
                    name: "epsilon_all_reports", value: .number(sum),
                    sentence: "All reports of a device together lose at most epsilon \(sum), whatever the values."))
            return facts
        }
        let perReport = memoized.instantaneousLoss, unit = memoized.memoizedUnit
        let distinctValues = min(declaredValues, memoized.distinctResponseLimit)
        return facts + [
            Fact(
                name: "epsilon_permanent", value: .number(memoized.permanentEpsilon.description),
                sentence: "Any number of reports about one unchanging value lose at most epsilon "
                    + "\(memoized.permanentEpsilon): 50:50 ends at most at \(percent(memoized.permanentLoss)) %."),
            Fact(
                name: "epsilon_lifetime", value: .number(metric.lifetimeBudget.description),
                sentence:
                    "Two histories in which the same reports repeat a \(unit), of up to \(distinctValues) distinct "
                    + "\(unit)s, differ by at most epsilon \(metric.lifetimeBudget). This says nothing about when a \(unit) "
                    + "changed."
            ),
            Fact(
                name: "epsilon_per_differing_report", value: .number(perReport.description),
                sentence:
                    "Two histories that differ at s reports differ by at most s times \(perReport), without condition: "
                    + "up to \(perReport.times(reports)) over all \(reports) reports."),
        ]
    }

    private static func expiry(of metric: MetricDefinition) -> Fact {
        switch metric.expiry {
        case .lastDay(let day):
            Fact(name: "expires", value: .text(day.description), sentence: "Nothing is reported after \(day).")
        case .never(let reason):
            Fact(name: "expires", value: .text("never"), sentence: "The metric does not expire: \(reason)")
        }
    }

    /// The most that someone who held a value 50:50 can believe in it after an event of this loss, in percent with one
    /// decimal, rounded up: e^ε / (1 + e^ε).
    private static func percent(_ loss: PrivacyLoss) -> String {
        let posterior = 1 / (1 + exp(-Double(loss.nanonats) / 1e9))
        let tenths = min(1_000, Int((posterior.nextUp * 1_000).rounded(.up)))
        return "\(tenths / 10).\(tenths % 10)"
    }
}
