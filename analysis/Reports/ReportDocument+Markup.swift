public import SecureRandomness

extension ReportDocument {
    /// The page: one file that loads nothing. A reader sees everything without the script, which filters and
    /// sorts, and opens large pages bit by bit.
    ///
    /// - Throws: ``RandomnessError`` where libcrypto has no SHA-256, by which browsers know style and script.
    /// - Complexity: one pass over the metrics and their values; the page is in memory as a whole.
    public func html() throws(RandomnessError) -> String {
        let page = try page(scripts: [PageScript.source], isLive: false)
        return page.head + "</header>" + page.tail
    }

    /// The same page for a server, which gives it again with other figures: each chart links to its figures, and the page
    /// asks its server how old it is.
    ///
    /// - Throws: ``RandomnessError`` where libcrypto has no SHA-256.
    public func livePage() throws(RandomnessError) -> LivePage {
        let page = try page(scripts: [PageScript.source, LiveScript.source], isLive: true)
        return LivePage(policy: page.policy, head: page.head, tail: page.tail)
    }

    /// The page up to the end of its header, where its age stands, and what follows the header.
    private func page(
        scripts: [StaticString], isLive: Bool
    ) throws(RandomnessError) -> (policy: String, head: String, tail: String) {
        let frame = PageFrame(
            title: "\(project): what noisy reports say", skip: "Skip to the metrics", scripts: scripts, isLive: isLive)
        var page = Markup()
        try frame.open(in: &page)
        header(in: &page)
        let head = page.source
        page = Markup()
        page.literal("\n<main id=\"content\">\n")
        overview(in: &page)
        for (place, metric) in metrics.enumerated() {
            page.literal("\n")
            MetricArticle(
                metric: metric, identifier: Self.identifier(place), percent: percent, isLive: isLive,
                mayWait: place > 0 && page.source.utf8.count > Self.promptByteCount
            ).append(to: &page)
        }
        page.literal("\n</main>\n")
        footer(in: &page, isLive: isLive)
        frame.close(in: &page)
        return (try frame.policy(), head, page.source)
    }

    /// What a browser shows at once of a page: two hundred metrics of fifty values are sixty times as much, and building all of
    /// that takes it seconds.
    private static let promptByteCount = 1 << 17

    static func identifier(_ place: Int) -> String { "metric-\(place + 1)" }

    private func header(in page: inout Markup) {
        page.open("header")
        page.element("p", ["class": "kicker"], text: "Private telemetry, as of \(madeOn)")
        page.element("h1") { page in page.element("bdi", text: project) }
        page.element(
            "p", ["class": "lead"],
            text:
                "Every device added noise to its answers before it sent them. So every figure here is an estimate: read it "
                + "with its interval, which holds the true figure of the devices that reported with a probability of \(percent)."
        )
    }

    private func footer(in page: inout Markup, isLive: Bool) {
        page.element("footer") { page in
            page.element(
                "p",
                text:
                    "Made by dither \(isLive ? "dashboard" : "report") on \(madeOn). Estimates are unbiased and not clipped, so that small ones may be "
                    + "negative. What no noise covers: the connection's address, that telemetry is on, and what is true of "
                    + "everybody.")
        }
    }

    private func overview(in page: inout Markup) {
        page.element("section", ["aria-labelledby": "overview"]) { page in
            page.element("h2", ["id": "overview"], text: "Overview")
            page.tiles(tiles)
            health(in: &page)
            OverviewTable(document: self).append(to: &page)
        }
    }

    private var tiles: [(title: String, figure: String, words: String)] {
        let findings = shown.map(\.findings)
        let reports = findings.reduce(0) { $0 + $1.reportCount }
        let days = findings.map(\.dayCount).max() ?? 0
        let first = findings.map(\.firstDay).min() ?? "", last = findings.map(\.lastDay).max() ?? ""
        let period = first.isEmpty ? "no day is shown" : first == last ? first : "\(first) to \(last)"
        return [
            ("Metrics", Digits.grouped(metrics.count), "\(Digits.grouped(findings.count)) shown"),
            ("Reports", Digits.grouped(reports), "of the metrics that are shown"),
            ("Days", Digits.grouped(days), period),
            ("ε of a day", epsilonPerDay, "what all metrics of a device add up to"),
        ]
    }

    private func health(in page: inout Markup) {
        let places = metrics.indices
        let groups: [(words: String, kind: String, places: [Int])] = [
            (
                "Reports that are not all honest", "alarm",
                places.filter { metrics[$0].findings?.alarms.isEmpty == false }
            ),
            (
                "Could not be estimated", "alarm",
                places.filter { if case .failed = metrics[$0].outcome { true } else { false } }
            ),
            (
                "Counts that do not fit", "warning",
                places.filter { metrics[$0].findings?.fit.contains(where: \.isWarning) == true }
            ),
            ("Withheld", "notice", places.filter { if case .withheld = metrics[$0].outcome { true } else { false } }),
            ("Ended", "notice", places.filter { metrics[$0].endedOn != nil }),
        ]
        let found = groups.filter { !$0.places.isEmpty }
        guard !found.isEmpty else {
            return page.element("p", ["class": "health good"], text: "✓ No alarm, nothing withheld, nothing ended.")
        }
        page.element("ul", ["class": "health"]) { page in
            for group in found {
                page.element("li", ["class": group.kind]) { page in
                    page.element("strong", text: group.words + ": ")
                    for (position, place) in group.places.enumerated() {
                        if position > 0 { page.text(", ") }
                        page.element("a", ["href": "#" + Self.identifier(place)]) { page in
                            page.element("bdi", text: metrics[place].name)
                        }
                    }
                }
            }
        }
    }
}
