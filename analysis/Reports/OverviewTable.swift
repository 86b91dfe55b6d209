/// All metrics of a document in a table, each with its first figure.
struct OverviewTable {
    let document: ReportDocument

    func append(to page: inout Markup) {
        page.element("div", ["class": "overview"]) { page in
            page.element("table", ["class": "metrics"]) { page in
                page.element("caption", ["class": "hidden"], text: "All metrics")
                page.element("thead") { page in
                    page.element("tr") { page in
                        heading("Metric", sort: "text", in: &page)
                        page.element("th", ["scope": "col"], text: "At a glance")
                        heading("Reports", class: "figure", sort: "number", in: &page)
                        heading("Days", class: "figure days", sort: "number", in: &page)
                        heading("ε", class: "figure", sort: "number", in: &page)
                        heading("State", class: "state", sort: "text", in: &page)
                    }
                }
                page.element("tbody") { page in
                    for (place, metric) in document.metrics.enumerated() {
                        row(of: metric, identifier: ReportDocument.identifier(place), in: &page)
                    }
                }
            }
        }
    }

    private func heading(_ title: String, class name: String = "", sort: String, in page: inout Markup) {
        page.element("th", ["scope": "col", "class": name, "data-sort": sort]) { $0.element("span", text: title) }
    }

    private func row(of metric: ReportedMetric, identifier: String, in page: inout Markup) {
        page.element("tr", ["data-metric": identifier]) { page in
            page.element("th", ["scope": "row"]) { page in
                page.element("a", ["href": "#" + identifier]) { page in page.element("bdi", text: metric.name) }
                page.element("small") { page in page.element("bdi", text: metric.question) }
            }
            page.element("td") { page in glance(at: metric, in: &page) }
            number(metric.findings?.reportCount, class: "figure", in: &page)
            number(metric.findings?.dayCount, class: "figure days", in: &page)
            page.element("td", ["class": "figure", "data-value": metric.epsilon], text: metric.epsilon)
            let state = Self.state(of: metric)
            page.element("td", ["class": "state \(state.kind)"], text: state.words)
        }
    }

    private func glance(at metric: ReportedMetric, in page: inout Markup) {
        guard let (bar, scale) = metric.findings?.glance else {
            return page.element("span", ["class": "muted"], text: "–")
        }
        page.element("bdi", text: bar.name)
        page.text(" ")
        page.element("strong", text: scale.text(bar.estimate, error: bar.error))
        page.element("small", text: scale.text(bar.low, bar.high, error: bar.error))
    }

    private func number(_ count: Int?, class name: String, in page: inout Markup) {
        guard let count else { return page.element("td", ["class": name], text: "–") }
        page.element("td", ["class": name, "data-value": String(count)], text: Digits.grouped(count))
    }

    static func state(of metric: ReportedMetric) -> (words: String, kind: String) {
        switch metric.outcome {
        case .failed: ("✕ failed", "alarm")
        case .withheld: ("○ withheld", "notice")
        case .shown(let findings) where !findings.alarms.isEmpty: ("▲ alarm", "alarm")
        case .shown(let findings) where findings.fit.contains(where: \.isWarning): ("△ misfit", "warning")
        case .shown: metric.endedOn == nil ? ("● shown", "good") : ("◐ ended", "notice")
        }
    }
}
