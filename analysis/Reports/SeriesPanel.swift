/// A value's estimates over days as SVG: a line with a point a day, and a band from the lower to the upper ends of the
/// intervals. A day below the release gate breaks both.
struct SeriesPanel {
    private static let (width, height) = (320.0, 150.0)
    /// The drawing inside its labels.
    private static let (right, top, bottom) = (312.0, 10.0, 126.0)
    /// A digit of a label is 6.2 units wide at most.
    private var left: Double { max(46, 8 + 6.2 * Double(labels.map { DisplayText.width($0.text) }.max() ?? 0)) }

    let series: DaySeries
    /// The ends of the vertical scale, which the panels of a metric share.
    let scale: ClosedRange<Double>

    /// The vertical scale of several series: from 0 for shares, and as wide as the intervals.
    static func scale(of all: [DaySeries]) -> ClosedRange<Double> {
        let bars = all.flatMap { $0.points.compactMap(\.bar) }.filter(\.isDrawn)
        var low = bars.map(\.low).min() ?? 0, high = bars.map(\.high).max() ?? 1
        if all.contains(where: { $0.scale == .share }) { low = min(low, 0) }
        if high <= low { high = low + 1 }
        return low...high
    }

    func append(to page: inout Markup, identifier: String) {
        page.element("figure", ["class": "panel"]) { page in
            page.element("figcaption", ["id": identifier]) { page in page.element("bdi", text: series.name) }
            page.element(
                "svg",
                [
                    "viewBox": "0 0 320 150", "role": "img", "aria-labelledby": identifier, "class": "series",
                ]
            ) { page in drawing(in: &page) }
        }
    }

    /// Draws the panel at its place in a picture; each point carries its figures.
    func draw(in page: inout Markup, at frame: PictureFrame) {
        page.element(
            "svg",
            [
                "class": "series", "x": frame.x, "y": frame.y, "width": frame.width, "height": frame.height,
                "viewBox": "0 0 320 150",
            ]
        ) { page in drawing(in: &page, carriesFigures: true) }
    }

    private func drawing(in page: inout Markup, carriesFigures: Bool = false) {
        grid(in: &page)
        for run in runs { draw(run, in: &page, carriesFigures: carriesFigures) }
        days(in: &page)
    }

    private struct Place {
        let x: Double
        let day: String
        let bar: Bar
    }

    /// Days in a row that have estimates.
    private var runs: [[Place]] {
        var runs: [[Place]] = [[]], previous: Int?
        for point in series.points {
            // A day without reports is no point at all.
            if let previous, point.index != previous + 1 { runs.append([]) }
            previous = point.index
            if let bar = point.bar, bar.isDrawn {
                runs[runs.count - 1].append(Place(x: x(point.index), day: point.day, bar: bar))
            } else {
                runs.append([])
            }
        }
        return runs.filter { !$0.isEmpty }
    }

    private func draw(_ run: [Place], in page: inout Markup, carriesFigures: Bool) {
        let upper = run.map { Self.pair($0.x, y($0.bar.high)) }, lower = run.map { Self.pair($0.x, y($0.bar.low)) }
        page.path("band", "M" + (upper + lower.reversed()).joined(separator: "L") + "z")
        for point in run {
            let (x, from, to) = (Self.one(point.x), Self.one(y(point.bar.low)), Self.one(y(point.bar.high)))
            page.path("whisker", "M\(x) \(from)V\(to)")
        }
        page.path("line", "M" + run.map { Self.pair($0.x, y($0.bar.estimate)) }.joined(separator: "L"))
        for point in run {
            let (cx, cy, bar) = (Self.one(point.x), Self.one(y(point.bar.estimate)), point.bar)
            if carriesFigures {
                page.shape(
                    "circle",
                    [
                        "class": "point", "cx": cx, "cy": cy, "r": "2.5", "data-day": point.day,
                        "data-value": Digits.exact(bar.estimate), "data-low": Digits.exact(bar.low),
                        "data-high": Digits.exact(bar.high),
                    ])
            } else {
                page.shape("circle", ["class": "point", "cx": cx, "cy": cy, "r": "2.5"])
            }
        }
    }

    private func grid(in page: inout Markup) {
        for (value, text) in labels {
            let y = Self.one(y(value))
            page.path("grid", "M\(Self.one(left)) \(y)H\(Self.one(Self.right))")
            page.element(
                "text", ["x": Self.one(left - 5), "y": Self.one(self.y(value) + 4), "class": "y"], text: text)
        }
    }

    private var labels: [(value: Double, text: String)] {
        let span = scale.upperBound - scale.lowerBound
        return [0.0, 0.5, 1].map { share in
            let value = scale.lowerBound + share * span
            return (value, series.scale.text(value, error: span / 4))
        }
    }

    private func days(in page: inout Markup) {
        guard let first = series.points.first, let last = series.points.last else { return }
        page.element("text", ["x": Self.one(left), "y": "144", "class": "x"], text: first.day)
        if last.index > first.index {
            page.element("text", ["x": Self.one(Self.right), "y": "144", "class": "x last"], text: last.day)
        }
    }

    private func x(_ index: Int) -> Double {
        guard let first = series.points.first?.index, let last = series.points.last?.index, last > first else {
            return (left + Self.right) / 2
        }
        // A point's radius from either end.
        return left + 6 + (Self.right - left - 12) * Double(index - first) / Double(last - first)
    }

    private func y(_ value: Double) -> Double {
        let share = BarAxis.share(of: value, from: scale.lowerBound, to: scale.upperBound)
        return Self.bottom - (Self.bottom - Self.top) * share
    }

    private static func pair(_ x: Double, _ y: Double) -> String { one(x) + " " + one(y) }

    /// One digit after the point.
    private static func one(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
