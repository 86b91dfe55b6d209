internal import Estimation
internal import Foundation
internal import LocalPrivacy
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat
internal import Reports

extension EstimateResult {
    /// The result as it goes to standard output; empty where the format has nothing to say of withheld groups.
    public func rendered(as format: OutputFormat) -> String {
        var text = ""
        write(as: format) { text += $0 }
        return text
    }

    /// Writes ``rendered(as:)`` in blocks: of a million rows, no more than one block is in memory.
    public func write<Failure: Error>(
        as format: OutputFormat, to sink: (String) throws(Failure) -> Void
    ) throws(Failure) {
        try write(as: format, on: nil, to: sink)
    }

    /// Writes the result, as a table with bars where that goes to a terminal.
    func write<Failure: Error>(
        as format: OutputFormat, on terminal: TerminalStyle?, to sink: (String) throws(Failure) -> Void
    ) throws(Failure) {
        switch format {
        case .json:
            try json.write(to: sink)
            try sink("\n")
        case .csv where hasReleasedGroup: try writeCSV(to: sink)
        case .table where hasReleasedGroup: try sink(page(on: terminal))
        case .csv, .table: break
        }
    }

    /// Why groups are withheld, one sentence each.
    public var withheldReasons: [String] {
        groups.filter { $0.estimates == nil }.map { group in
            let period = request.byPeriod ? " of \(group.from)" : ""
            return "\(definition.name)\(period): \(definition.gateReason), so nothing is shown"
        }
    }

    private func writeCSV<Failure: Error>(to sink: (String) throws(Failure) -> Void) throws(Failure) {
        var block = TextBlock()
        try block.append(Table.separatedLine(of: columns.map { .text($0) }), sink)
        for group in groups {
            guard let rows = rows(of: group) else { continue }
            for row in 0..<rows.count {
                let cells = period(of: group) + rows.cells(at: row, for: .spreadsheets)
                try block.append(Table.separatedLine(of: cells), sink)
            }
            for cells in sumCells(of: group, for: .spreadsheets) {
                try block.append(Table.separatedLine(of: period(of: group) + cells), sink)
            }
        }
        try block.finish(sink)
    }

    private func page(on terminal: TerminalStyle?) -> String {
        let table = terminal.map { drawn(self.table, on: $0) } ?? self.table.rendered(as: .table)
        return ([heading, "", table] + (omission.map { [$0, ""] } ?? []) + notes.map { "- " + $0 })
            .joined(separator: "\n") + "\n"
    }

    /// What was estimated from which reports, in a line.
    var heading: String {
        let released = groups.compactMap(\.estimates)
        let reportCount = released.reduce(0) { $0 + $1.reportCount }
        return
            "\(definition.name), version \(definition.version): \(mechanismName), ε \(definition.mechanism.epsilon) a "
            + "report; \(reportCount) reports from \(firstDay) to \(lastDay); \(percent) % intervals"
    }

    private var table: Table {
        var table = Table(columns: columns)
        for group in groups {
            guard let rows = rows(of: group) else { continue }
            for row in rows.shown { table.append(period(of: group) + rows.cells(at: row, for: .people)) }
            for cells in sumCells(of: group, for: .people) { table.append(period(of: group) + cells) }
        }
        return table
    }

    /// What a table leaves out of long lists of values.
    var omission: String? {
        let limit = EstimateRows.shownLimit
        guard values.count > limit else { return nil }
        let detected = groups.compactMap { rows(of: $0)?.detectedCount }
        let detectedText = request.byPeriod ? "" : "; \(detected.first ?? 0) are detected"
        return
            "\(limit) of \(values.count) values are shown\(request.byPeriod ? " for each period" : ""), detected ones "
            + "first, the most frequent first\(detectedText). For all of them: --format csv"
    }

    private var columns: [String] {
        (request.byPeriod ? ["period"] : []) + valueColumns
    }

    private var valueColumns: [String] {
        (numberColumns ?? EstimateRows.columns(of: definition.domain) + request.choices.columns)
            + request.choices.falseDeviceColumns
    }

    private func sumCells(of group: EstimateGroup, for reader: EstimateRows.Reader) -> [[Cell]] {
        let others = request.choices.falseDeviceColumns.map { _ in Cell.null }
        let sums = group.estimates.map { EstimateRows.sumCells($0, names: request.choices.sums, for: reader) } ?? []
        return sums.map { $0 + others }
    }

    private func period(of group: EstimateGroup) -> [Cell] {
        request.byPeriod ? [.text(group.from.description)] : []
    }

    func rows(of group: EstimateGroup) -> EstimateRows? {
        group.estimates.map { estimates in
            EstimateRows(
                estimates, of: values, in: definition.domain,
                falseReportCount: request.choices.falseDevices?.reportCount(
                    of: estimates.reportCount, periodCount: group.periodCount))
        }
    }

    private var mechanismName: String {
        let name = type(of: definition.mechanism).identifier
        return definition.isMemoized ? "\(name), memoized" : name
    }

    var percent: String { String(format: "%.6g", request.confidence.probability * 100) }
    private var firstDay: String { request.from?.description ?? groups.first?.from.description ?? "" }
    private var lastDay: String { request.to?.description ?? groups.last?.to.description ?? "" }
}

extension EstimateResult {
    private var json: JSONOutput {
        guard hasReleasedGroup else {
            return .document(.estimate, [("metric", .cell(.text(definition.name))), ("withheld", withheld)])
        }
        var members = [("metric", JSONOutput.cell(.text(definition.name)))] + definition.versionMembers
        members += [
            ("confidence", .cell(.digits(String(format: "%.15g", request.confidence.probability)))),
            ("from", .cell(.text(firstDay))), ("to", .cell(.text(lastDay))),
            ("minimum_reports", .cell(.integer(definition.minimumReports))),
        ]
        members += request.choices.members
        if request.byPeriod {
            let periods = groups.map { group in
                JSONOutput.object([("period", .cell(.text(group.from.description)))] + self.members(of: group))
            }
            members.append(("periods", .array(periods)))
        } else {
            members += groups.flatMap(self.members(of:))
        }
        return .document(.estimate, members + [("notes", .array(notes.map { .cell(.text($0)) }))])
    }

    private func members(of group: EstimateGroup) -> [(String, JSONOutput)] {
        guard let estimates = group.estimates, let rows = rows(of: group) else {
            return [("withheld", withheld)]
        }
        let columns = valueColumns
        let elements = JSONOutput.elements(count: rows.count) { row in
            .object(zip(columns, rows.cells(at: row, for: .programs)).map { ($0, .cell($1)) })
        }
        return [("reports", .cell(.integer(estimates.reportCount)))]
            + screenMembers(of: estimates) + (estimates.remarks.map { members(of: $0) } ?? []) + [("rows", elements)]
            + sumMembers(of: estimates, columns: columns)
    }

    private var withheld: JSONOutput {
        .object([
            ("reason", .cell(.text(definition.gateReason))),
            ("required_reports", .cell(.integer(definition.minimumReports))),
        ])
    }
}

extension MetricDefinition {
    /// The version and what it guarantees, for programs.
    var versionMembers: [(String, JSONOutput)] {
        var members: [(String, JSONOutput)] = [
            ("version", .cell(.integer(Int(version)))), ("fingerprint", .cell(.text(fingerprint.description))),
            ("mechanism", .cell(.text(type(of: mechanism).identifier))), ("memoized", .cell(.boolean(isMemoized))),
            ("epsilon", .cell(.thousandths(mechanism.epsilon.thousandths))),
            ("realised_loss", .cell(.digits(mechanism.loss.description))),
        ]
        if let memoized = mechanism as? any LongitudinalRandomizer {
            members += [
                ("epsilon_permanent", .cell(.thousandths(memoized.permanentEpsilon.thousandths))),
                ("realised_permanent_loss", .cell(.digits(memoized.permanentLoss.description))),
            ]
        }
        return members
    }
}
