/// How far a guess can move at most, in words and as a line from 0 to 100 %: half of it is there before the report.
struct BeliefScale {
    /// What moves it, with a colon behind; nothing where a heading says so.
    var lead = ""
    /// Where it ends at most, in percent.
    let posterior: String

    func append(to page: inout Markup) {
        page.element("p", ["class": lead.isEmpty ? "belief" : "belief small"]) { page in
            page.text(lead + "50 % → ")
            page.element("strong", text: "at most \(posterior) %")
        }
        let end = Int(((Double(posterior) ?? 100) * 10).rounded())
        page.open(
            "svg",
            ["class": "certainty", "viewBox": "0 0 1000 14", "preserveAspectRatio": "none", "aria-hidden": "true"])
        for (kind, line) in [
            ("track", "M0 2H1000V12H0z"), ("half", "M0 2H500V12H0z"), ("gain", "M500 2H\(end)V12H500z"),
            ("half-mark", "M500 0V14"),
        ] {
            page.path(kind, line)
        }
        page.close("svg")
    }
}
