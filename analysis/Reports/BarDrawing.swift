/// Bars with whiskers as SVG: stretched to the width that there is, while strokes keep theirs. It is decoration beside the
/// figures that the same row has as text. Where an interval goes on beyond the scale, its whisker ends in an arrow.
struct BarDrawing {
    let axis: BarAxis
    let isPoint: Bool

    /// A drawing of a chart's rows; of numbers a mark is drawn, for a bar from 0 would say nothing.
    init(_ chart: BarChart) {
        axis = BarAxis(chart)
        isPoint = chart.scale == .number
    }

    /// What stands in the place of a bar for a value without an estimate.
    static let undrawn = "cannot be told from others"

    /// Draws a bar, in a picture at its place.
    func draw(_ bar: Bar, in page: inout Markup, at frame: PictureFrame? = nil) {
        guard bar.isDrawn else { return page.element("span", ["class": "muted"], text: Self.undrawn) }
        open(in: &page, at: frame)
        let (from, to) = (axis.place(bar.low), axis.place(bar.high)), estimate = axis.place(bar.estimate)
        if isPoint {
            page.path("p", "M\(estimate) 1V23")
        } else {
            let drawn = bar.standing == .notDetected ? "h" : "b"
            page.path(drawn, "M\(axis.origin) 6H\(estimate)V18H\(axis.origin)z")
        }
        let leaves = axis.leaves(bar)
        let ends =
            (leaves.low ? "M\(from + 9) 7L\(from) 12L\(from + 9) 17" : "M\(from) 8V16")
            + (leaves.high ? "M\(to - 9) 7L\(to) 12L\(to - 9) 17" : "M\(to) 8V16")
        page.path("w", "M\(from) 12H\(to)" + ends)
        page.close("svg")
    }

    /// A share without an interval.
    func drawWithoutInterval(_ share: Double, in page: inout Markup) {
        open(in: &page)
        page.path("o", "M\(axis.origin) 6H\(axis.place(share))V18H\(axis.origin)z")
        page.close("svg")
    }

    private func open(in page: inout Markup, at frame: PictureFrame? = nil) {
        if let frame {
            page.open(
                "svg",
                [
                    "class": "bar", "x": frame.x, "y": frame.y, "width": frame.width, "height": frame.height,
                    "viewBox": "0 0 1000 24", "preserveAspectRatio": "none",
                ])
        } else {
            page.open(
                "svg",
                ["class": "bar", "viewBox": "0 0 1000 24", "preserveAspectRatio": "none", "aria-hidden": "true"])
        }
        page.path("z", "M\(axis.origin) 0V24")
    }
}
