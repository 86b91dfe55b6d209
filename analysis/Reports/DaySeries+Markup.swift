extension [DaySeries] {
    /// Adds a panel for each series, and below them their figures as a table.
    func append(to page: inout Markup, identifier: String, percent: String) {
        let scale = SeriesPanel.scale(of: self)
        page.element("div", ["class": "panels"]) { page in
            for (place, series) in enumerated() {
                SeriesPanel(series: series, scale: scale).append(to: &page, identifier: "\(identifier)-day-\(place)")
            }
        }
        page.element("details") { page in
            page.element("summary", text: "The figures of each day")
            page.element(
                "div", ["class": "wide", "tabindex": "0", "role": "group", "aria-label": "The figures of each day"]
            ) {
                table(in: &$0, percent: percent)
            }
        }
    }

    private func table(in page: inout Markup, percent: String) {
        guard let first else { return }
        page.element("table", ["class": "days"]) { page in
            page.element("caption", ["class": "hidden"], text: "Estimates of each day with \(percent) intervals")
            page.element("thead") { page in
                page.element("tr") { page in
                    page.element("th", ["scope": "col"], text: "Day")
                    for series in self {
                        page.element("th", ["scope": "col", "class": "figure"]) { page in
                            page.element("bdi", text: series.name)
                        }
                    }
                }
            }
            page.element("tbody") { page in
                for (place, point) in first.points.enumerated() {
                    page.element("tr") { page in
                        page.element("th", ["scope": "row"], text: point.day)
                        for series in self { Self.append(series.points[place].bar, of: series.scale, to: &page) }
                    }
                }
            }
        }
    }

    private static func append(_ bar: Bar?, of scale: FigureScale, to page: inout Markup) {
        guard let bar else { return page.element("td", ["class": "figure muted"], text: "withheld") }
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
    }
}
