internal import Estimation
internal import Foundation
internal import Mechanisms
internal import MetricDefinitions
internal import ReportFormat
internal import Reports

extension GroupComparison {
    static let columns = ["value", "difference", "standard_error", "low", "high", "p_value", "detected"]

    /// The result as it goes to standard output.
    public func rendered(as format: OutputFormat) -> String {
        var text = ""
        write(as: format) { text += $0 }
        return text
    }

    /// Writes ``rendered(as:)`` in blocks.
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
        case .csv: try list(of: Array(rows.indices), for: .spreadsheets).writeCSV(to: sink)
        case .table: try sink(page(on: terminal))
        }
    }

    /// The rows at these positions, then all sums.
    private func list(of positions: [Int], for reader: EstimateRows.Reader) -> RowList {
        let names = first.request.choices.sums.map(\.name)
        return RowList(columns: Self.columns, count: positions.count + sums.count) { row in
            guard row < positions.count else {
                let sum = row - positions.count
                return [.text(names[sum])] + cells(of: sums[sum], for: reader)
            }
            return [name(at: positions[row], for: reader)] + cells(of: rows[positions[row]], for: reader)
        }
    }

    private func name(at row: Int, for reader: EstimateRows.Reader) -> Cell {
        guard !values.isEmpty else { return .text("mean") }
        return EstimateRows.name(of: values[row], in: first.definition.domain, for: reader)
    }

    /// As many digits as the standard error has a use for: three of its own for programs, two for people.
    private func cells(of row: Row, for reader: EstimateRows.Reader) -> [Cell] {
        let difference = row.difference, error = difference.standardError
        let figures = [
            difference.difference, error, difference.interval.lowerBound, difference.interval.upperBound,
        ]
        let verdict: [Cell] = [
            .significant(difference.pValue, digits: reader == .people ? 3 : 6), .boolean(row.isDetected),
        ]
        guard error >= 1e-12, figures.allSatisfy({ abs($0) < 1e15 }) else {
            return figures.map { .significant($0, digits: 15) } + verdict
        }
        let digits = Int((reader == .people ? 1 : 3) - log10(error).rounded(.down))
        return figures.map { .decimal($0, digits: digits) } + verdict
    }

    private func page(on terminal: TerminalStyle?) -> String {
        let list = list(of: shown, for: .people), table = list.table(of: 0..<list.count)
        let text =
            terminal.map { DrawnTable(table: table, chart: chart, percent: percentage, style: $0).text }
            ?? table.rendered(as: .table)
        return ([heading, "", text] + (omission.map { [$0, ""] } ?? []) + notes.map { "- " + $0 })
            .joined(separator: "\n") + "\n"
    }

    /// The rows of the table as a picture.
    var picture: String {
        BarPicture(
            title: "\(first.definition.name): what changed", lines: [first.definition.summary, heading], chart: chart,
            percent: percentage,
            unit: scale == .shareDifference ? "difference of the shares" : "difference of the means",
            notes: [omission].compactMap(\.self) + notes
        ).svg
    }

    /// A bar for each row of the table.
    private var chart: BarChart {
        let bars = shown.map { row in Bar(rows[row], name: shownName(at: row)) }
        let sums = zip(first.request.choices.sums, sums).map { Bar($1, name: $0.name) }
        return BarChart(scale: scale, bars: bars + sums)
    }

    private var scale: FigureScale {
        first.definition.domain.numberRange == nil ? .shareDifference : .numberDifference
    }

    private func shownName(at row: Int) -> String {
        if case .text(let name) = name(at: row, for: .people) { name } else { "" }
    }

    private var percentage: String {
        String(format: "%.6g", first.request.confidence.probability * 100) + " %"
    }

    private var heading: String { "\(heading(of: first)), less \(heading(of: second)); \(percentage) intervals" }

    private var omission: String? {
        let limit = EstimateRows.shownLimit
        guard rows.count > limit else { return nil }
        return
            "\(limit) of \(rows.count) values are shown, detected ones first, the largest differences first; "
            + "\(rows.count { $0.isDetected }) are detected. For all of them: --format csv"
    }

    private var shown: [Int] {
        guard rows.count > EstimateRows.shownLimit else { return Array(rows.indices) }
        let sorted = rows.indices.sorted { left, right in
            let (first, second) = (rows[left], rows[right])
            guard first.isDetected == second.isDetected else { return first.isDetected }
            let (one, other) = (abs(first.difference.difference), abs(second.difference.difference))
            return one == other ? left < right : one > other
        }
        return Array(sorted.prefix(EstimateRows.shownLimit))
    }

    private func heading(of result: EstimateResult) -> String {
        let days = days(of: result)
        return
            "\(result.definition.name), version \(result.definition.version): \(reportCount(of: result)) reports from "
            + "\(days.from) to \(days.to)"
    }

    private func reportCount(of result: EstimateResult) -> Int { result.groups.first?.estimates?.reportCount ?? 0 }

    private func days(of result: EstimateResult) -> (from: String, to: String) {
        let group = result.groups.first
        return (
            (result.request.from ?? group?.from)?.description ?? "", (result.request.to ?? group?.to)?.description ?? ""
        )
    }

    private var json: JSONOutput {
        let list = list(of: Array(rows.indices), for: .programs)
        let names = first.request.choices.sums
        var members: [(String, JSONOutput)] = [
            ("first", .object(members(of: first))), ("second", .object(members(of: second))),
            ("confidence", .cell(.digits(String(format: "%.15g", first.request.confidence.probability)))),
        ]
        members += first.request.choices.members
        let values = list.prefix(rows.count)
        members.append(("rows", values.json))
        if !names.isEmpty {
            let sums = zip(names, self.sums).map { named, row in
                let figures = zip(Self.columns.dropFirst(), cells(of: row, for: .programs))
                    .map { ($0, JSONOutput.cell($1)) }
                return JSONOutput.object(
                    [("sum", .cell(.text(named.name))), ("values", .array(named.jsonMembers))] + figures)
            }
            members.append(("sums", .array(sums)))
        }
        return .document(.compare, members + [("notes", .array(notes.map { .cell(.text($0)) }))])
    }

    private func members(of result: EstimateResult) -> [(String, JSONOutput)] {
        let days = days(of: result)
        return [
            ("metric", .cell(.text(result.definition.name))),
            ("version", .cell(.integer(Int(result.definition.version)))),
            ("fingerprint", .cell(.text(result.definition.fingerprint.description))),
            ("from", .cell(.text(days.from))), ("to", .cell(.text(days.to))),
            ("reports", .cell(.integer(reportCount(of: result)))),
        ]
    }
}
