/// The charts of a metric, one below the other.
struct FindingsColumn {
    let findings: MetricFindings
    let identifier: String
    let percent: String
    /// Where a server has the figures.
    var links: ChartLinks?

    func append(to page: inout Markup) {
        estimates(in: &page)
        if !findings.series.isEmpty {
            page.element("h3", text: "Day by day")
            findings.series.append(to: &page, identifier: identifier, percent: percent)
            links?.append(.days, to: &page)
        }
        if let comparison = findings.comparison { append(comparison, to: &page) }
        checks(in: &page)
    }

    private func estimates(in page: inout Markup) {
        let chart = findings.chart
        page.element("h3", text: chart.scale == .number ? "The mean" : "How often")
        if chart.decides { legend(in: &page) }
        chart.append(
            to: &page, caption: "Estimates with \(percent) intervals", heading: chart.isOrdered ? "From..to" : "Value",
            figure: chart.scale == .number ? "Estimate" : "Share", percent: percent)
        links?.append(.estimates, to: &page)
        if !findings.quantiles.isEmpty {
            page.element("h3", text: "The distribution in numbers")
            BarChart(scale: .number, bars: findings.quantiles, range: chart.range).append(
                to: &page, caption: "Quantiles and mean with \(percent) intervals", heading: "Figure",
                figure: "Estimate", percent: percent)
            links?.append(.quantiles, to: &page)
            links?.append(.mean, to: &page)
        }
    }

    private func legend(in page: inout Markup) {
        page.element("p", ["class": "legend"]) { page in
            page.element("span") { page in
                swatch("b", in: &page)
                page.text(" detected: that nobody holds it is ruled out")
            }
            page.element("span") { page in
                swatch("h", in: &page)
                page.text(" not detected: noise alone may explain it")
            }
        }
    }

    private func swatch(_ kind: String, in page: inout Markup) {
        page.open("svg", ["class": "swatch", "viewBox": "0 0 28 14", "aria-hidden": "true"])
        page.path(kind, "M1 2H20V12H1z")
        page.path("w", "M14 7H26M14 4V10M26 4V10")
        page.close("svg")
    }

    private func append(_ comparison: TimeComparison, to page: inout Markup) {
        page.element("h3", text: "What changed")
        page.element(
            "p", ["class": "caption"],
            text: "\(comparison.later), less \(comparison.earlier). The interval is the difference's own.")
        switch comparison.result {
        case .withheld(let reason): page.element("p", ["class": "callout notice"], text: reason)
        case .differences(let chart):
            chart.append(
                to: &page, caption: "Differences with \(percent) intervals", heading: "Value", figure: "Difference",
                percent: percent)
            links?.append(.changes, to: &page)
        }
    }

    private func checks(in page: inout Markup) {
        page.element("h3", text: "Can it be trusted?")
        page.element("ul", ["class": "checks"]) { page in
            if findings.alarms.isEmpty {
                let words =
                    findings.testNames.isEmpty
                    ? "Reports of this mechanism do not tell whether devices are honest."
                    : "No alarm. Looked at: \(findings.testNames.joined(separator: "; "))."
                page.element("li", ["class": findings.testNames.isEmpty ? "open" : "good"], text: words)
            } else {
                page.element("li", ["class": "alarm"], text: "Not all reports are honest; see the alarm above.")
            }
            for remark in findings.fit {
                page.element("li", ["class": remark.isWarning ? "warning" : "good"], text: remark.sentence)
            }
        }
    }
}
