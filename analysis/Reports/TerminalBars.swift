/// The bars of a chart as lines of characters, on the scale that its drawings have.
///
/// A bar goes from nothing to the estimate's mark, and over it the interval from end to end. What is detected differs from what
/// is not in the characters of both.
public struct TerminalBars {
    /// With fewer characters a bar says nothing.
    public static let leastWidth = 16
    /// More do not help the eye.
    public static let greatestWidth = 80

    private let chart: BarChart
    private let axis: BarAxis
    private let style: TerminalStyle
    private let width: Int

    /// Bars so many characters wide, at most ``greatestWidth``; `nil` where they are too few, or nothing can be drawn.
    public init?(_ chart: BarChart, width: Int, style: TerminalStyle) {
        guard width >= Self.leastWidth, chart.bars.contains(where: \.isDrawn) else { return nil }
        (self.chart, self.style, self.width) = (chart, style, min(width, Self.greatestWidth))
        axis = BarAxis(chart)
    }

    /// The ends of the scale, and nothing between them where there is room.
    public var axisLine: String {
        let low = style.figure(axis.text(axis.low, chart.scale)), high = style.figure(axis.text(axis.high, chart.scale))
        guard low.count + high.count < width else { return "" }
        var line = [Character](repeating: " ", count: width)
        line.replaceSubrange(0..<low.count, with: low)
        line.replaceSubrange((width - high.count)..., with: high)
        let origin = cell(0)
        if axis.low < 0, axis.high > 0, origin > low.count, origin < width - high.count - 1 { line[origin] = "0" }
        return String(line)
    }

    /// A line for each bar, in their order, none longer than the width.
    public var lines: [String] { chart.bars.map(line) }

    private func line(of bar: Bar) -> String {
        guard bar.isDrawn else {
            return DisplayText.truncated(BarDrawing.undrawn, to: width, ellipsis: style.ellipsis)
        }
        let glyphs = style.glyphs
        var cells = [Character](repeating: " ", count: width)
        let origin = cell(0), estimate = cell(bar.estimate), low = cell(bar.low), high = cell(bar.high)
        let hasOrigin = chart.scale != .number
        if hasOrigin {
            let fill = bar.standing == .notDetected ? glyphs.notDetected : glyphs.detected
            for place in min(origin, estimate)...max(origin, estimate) { cells[place] = fill }
            cells[origin] = glyphs.origin
        }
        for place in low...high {
            cells[place] = hasOrigin && place == origin ? glyphs.crossing : glyphs.line
        }
        (cells[low], cells[high]) = (glyphs.low, glyphs.high)
        cells[estimate] = mark(of: bar)
        let leaves = axis.leaves(bar)
        if leaves.low { cells[low] = glyphs.lowArrow }
        if leaves.high { cells[high] = glyphs.highArrow }
        let trimmed = String(String(cells).reversed().drop { $0 == " " }.reversed())
        guard bar.standing == .detected else { return trimmed }
        let indentation = trimmed.prefix { $0 == " " }
        return indentation + style.coloured(String(trimmed.dropFirst(indentation.count)))
    }

    private func mark(of bar: Bar) -> Character {
        switch bar.standing {
        case .detected: style.glyphs.detectedMark
        case .notDetected: style.glyphs.notDetectedMark
        case .undecided: style.glyphs.figureMark
        }
    }

    private func cell(_ value: Double) -> Int { axis.place(value, of: width - 1) }

    /// What the characters mean, in lines of at most so many columns.
    ///
    /// - Parameter percent: the intervals' confidence, such as `95 %`.
    public func legend(percent: String, columnCount: Int) -> [String] {
        let glyphs = style.glyphs, drawn = chart.bars.filter(\.isDrawn)
        var parts: [String] = []
        if chart.decides {
            let words = chart.scale.isDifference ? ("changed", "not shown to change") : ("detected", "not detected")
            parts += [
                "\(glyphs.detected)\(glyphs.detectedMark) \(words.0)",
                "\(glyphs.notDetected)\(glyphs.notDetectedMark) \(words.1)",
            ]
        } else {
            parts.append("\(glyphs.figureMark) estimate")
        }
        parts.append("\(glyphs.low)\(glyphs.line)\(glyphs.high) \(percent) interval")
        let leaves = drawn.map(axis.leaves)
        if leaves.contains(where: \.low) { parts.append("\(glyphs.lowArrow) goes on") }
        if leaves.contains(where: \.high) { parts.append("\(glyphs.highArrow) goes on") }
        return parts.reduce(into: [String]()) { lines, part in
            if let last = lines.last, last.count + 3 + part.count <= columnCount {
                lines[lines.count - 1] = last + "   " + part
            } else {
                lines.append(part)
            }
        }
    }

    /// The chart by itself: a line with the ends of the scale, and one for each bar behind its name; none wider than the
    /// terminal. `nil` where the terminal is too narrow.
    public static func block(_ chart: BarChart, percent: String, style: TerminalStyle) -> [String]? {
        // The last column stays free: some terminals begin a line when it is written.
        let room = style.columnCount - 1
        let names = chart.bars.map { style.visible($0.name) }
        let widest = names.map(DisplayText.width).max() ?? 0
        let nameWidth = min(widest, max(4, room / 3))
        guard let bars = TerminalBars(chart, width: room - nameWidth - 2, style: style) else { return nil }
        let indentation = String(repeating: " ", count: nameWidth + 2)
        let lines = zip(names, bars.lines).map { name, line in
            let name = DisplayText.truncated(name, to: nameWidth, ellipsis: style.ellipsis)
            return DisplayText.padded(name, to: nameWidth) + "  " + line
        }
        return [indentation + bars.axisLine] + lines + [""] + bars.legend(percent: percent, columnCount: room)
    }
}
