internal import MetricDefinitions
internal import Reports

extension EstimateResult {
    /// The rows as a picture: bars, or by period a panel for each; `nil` below the release gate.
    var picture: String? {
        guard hasReleasedGroup else { return nil }
        let below = [omission].compactMap(\.self) + notes
        let lines = [definition.summary, heading]
        guard request.byPeriod else {
            guard let group = groups.first, let chart = chart(of: group) else { return nil }
            return BarPicture(
                title: definition.name, lines: lines, chart: chart, percent: percentage, unit: unit, notes: below
            ).svg
        }
        return SeriesPicture(
            title: definition.name, lines: lines, series: series, percent: percentage, unit: unit, notes: below
        ).svg
    }

    /// The intervals' confidence, such as `95 %`.
    var percentage: String { percent + " %" }

    private var unit: String { scale == .share ? "share of the reports" : "in the metric's own unit" }

    /// A table with what can be drawn of it.
    func drawn(_ table: Table, on style: TerminalStyle) -> String {
        guard request.byPeriod else {
            guard let group = groups.first, let chart = chart(of: group) else { return table.rendered(as: .table) }
            return DrawnTable(table: table, chart: chart, percent: percentage, style: style).text
        }
        let days = Sparklines(series, style: style).block.map { [""] + $0 } ?? []
        return (table.lines(on: style) + days).map { $0 + "\n" }.joined()
    }
}
