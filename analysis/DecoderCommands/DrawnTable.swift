internal import Reports

/// A table on a terminal, with bars beside its rows, or below them where there is no room.
struct DrawnTable {
    private static let gap = 2

    let table: Table
    /// A bar for each row.
    let chart: BarChart
    /// The intervals' confidence, such as `95 %`.
    let percent: String
    let style: TerminalStyle

    /// The lines; without bars where the terminal is too narrow for them.
    var text: String {
        let lines = table.lines(on: style)
        let widest = lines.map(style.width).max() ?? 0
        let room = style.columnCount - 1
        if let bars = TerminalBars(chart, width: room - widest - Self.gap, style: style) {
            let beside = zip(lines, [bars.axisLine] + bars.lines).map { line, bar in
                bar.isEmpty
                    ? line : line + String(repeating: " ", count: widest + Self.gap - style.width(of: line)) + bar
            }
            return joined(beside + [""] + bars.legend(percent: percent, columnCount: room))
        }
        let below = TerminalBars.block(chart, percent: percent, style: style).map { [""] + $0 } ?? []
        return joined(lines + below)
    }

    private func joined(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }
}

extension Table {
    /// The header and the rows as a terminal shows them, in columns of one width whatever is in them.
    func lines(on style: TerminalStyle) -> [String] {
        lines(
            shown: { cell in
                if case .text(let text) = cell { return style.visible(text) }
                return cell.shown
            }, width: style.width)
    }
}
