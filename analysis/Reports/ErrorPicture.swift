internal import Foundation

/// Charts of errors side by side, as a picture that stands alone.
public struct ErrorPicture {
    private static let (plotWidth, plotHeight) = (322, 300)
    private static let (left, labels) = (58, 76)

    private let title: String
    private let lines: [String]
    private let charts: [ErrorChart]
    private let scale: FigureScale
    private let errorTitle: String
    private let legend: [String]

    /// A picture of two charts at most, on one vertical scale.
    ///
    /// - Parameters:
    ///   - scale: what errors are numbers of.
    ///   - errorTitle: what the vertical axis counts.
    ///   - legend: what stands below the charts.
    public init(
        title: String, lines: [String], charts: [ErrorChart], scale: FigureScale, errorTitle: String, legend: [String]
    ) {
        (self.title, self.lines, self.charts) = (title, lines, charts)
        (self.scale, self.errorTitle, self.legend) = (scale, errorTitle, legend)
    }

    /// The picture as an SVG file.
    public var svg: String {
        var picture = Picture(title: title, lines: lines, description: description)
        picture.advance(by: 30)
        picture.words(errorTitle, x: Picture.margin, y: picture.bottom, "muted")
        picture.advance(by: 12)
        let errors = charts.flatMap(\.errors).filter { $0.isFinite && $0 > 0 }
        let vertical = Ticks.rounded((errors.min() ?? 0.01)...(errors.max() ?? 1), decades: 1)
        for (column, chart) in charts.enumerated() {
            let left = Picture.margin + Self.left + column * (Self.left + Self.plotWidth + Self.labels)
            let plot = Plot(chart: chart, left: left, top: picture.bottom, vertical: vertical, scale: scale)
            plot.draw(in: &picture)
        }
        picture.advance(by: Self.plotHeight + 44)
        for line in legend { picture.add(line) }
        return picture.svg
    }

    private var description: String {
        let words = charts.flatMap { $0.marks.map(\.words) }
        return (lines + words).reduce(into: [String]()) { all, line in
            if !all.contains(where: { $0.contains(line) }) { all.append(line) }
        }.joined(separator: " ")
    }

    /// One chart in its frame.
    private struct Plot {
        let chart: ErrorChart
        let left, top: Int
        let vertical: ClosedRange<Double>
        let scale: FigureScale
        private let horizontal: ClosedRange<Double>

        init(chart: ErrorChart, left: Int, top: Int, vertical: ClosedRange<Double>, scale: FigureScale) {
            (self.chart, self.left, self.top) = (chart, left, top)
            (self.vertical, self.scale) = (vertical, scale)
            let xs = chart.xs.filter { $0.isFinite && $0 > 0 }
            let low = xs.min() ?? 1, high = xs.max() ?? 10
            horizontal = low...(high > low ? high : low * 10)
        }

        private var right: Int { left + plotWidth }
        private var foot: Int { top + plotHeight }

        func draw(in picture: inout Picture) {
            picture.drawing.literal("\n")
            picture.drawing.open("g", ["class": "chart"])
            axes(in: &picture)
            for curve in chart.curves where !curve.isAsked { draw(curve, in: &picture) }
            for curve in chart.curves where curve.isAsked { draw(curve, in: &picture) }
            labels(in: &picture)
            for mark in chart.marks { draw(mark, in: &picture) }
            picture.drawing.close("g")
        }

        private func x(_ value: Double) -> Double {
            Double(left) + Double(plotWidth) * log(value / horizontal.lowerBound)
                / log(horizontal.upperBound / horizontal.lowerBound)
        }

        private func y(_ error: Double) -> Double {
            let share = log(error / vertical.lowerBound) / log(vertical.upperBound / vertical.lowerBound)
            return Double(foot) - Double(plotHeight) * min(max(share, 0), 1)
        }

        private func axes(in picture: inout Picture) {
            for tick in Ticks.logarithmic(horizontal, limit: chart.quantity == .epsilon ? 8 : 5) {
                let place = Int(x(tick).rounded())
                picture.path("M\(place) \(top)V\(foot)", "grid")
                picture.words(name(of: tick), x: place, y: foot + 16, "tick middle")
            }
            for tick in Ticks.logarithmic(vertical, limit: 6) {
                let place = Int(y(tick).rounded())
                picture.path("M\(left) \(place)H\(right)", "grid")
                picture.words(scale.text(tick, error: tick * 10), x: left - 6, y: place + 4, "tick end")
            }
            picture.path("M\(left) \(top)H\(right)V\(foot)H\(left)z", "frame")
            picture.words(chart.quantity.title, x: (left + right) / 2, y: foot + 34, "muted middle")
        }

        private func name(of tick: Double) -> String {
            tick >= 1_000_000
                ? "\(Digits.grouped(Int((tick / 1e6).rounded()))) M"
                : tick >= 1
                    ? Digits.grouped(Int(tick.rounded())) : String(format: "%g", tick)
        }

        private func draw(_ curve: ErrorChart.Curve, in picture: inout Picture) {
            var line = "", isOpen = false
            for point in curve.points {
                guard let error = point.error, error.isFinite, error > 0 else {
                    isOpen = false
                    continue
                }
                line += "\(isOpen ? "L" : "M")\(ErrorPicture.one(x(point.x))) \(ErrorPicture.one(y(error)))"
                isOpen = true
            }
            picture.path(line, curve.isAsked ? "curve asked" : "curve")
        }

        /// Each curve's name at its end, moved apart where curves are near each other.
        private func labels(in picture: inout Picture) {
            let ends = chart.curves.compactMap { curve -> (curve: ErrorChart.Curve, y: Double)? in
                guard let last = curve.points.last(where: { $0.error.map { $0.isFinite && $0 > 0 } == true }),
                    let error = last.error
                else { return nil }
                return (curve, y(error))
            }.sorted { $0.y < $1.y }
            var lowest = -Double.infinity
            // From below as far as there is room above.
            var places = ends.map { end in
                lowest = max(end.y, lowest + 14)
                return lowest
            }
            var highest = Double(foot) + 4
            for place in places.indices.reversed() {
                places[place] = min(places[place], highest)
                highest = places[place] - 14
            }
            for (end, place) in zip(ends, places) {
                picture.words(
                    end.curve.label, x: right + 6, y: Int(place.rounded()) + 4, end.curve.isAsked ? "strong" : "muted")
            }
        }

        private func draw(_ mark: ErrorChart.Mark, in picture: inout Picture) {
            let (cx, cy) = (ErrorPicture.one(x(chart.place(of: mark))), ErrorPicture.one(y(mark.error)))
            if mark.isGuided { picture.path("M\(left) \(cy)H\(cx)V\(foot)", "guide") }
            if let spread = mark.spread, spread.lowerBound > 0 {
                let from = ErrorPicture.one(y(spread.lowerBound)), to = ErrorPicture.one(y(spread.upperBound))
                picture.path("M\(cx) \(from)V\(to)", "spread")
            }
            picture.drawing.element(
                "circle",
                [
                    "class": "mark", "cx": cx, "cy": cy, "r": "4.5", "data-devices": Digits.exact(mark.devices),
                    "data-epsilon": Digits.exact(mark.epsilon), "data-value": Digits.exact(mark.error),
                    "data-low": mark.spread.map { Digits.exact($0.lowerBound) } ?? "",
                    "data-high": mark.spread.map { Digits.exact($0.upperBound) } ?? "",
                ]
            ) { $0.element("title", text: mark.words) }
        }
    }

    /// One digit after the point.
    private static func one(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
