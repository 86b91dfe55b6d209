/// Estimates over days as a picture that stands alone: a panel for each value, all on one scale.
public struct SeriesPicture {
    private static let columnCount = 3
    private static let (panelWidth, panelHeight, gap) = (296, 139, 12)

    private let title: String
    private let lines: [String]
    private let series: [DaySeries]
    private let percent: String
    private let unit: String
    private let notes: [String]

    /// A picture of values over the same days.
    ///
    /// - Parameters:
    ///   - percent: the intervals' confidence, such as `95 %`.
    ///   - unit: what the vertical axis counts.
    public init(
        title: String, lines: [String], series: [DaySeries], percent: String, unit: String, notes: [String] = []
    ) {
        (self.title, self.lines, self.series) = (title, lines, series)
        (self.percent, self.unit, self.notes) = (percent, unit, notes)
    }

    /// The picture as an SVG file.
    public var svg: String {
        var picture = Picture(
            title: title,
            lines: lines + [
                "Each day by itself, \(unit): the line is the estimate, the band its \(percent) interval. A gap is a day that is "
                    + "withheld or has no reports."
            ], description: description)
        let scale = SeriesPanel.scale(of: series)
        for start in stride(from: 0, to: series.count, by: Self.columnCount) {
            picture.advance(by: 26)
            for (column, series) in series[start..<min(start + Self.columnCount, series.count)].enumerated() {
                let x = Picture.margin + column * (Self.panelWidth + Self.gap)
                picture.drawing.literal("\n")
                picture.drawing.open("g", ["class": "panel", "data-name": series.name])
                picture.drawing.element("title", text: words(for: series))
                picture.words(DisplayText.truncated(series.name, to: 38), x: x, y: picture.bottom, "heading")
                SeriesPanel(series: series, scale: scale).draw(
                    in: &picture.drawing,
                    at: PictureFrame(
                        x: x, y: picture.bottom + 4, width: Self.panelWidth, height: Self.panelHeight))
                picture.drawing.close("g")
            }
            picture.advance(by: Self.panelHeight + 8)
        }
        for note in notes { picture.add(note) }
        return picture.svg
    }

    private var description: String {
        "Estimates with \(percent) intervals, \(unit), day by day. "
            + series.map { words(for: $0) + "." }.joined(separator: " ")
    }

    private func words(for series: DaySeries) -> String {
        let days = series.points.map { point in
            guard let bar = point.bar else { return "\(point.day) withheld" }
            guard bar.isDrawn else { return "\(point.day) \(BarDrawing.undrawn)" }
            return "\(point.day) \(series.scale.text(bar.estimate, error: bar.error)) "
                + "(\(series.scale.text(bar.low, bar.high, error: bar.error)))"
        }
        return "\(series.name): " + days.joined(separator: ", ")
    }
}
