extension BarChart {
    /// How many rows stand open; of the others a reader sees how many they are.
    public static let openLimit = 12
    /// Of buckets, which are read together, more.
    static let orderedOpenLimit = 64

    /// Adds the chart, which is a table: a row for each value with its name, its bar, and its figures.
    ///
    /// - Parameters:
    ///   - caption: what the table shows.
    ///   - heading: what the first column is called.
    ///   - figure: what the figures are called.
    func append(to page: inout Markup, caption: String, heading: String, figure: String, percent: String) {
        let limit = isOrdered ? Self.orderedOpenLimit : Self.openLimit
        let drawing = BarDrawing(self)
        page.element("div", ["class": "chart", "data-open": String(limit)]) { page in
            table(
                of: bars.prefix(limit), drawing, in: &page, caption: caption, heading: heading, figure: figure,
                percent: percent, hasFoot: true)
            let rest = bars.dropFirst(limit)
            if !rest.isEmpty {
                page.element("details", ["class": "rest"]) { page in
                    let detected = rest.count { $0.standing == .detected }
                    page.element(
                        "summary",
                        text: "\(Digits.grouped(rest.count)) more values"
                            + (decides ? ", \(Digits.grouped(detected)) of them detected" : ""))
                    table(
                        of: rest, drawing, in: &page, caption: caption + ", continued", heading: heading,
                        figure: figure, percent: percent, hasFoot: false)
                }
            }
            if omitted.count > 0 {
                page.element(
                    "p", ["class": "muted"],
                    text: "\(Digits.grouped(omitted.count)) further "
                        + (scale.isDifference ? "differences are not shown" : "values are not on this page")
                        + ", \(Digits.grouped(omitted.detected)) of them detected. "
                        + "dither \(scale.isDifference ? "compare" : "estimate") --format csv lists all.")
            }
        }
    }

    private func table(
        of rows: ArraySlice<Bar>, _ drawing: BarDrawing, in page: inout Markup, caption: String, heading: String,
        figure: String, percent: String, hasFoot: Bool
    ) {
        page.element("table", ["class": "bars"]) { page in
            page.element("caption", ["class": "hidden"], text: caption)
            page.element("thead") { page in
                page.element("tr") { page in
                    page.element("th", ["scope": "col", "class": "name", "data-sort": "text"]) { page in
                        page.element("span", text: heading)
                    }
                    page.element("th", ["scope": "col", "class": "drawing"]) { page in
                        page.element("span", ["class": "ends"]) { page in
                            page.element("span", text: drawing.axis.text(drawing.axis.low, scale))
                            page.element("span", text: drawing.axis.text(drawing.axis.high, scale))
                        }
                    }
                    page.element("th", ["scope": "col", "class": "figure", "data-sort": "number"]) { page in
                        page.element("span", text: figure)
                        page.element("small", text: percent + " interval")
                    }
                    if decides {
                        page.element(
                            "th", ["scope": "col", "class": "standing", "data-sort": "text"]
                        ) { page in page.element("span", text: scale.isDifference ? "Changed" : "Detected") }
                    }
                }
            }
            page.element("tbody") { page in
                for bar in rows { append(bar, drawing, to: &page) }
            }
            if hasFoot, let otherShare, otherShare.isFinite {
                page.element("tfoot") { page in append(otherShare: otherShare, drawing, to: &page) }
            }
        }
    }

    private func append(_ bar: Bar, _ drawing: BarDrawing, to page: inout Markup) {
        page.element("tr") { page in
            page.element("th", ["scope": "row"]) { page in page.element("bdi", text: bar.name) }
            page.element("td") { page in drawing.draw(bar, in: &page) }
            page.element(
                "td",
                [
                    "class": "figure", "data-value": Digits.exact(bar.estimate), "data-low": Digits.exact(bar.low),
                    "data-high": Digits.exact(bar.high),
                ]
            ) { page in
                page.text(scale.text(bar.estimate, error: bar.error))
                if bar.isDrawn { page.element("small", text: scale.text(bar.low, bar.high, error: bar.error)) }
            }
            if decides { page.element("td", ["class": "standing"], text: words(for: bar.standing)) }
        }
    }

    private func append(otherShare: Double, _ drawing: BarDrawing, to page: inout Markup) {
        let shown = min(max(otherShare, 0), 1)
        page.element("tr") { page in
            page.element("th", ["scope": "row"], text: "none of these values")
            page.element("td") { page in drawing.drawWithoutInterval(shown, in: &page) }
            page.element("td", ["class": "figure", "data-value": Digits.exact(otherShare)]) { page in
                page.text("about " + scale.text(shown, error: 0.05))
                page.element("small", text: "no interval")
            }
            if decides { page.element("td", ["class": "standing"], text: "–") }
        }
    }

    private func words(for standing: Bar.Standing) -> String {
        switch standing {
        case .detected: "● yes"
        case .notDetected: "○ not shown"
        case .undecided: "–"
        }
    }
}
