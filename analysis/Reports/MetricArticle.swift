/// What a page says of one metric.
struct MetricArticle {
    let metric: ReportedMetric
    /// Of its element, and the start of those inside.
    let identifier: String
    /// The intervals' confidence.
    let percent: String
    /// Whether the page has a server, which has the figures as files too.
    let isLive: Bool

    /// Whether a browser that runs the script may show all but the head of it a little later: the element's content is one text
    /// to such a browser until then, and to all others it is what it is.
    let mayWait: Bool

    func append(to page: inout Markup) {
        page.element("article", ["id": identifier, "aria-labelledby": identifier + "-name"]) { page in
            page.element("h2", ["id": identifier + "-name"]) { page in page.element("bdi", text: metric.name) }
            page.element("p", ["class": "question"]) { page in page.element("bdi", text: metric.question) }
            page.element("p", ["class": "facts"]) { page in facts(in: &page) }
            switch metric.outcome {
            case .withheld(let reason): callout("notice", "Nothing is shown.", reason, in: &page)
            case .failed(let reason): callout("alarm", "Could not be estimated.", reason, in: &page)
            case .shown(let findings):
                for alarm in findings.alarms { callout("alarm", "▲", alarm, in: &page) }
            }
            if mayWait {
                page.element(
                    "p", ["class": "waiting muted"], text: "The figures follow once the page's script has run.")
                page.element("noscript", ["class": "later"], columns)
            } else {
                columns(in: &page)
            }
        }
    }

    private func columns(in page: inout Markup) {
        page.element("div", ["class": "columns"]) { page in
            page.element("div", ["class": "evidence"]) { page in
                if let findings = metric.findings {
                    FindingsColumn(
                        findings: findings, identifier: identifier, percent: percent,
                        links: isLive ? ChartLinks(metric: metric.name) : nil
                    ).append(to: &page)
                }
            }
            page.element("div", ["class": "cards"]) { page in
                GuaranteeCard(guarantee: metric.guarantee, epsilon: metric.epsilon).append(to: &page)
                if let findings = metric.findings {
                    if let split = findings.errorSplit {
                        ErrorSplitCard(split: split, scale: findings.chart.scale).append(to: &page)
                    }
                    advice(findings.advice, in: &page)
                }
            }
        }
        if let notes = metric.findings?.notes, !notes.isEmpty {
            page.element("details", ["class": "notes"]) { page in
                page.element("summary", text: "What a reader has to know")
                list(notes, in: &page)
            }
        }
    }

    private func facts(in page: inout Markup) {
        var facts: [String] = []
        if let findings = metric.findings {
            facts += ["\(Digits.grouped(findings.reportCount)) reports", findings.days]
            if findings.dayCount > 1 { facts.append("\(Digits.grouped(findings.dayCount)) days") }
        }
        facts += [metric.mechanism, "ε \(metric.epsilon) a report"]
        if let ended = metric.endedOn { facts.append("ended on \(ended)") }
        facts.append("answered for by \(metric.owner)")
        for fact in facts { page.element("span", text: fact) }
    }

    private func advice(_ sentences: [String], in page: inout Markup) {
        guard !sentences.isEmpty else { return }
        page.element("div", ["class": "card"]) { page in
            page.element("h3", text: "What would sharpen it")
            for sentence in sentences { page.element("p", text: sentence) }
        }
    }

    private func callout(_ kind: String, _ title: String, _ words: String, in page: inout Markup) {
        page.element("p", ["class": "callout \(kind)"]) { page in
            page.element("strong", text: title + " ")
            page.text(words)
        }
    }

    private func list(_ sentences: [String], in page: inout Markup) {
        page.element("ul") { page in
            for sentence in sentences { page.element("li", text: sentence) }
        }
    }
}
