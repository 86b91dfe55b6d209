internal import Estimation
internal import Foundation
internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat

extension EstimateResult {
    static let columns = [
        "value", "count", "standard_error", "frequency", "frequency_low", "frequency_high", "p_value", "detected",
    ]

    /// The result as it goes to standard output; empty where the format has nothing to say of withheld groups.
    public func rendered(as format: OutputFormat) -> String {
        switch format {
        case .json: json.rendered + "\n"
        case .csv: hasReleasedGroup ? table(forPeople: false).rendered(as: .csv) : ""
        case .table: hasReleasedGroup ? page : ""
        }
    }

    /// Why groups are withheld, one sentence each.
    public var withheldReasons: [String] {
        groups.filter { $0.estimates == nil }.map { group in
            let period = request.byPeriod ? " of \(group.from)" : ""
            return "\(definition.name)\(period): \(withheldReason), so nothing is shown"
        }
    }

    private var withheldReason: String {
        "fewer than \(definition.minimumReports) reports, the metric's minimum_reports"
    }

    private var page: String {
        let released = groups.compactMap(\.estimates)
        let reportCount = released.reduce(0) { $0 + $1.reportCount }
        let heading =
            "\(definition.name), version \(definition.version): \(mechanismName), ε \(definition.mechanism.epsilon) a "
            + "report; \(reportCount) reports from \(firstDay) to \(lastDay); \(percent) % intervals"
        return ([heading, "", table(forPeople: true).rendered(as: .table)] + notes.map { "- " + $0 })
            .joined(separator: "\n") + "\n"
    }

    private var mechanismName: String {
        let name = type(of: definition.mechanism).identifier
        return definition.isMemoized ? "\(name), memoized" : name
    }

    private var percent: String { String(format: "%.6g", request.confidence.probability * 100) }
    private var firstDay: String { request.from?.description ?? groups.first?.from.description ?? "" }
    private var lastDay: String { request.to?.description ?? groups.last?.to.description ?? "" }

    private func table(forPeople: Bool) -> Table {
        var table = Table(columns: (request.byPeriod ? ["period"] : []) + Self.columns)
        for group in groups {
            guard let estimates = group.estimates else { continue }
            let period: [Cell] = request.byPeriod ? [.text(group.from.description)] : []
            let digits = EstimateDigits(reportCount: estimates.reportCount, forPeople: forPeople)
            for (label, estimate) in zip(definition.itemLabels, estimates.values) {
                table.append(period + [.text(label)] + digits.cells(of: estimate))
            }
        }
        return table
    }
}

extension EstimateResult {
    private var json: JSONOutput {
        guard hasReleasedGroup else {
            return .object([("metric", .cell(.text(definition.name))), ("withheld", withheld)])
        }
        let mechanism = definition.mechanism
        var members: [(String, JSONOutput)] = [
            ("metric", .cell(.text(definition.name))), ("version", .cell(.integer(Int(definition.version)))),
            ("fingerprint", .cell(.text(definition.fingerprint.description))),
            ("mechanism", .cell(.text(type(of: mechanism).identifier))),
            ("memoized", .cell(.boolean(definition.isMemoized))),
            ("epsilon", .cell(.thousandths(mechanism.epsilon.thousandths))),
            ("realised_loss", .cell(.digits(mechanism.loss.description))),
        ]
        if let memoized = mechanism as? any LongitudinalRandomizer {
            members += [
                ("epsilon_permanent", .cell(.thousandths(memoized.permanentEpsilon.thousandths))),
                ("realised_permanent_loss", .cell(.digits(memoized.permanentLoss.description))),
            ]
        }
        members += [
            ("confidence", .cell(.digits(String(format: "%.15g", request.confidence.probability)))),
            ("from", .cell(.text(firstDay))), ("to", .cell(.text(lastDay))),
            ("minimum_reports", .cell(.integer(definition.minimumReports))),
        ]
        if request.byPeriod {
            let periods = groups.map { group in
                JSONOutput.object([("period", .cell(.text(group.from.description)))] + self.members(of: group))
            }
            members.append(("periods", .array(periods)))
        } else {
            members += groups.flatMap(self.members(of:))
        }
        return .object(members + [("notes", .array(notes.map { .cell(.text($0)) }))])
    }

    private func members(of group: EstimateGroup) -> [(String, JSONOutput)] {
        guard let estimates = group.estimates else {
            return [("withheld", withheld)]
        }
        let digits = EstimateDigits(reportCount: estimates.reportCount, forPeople: false)
        let rows = zip(valueCells, estimates.values).map { value, estimate in
            JSONOutput.object(zip(Self.columns, [value] + digits.cells(of: estimate)).map { ($0, .cell($1)) })
        }
        return [("reports", .cell(.integer(estimates.reportCount))), ("rows", .array(rows))]
    }

    private var withheld: JSONOutput {
        .object([
            ("reason", .cell(.text(withheldReason))),
            ("required_reports", .cell(.integer(definition.minimumReports))),
        ])
    }

    /// Truth values as such, and no event as null.
    private var valueCells: [Cell] {
        let values: [Cell] =
            switch definition.domain {
            case .boolean: [.boolean(false), .boolean(true)]
            case .category(let names): names.map { .text($0) }
            case .string, .number: []
            }
        return values + Array(repeating: .null, count: definition.itemLabels.count - values.count)
    }
}

/// With how many digits estimates are written.
private struct EstimateDigits {
    let count: Int
    let frequency: Int
    let significant: Int

    /// For programs, enough that frequency times reports gives the count in all its digits.
    init(reportCount: Int, forPeople: Bool) {
        (count, significant) = forPeople ? (1, 3) : (3, 6)
        frequency = forPeople ? 6 : 4 + String(reportCount).count
    }

    /// The columns after the value.
    func cells(of estimate: FrequencyEstimate) -> [Cell] {
        [
            .decimal(estimate.count, digits: count), .decimal(estimate.standardError, digits: count),
            .decimal(estimate.frequency, digits: frequency),
            .decimal(estimate.interval.lowerBound, digits: frequency),
            .decimal(estimate.interval.upperBound, digits: frequency),
            .digits(String(format: "%.\(significant)g", estimate.pValue)), .boolean(estimate.isDetected),
        ]
    }
}
