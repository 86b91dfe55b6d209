/// The bars of a chart as a picture that stands alone: a row for each value with its name, its bar and its figures.
public struct BarPicture {
    private static let rowHeight = 26
    private static let standingWidth = 108

    private let title: String
    private let lines: [String]
    private let chart: BarChart
    private let percent: String
    private let unit: String
    private let notes: [String]

    /// A picture of a chart.
    ///
    /// - Parameters:
    ///   - lines: what stands below the title.
    ///   - percent: the intervals' confidence, such as `95 %`.
    ///   - unit: what the axis counts, such as `share of the reports`.
    ///   - notes: what stands below the chart.
    public init(
        title: String, lines: [String], chart: BarChart, percent: String, unit: String, notes: [String] = []
    ) {
        (self.title, self.lines, self.chart) = (title, lines, chart)
        (self.percent, self.unit, self.notes) = (percent, unit, notes)
    }

    /// The picture as an SVG file.
    public var svg: String {
        var picture = Picture(title: title, lines: lines, description: description)
        let columns = Columns(chart, decides: chart.decides)
        if chart.decides { legend(in: &picture) }
        axis(in: &picture, columns)
        let drawing = BarDrawing(chart)
        for bar in chart.bars {
            row(bar, drawing, columns, in: &picture)
            picture.advance(by: Self.rowHeight)
        }
        picture.advance(by: 8)
        for note in notes { picture.add(note) }
        return picture.svg
    }

    /// The figures in words.
    private var description: String {
        let kind = chart.scale.isDifference ? "Differences" : "Estimates"
        return "\(kind) with \(percent) intervals, \(unit). "
            + chart.bars.map { words(for: $0) + "." }.joined(separator: " ")
    }

    private func words(for bar: Bar) -> String {
        guard bar.isDrawn else { return "\(bar.name): \(BarDrawing.undrawn)" }
        let standing = standing(of: bar).map { ", \($0)" } ?? ""
        return "\(bar.name): \(chart.scale.text(bar.estimate, error: bar.error)) "
            + "(\(chart.scale.text(bar.low, bar.high, error: bar.error)))\(standing)"
    }

    private func standing(of bar: Bar) -> String? {
        switch bar.standing {
        case .detected: chart.scale.isDifference ? "changed" : "detected"
        case .notDetected: "not \(chart.scale.isDifference ? "shown" : "detected")"
        case .undecided: nil
        }
    }

    /// Where the parts of a row start and end.
    private struct Columns {
        let name = Picture.margin
        let nameColumns: Int
        let start, end, figure, interval, standing: Int

        init(_ chart: BarChart, decides: Bool) {
            nameColumns = min(max(6, chart.bars.map { DisplayText.width($0.name) }.max() ?? 0), 30)
            // A column of text is 8 pixels at most.
            start = Picture.margin + nameColumns * 8 + 12
            let right = Picture.width - Picture.margin - (decides ? BarPicture.standingWidth : 0)
            func columns(_ text: (Bar) -> String) -> Int {
                chart.bars.filter(\.isDrawn).map { DisplayText.width(text($0)) }.max() ?? 0
            }
            // A difference has a longer unit and signs.
            let isDifference = chart.scale.isDifference, scale = chart.scale
            figure =
                right
                - max(isDifference ? 148 : 124, 18 + 7 * columns { scale.text($0.low, $0.high, error: $0.error) })
            end = figure - max(isDifference ? 96 : 76, 22 + 8 * columns { scale.text($0.estimate, error: $0.error) })
            interval = right
            standing = right + 14
        }
    }

    private func legend(in picture: inout Picture) {
        picture.advance(by: 22)
        let y = picture.bottom, x = Picture.margin
        let words =
            chart.scale.isDifference
            ? ["changed", "not shown: noise alone may explain it"]
            : ["detected: that nobody holds it is ruled out", "not detected: noise alone may explain it"]
        let second = x + 31 + words[0].count * 6 + 32
        for (place, kind, text) in [(x, "b", words[0]), (second, "h", words[1])] {
            picture.path("M\(place + 1) \(y - 10)H\(place + 18)V\(y)H\(place + 1)z", kind)
            picture.path(
                "M\(place + 12) \(y - 5)H\(place + 24)M\(place + 12) \(y - 8)V\(y - 2)M\(place + 24) \(y - 8)V\(y - 2)",
                "w")
            picture.words(text, x: place + 31, y: y, "muted")
        }
        picture.advance(by: 4)
    }

    /// Ticks with their figures, and a line from each down through the rows.
    private func axis(in picture: inout Picture, _ columns: Columns) {
        let axis = BarAxis(chart), width = columns.end - columns.start
        let foot = picture.bottom + 48 + chart.bars.count * Self.rowHeight
        picture.advance(by: 24)
        picture.words(unit, x: columns.start, y: picture.bottom, "muted")
        picture.words("\(percent) interval", x: columns.interval, y: picture.bottom, "muted end")
        picture.advance(by: 18)
        let ticks = Ticks.linear(axis.low...axis.high, limit: max(2, width / 64))
        let step = ticks.count > 1 ? ticks[1] - ticks[0] : axis.high - axis.low
        for tick in ticks {
            let x = columns.start + axis.place(tick, of: width)
            picture.path("M\(x) \(picture.bottom + 5)V\(foot)", "grid")
            // One digit of the step is as many as round figures have.
            picture.words(chart.scale.text(tick, error: step * 10), x: x, y: picture.bottom, "tick middle")
        }
        picture.advance(by: 6)
    }

    private func row(_ bar: Bar, _ drawing: BarDrawing, _ columns: Columns, in picture: inout Picture) {
        let top = picture.bottom, y = top + 17
        picture.drawing.literal("\n")
        picture.drawing.open(
            "g",
            [
                "class": "row", "data-name": bar.name, "data-value": Digits.exact(bar.estimate),
                "data-low": Digits.exact(bar.low), "data-high": Digits.exact(bar.high),
                "data-standing": standing(of: bar) ?? "",
            ])
        picture.drawing.element("title", text: words(for: bar))
        picture.words(DisplayText.truncated(bar.name, to: columns.nameColumns), x: columns.name, y: y, "name")
        if bar.isDrawn {
            let frame = PictureFrame(x: columns.start, y: top, width: columns.end - columns.start, height: 24)
            drawing.draw(bar, in: &picture.drawing, at: frame)
            picture.words(chart.scale.text(bar.estimate, error: bar.error), x: columns.figure, y: y, "strong end")
            picture.words(
                chart.scale.text(bar.low, bar.high, error: bar.error), x: columns.interval, y: y, "muted end")
        } else {
            picture.words(BarDrawing.undrawn, x: columns.start, y: y, "muted")
        }
        if let standing = standing(of: bar) {
            picture.words((bar.standing == .detected ? "● " : "○ ") + standing, x: columns.standing, y: y, "muted")
        }
        picture.drawing.close("g")
    }
}
