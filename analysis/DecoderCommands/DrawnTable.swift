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
    /// A column of texts is not made narrower than this.
    private static let leastTextWidth = 32

    /// The header and the rows as a terminal shows them, in columns of one width whatever is in them. Where they are too wide
    /// for it, and fit with the longest texts cut short, these are; not where two would become one.
    func lines(on style: TerminalStyle) -> [String] {
        func lines(of cells: Int) -> [String] {
            self.lines(
                shown: { cell in
                    guard case .text(let text) = cell else { return cell.shown }
                    return style.truncated(style.visible(text), to: cells)
                }, width: style.width)
        }
        let whole = lines(of: .max)
        let excess = (whole.map(style.width).max() ?? 0) - (style.columnCount - 1)
        guard excess > 0 else { return whole }
        let texts = Set(rows.joined().compactMap { if case .text(let text) = $0 { style.visible(text) } else { nil } })
        let width = (texts.map(style.width).max() ?? 0) - excess
        guard width >= Self.leastTextWidth, Set(texts.map { style.truncated($0, to: width) }).count == texts.count
        else {
            return whole
        }
        return lines(of: width)
    }
}
