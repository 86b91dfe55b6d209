/// Estimates day by day as a line of characters for each value, with the scale of each line beside it.
///
/// A line's scale goes from the lowest lower end to the highest upper end of its intervals, so that noise does not look like
/// news. A day without an estimate is a gap.
public struct Sparklines {
    /// With fewer characters a line says nothing.
    private static let leastWidth = 5

    private let series: [DaySeries]
    private let style: TerminalStyle

    /// Lines about these values, all over the same days.
    public init(_ series: [DaySeries], style: TerminalStyle) { (self.series, self.style) = (series, style) }

    /// A heading and a line for each value, none wider than the terminal; `nil` where it is too narrow or there are no two
    /// days.
    public var block: [String]? {
        let points = series.first?.points ?? []
        guard let first = points.first?.index, let last = points.last?.index, last > first else { return nil }
        let room = style.columnCount - 1
        let names = series.map { style.visible($0.name) }, scales = series.map { style.figure(scaleText(of: $0)) }
        let nameWidth = min(names.map(DisplayText.width).max() ?? 0, max(4, room / 4))
        let scaleWidth = scales.map(DisplayText.width).max() ?? 0
        let width = min(last - first + 1, room - nameWidth - scaleWidth - 4)
        guard width >= min(Self.leastWidth, last - first + 1) else { return nil }
        let days = (last - width + 1)...last
        let lines = zip(zip(names, scales), series).map { texts, series in
            let name = DisplayText.truncated(texts.0, to: nameWidth, ellipsis: style.ellipsis)
            return DisplayText.padded(name, to: nameWidth) + "  "
                + style.coloured(line(of: series, on: days)) + "  " + texts.1
        }
        return heading(of: days, in: points).flatMap { DisplayText.wrapped($0, to: room) } + lines
    }

    private func heading(of days: ClosedRange<Int>, in points: [DaySeries.Point]) -> [String] {
        guard let first = points.first, let last = points.last else { return [] }
        let levels = style.levels
        let shown = days.count < last.index - first.index + 1 ? "the last \(days.count) days until" : "\(first.day) to"
        return [
            "Day by day, \(shown) \(last.day); \(levels[0]) is the lowest end of a value's intervals and "
                + "\(levels[levels.count - 1]) the highest, as said behind it with the widest interval's half; a gap is a day "
                + "that is withheld or has no reports."
        ]
    }

    private func bars(of series: DaySeries) -> [Bar] { series.points.compactMap(\.bar).filter(\.isDrawn) }

    /// Such as `4.61 to 9.52 %, ± 0.62`.
    private func scaleText(of series: DaySeries) -> String {
        let bars = bars(of: series)
        guard let (low, high) = ends(of: bars), let error = bars.map(\.error).max()
        else { return "-" }
        let sign = style.isUnicode ? "±" : "+-"
        return series.scale.text(low, high, error: error) + ", \(sign) " + series.scale.bare(error, error: error)
    }

    private func line(of series: DaySeries, on days: ClosedRange<Int>) -> String {
        let bars = bars(of: series), levels = style.levels
        var cells = [Character](repeating: " ", count: days.count)
        guard let (low, high) = ends(of: bars) else { return String(cells) }
        for point in series.points {
            guard days.contains(point.index), let bar = point.bar, bar.isDrawn else { continue }
            let share = BarAxis.share(of: bar.estimate, from: low, to: high)
            cells[point.index - days.lowerBound] = levels[min(Int(share * Double(levels.count)), levels.count - 1)]
        }
        return String(cells)
    }

    /// The scale of a line: all intervals, and estimates, which those of detected texts may leave.
    private func ends(of bars: [Bar]) -> (low: Double, high: Double)? {
        guard let low = bars.map({ min($0.low, $0.estimate) }).min(),
            let high = bars.map({ max($0.high, $0.estimate) }).max()
        else { return nil }
        return (low, high)
    }
}
